import * as ort from "onnxruntime-web/webgpu";
import { finish } from "./finish.ts";
import { ortPredict } from "./ort.ts";

finish(await ortPredict(ort, "webgpu"));
