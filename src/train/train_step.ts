import type { Task } from "../data/preprocessing.ts";
import type { BufferSpec } from "../gpu/buffer_spec.ts";
import { matrix } from "../gpu/buffer_spec.ts";
import { bceWithLogits } from "../kernels/bce_with_logits.ts";
import { crossEntropy } from "../kernels/cross_entropy.ts";
import { mse } from "../kernels/mse.ts";
import type { TableBuffers } from "../kernels/tensors.ts";
import { Recorder } from "../scheduler/recorder.ts";
import type { Recording } from "../scheduler/recording.ts";
import type { RecordingTarget } from "../scheduler/variants.ts";
import type { TrainingNetwork } from "./training_network.ts";

/**
 * One training step, in the order the GPU runs it: forward, loss and its gradient, backward, Adam.
 * @param rows rows of a batch
 * @param losses ring of losses; the step's slot says which place it writes
 * @param decayEnd floats at the front of the arena that weight decay acts on
 * @param target the runtime that will replay it
 */
export function recordTrainStep(
  network: TrainingNetwork,
  task: Task,
  table: TableBuffers,
  rows: number,
  losses: BufferSpec,
  decayEnd: number,
  target: RecordingTarget = {},
): Recording {
  const rec = new Recorder("train_step", target);
  const { logits, kept } = network.forwardTrain(rec, table, rows);
  const d_logits = matrix("d_logits", rows, network.config.outputs, "transient");
  const io = { logits, targets: table.targets, row_index: table.rowIndex, d_logits, losses };
  if (task === "regression") mse(rec, io, network.config.yRange);
  else if (task === "classification") crossEntropy(rec, io);
  else bceWithLogits(rec, io);
  const input = network.backward(rec, d_logits, kept);
  network.update(rec, input, rows, decayEnd);
  return rec.finish();
}
