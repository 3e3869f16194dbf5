import type { PageContext } from "../../headless/page_protocol.ts";
import { loadModel } from "../../index.ts";
import {
  MODEL_FILE,
  type PageEvent,
  PREDICTIONS_UPLOAD,
  type PredictOutcome,
  type PredictSpec,
} from "../page_api.ts";
import { predictCsv } from "../predict_csv.ts";

/** Predicts on WebGPU and sends the predictions as CSV. */
export async function predict(spec: PredictSpec, context: PageContext<PageEvent>): Promise<PredictOutcome> {
  const response = await fetch(context.url(MODEL_FILE));
  const model = await loadModel(await response.arrayBuffer(), { backend: "webgpu", gpu: context.gpu });
  const { rows, csv, unseen } = await predictCsv(model, context.url(spec.file), {
    ...spec,
    signal: context.signal,
    onProgress: (progress) => context.emit({ kind: "reading", ...progress }),
  });
  await context.upload(PREDICTIONS_UPLOAD, new TextEncoder().encode(csv));
  model.dispose();
  return { rows, unseen };
}
