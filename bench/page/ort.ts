/** What both builds of onnxruntime-web share. */
import type * as Ort from "onnxruntime-web";
import { firstRows } from "../rossmann/rows.ts";
import { CATEGORICAL, CONTINUOUS } from "../rossmann/shape.ts";
import type { Contender, Inference, InferenceWork, Setting } from "./contender.ts";

type Api = Pick<typeof Ort, "InferenceSession" | "Tensor" | "env">;

export function ortContender({ env, InferenceSession, Tensor }: Api) {
  return async ({ backend, url, rows }: Setting): Promise<Contender> => {
    env.wasm.wasmPaths = url("ort/").href;
    const model = new Uint8Array(await (await fetch(url("model.onnx"))).arrayBuffer());
    const about: Record<string, string> = { "onnxruntime-web": env.versions.web ?? "", backend };

    async function infer(work: InferenceWork): Promise<Inference> {
      const run = await InferenceSession.create(model, { executionProviders: [backend] });
      about.threads = String(env.wasm.numThreads);
      const { count, codes, continuous } = firstRows(rows, work.rows);
      const int32 = new Int32Array(codes.buffer, codes.byteOffset, codes.length);
      return {
        run: async () => {
          const result = await run.run({
            codes: new Tensor("int32", int32, [count, CATEGORICAL.length]),
            continuous: new Tensor("float32", continuous, [count, CONTINUOUS.length]),
          });
          return (await result.prediction.getData()) as Float32Array;
        },
        dispose: () => void run.release(),
      };
    }

    const train = () => Promise.reject(new Error("onnxruntime-web does not train."));
    return { about, train, infer };
  };
}
