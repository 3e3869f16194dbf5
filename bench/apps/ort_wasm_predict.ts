import * as ort from "onnxruntime-web/wasm";
import { finish } from "./finish.ts";
import { ortPredict } from "./ort.ts";

finish(await ortPredict(ort, "wasm"));
