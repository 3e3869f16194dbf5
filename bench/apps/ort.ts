import type * as Ort from "onnxruntime-web";
import { address } from "./finish.ts";
import { CODES, NUMBERS } from "./row.ts";

/** The app for either build of onnxruntime-web. */
export async function ortPredict(
  { env, InferenceSession, Tensor }: Pick<typeof Ort, "env" | "InferenceSession" | "Tensor">,
  backend: "webgpu" | "wasm",
): Promise<number> {
  env.wasm.wasmPaths = address("ort/").href;
  const session = await InferenceSession.create(address("model.onnx").href, {
    executionProviders: [backend],
  });
  const result = await session.run({
    codes: new Tensor("int32", CODES, [1, CODES.length]),
    continuous: new Tensor("float32", NUMBERS, [1, NUMBERS.length]),
  });
  return Number((await result.prediction.getData())[0]);
}
