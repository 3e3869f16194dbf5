import type { PageContext } from "../../headless/page_protocol.ts";
import { loadModel } from "../../index.ts";
import { MODEL_FILE, type PageEvent, PREDICTIONS_UPLOAD, type PredictSpec } from "../page_api.ts";
import { predictCsv } from "../predict_csv.ts";

/** Predicts on WebGPU and sends the predictions as CSV. */
export async function predict(
  spec: PredictSpec,
  context: PageContext<PageEvent>,
): Promise<{ rows: number; description: string }> {
  const response = await fetch(context.url(MODEL_FILE));
  const model = await loadModel(await response.arrayBuffer(), { backend: "webgpu", gpu: context.gpu });
  const { rows, csv } = await predictCsv(model, context.url(spec.file), {
    ...spec,
    signal: context.signal,
    onProgress: (progress) => context.emit({ kind: "reading", ...progress }),
  });
  await context.upload(PREDICTIONS_UPLOAD, new TextEncoder().encode(csv));
  const { description } = model;
  model.dispose();
  return { rows, description };
}
