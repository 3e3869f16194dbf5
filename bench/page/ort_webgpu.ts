import * as ort from "onnxruntime-web/webgpu";
import { ortContender } from "./ort.ts";
import { session } from "./session.ts";

export const { start, open, time, outputs, calls, close } = session(ortContender(ort));
