import type { BufferSpec } from "../gpu/buffer_spec.ts";
import type { TableBuffers } from "../kernels/tensors.ts";
import type { Network } from "../model/network.ts";
import type { NamedTensors } from "../model/parameters.ts";
import { Recorder } from "../scheduler/recorder.ts";
import type { Recording } from "../scheduler/recording.ts";
import type { Runtime } from "../scheduler/runtime.ts";
import type { RecordingTarget } from "../scheduler/variants.ts";

/**
 * One validation batch on the weights in training: forward with running statistics into `output`, from the step's
 * output_row on.
 */
export function recordEvalBatch(
  network: Network,
  table: TableBuffers,
  rows: number,
  output: BufferSpec,
  target: RecordingTarget = {},
): Recording {
  const rec = new Recorder("eval_batch", target);
  network.forwardEval(rec, table, rows, output);
  return rec.finish();
}

/** Uploads a model's weights and constants. */
export function uploadNetwork(runtime: Runtime, network: Network, tensors: NamedTensors): void {
  const { params, running } = network.layout.pack(tensors);
  runtime.memory.upload(network.arenas.params, params);
  runtime.memory.upload(network.arenas.running, running);
  for (const [spec, values] of network.constants()) runtime.memory.upload(spec, values);
}
