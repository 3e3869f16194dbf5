import { expect } from "vitest";
import type { LossBuffers } from "../../src/kernels/loss.ts";
import type { Recorder } from "../../src/scheduler/recorder.ts";
import { stepOf, withKernel } from "./kernel_harness.ts";

/** Places of the test's loss ring, and the one a step is told to write. */
const PLACES = 8;
const PLACE = 5;

/**
 * Runs a loss kernel on a batch that is taken from the middle of a shuffled table, and asserts that it writes its one
 * place of the losses and the step's rows of d_logits, nothing else.
 * @param targets of the whole table [table rows, targetWidth]
 * @returns `taken`, the batch's targets [rows, targetWidth], beside what the kernel wrote
 */
export async function runLoss(
  record: (rec: Recorder, io: LossBuffers) => void,
  size: { rows: number; capacity: number; outputs: number; targetWidth: number },
  logits: Float32Array,
  targets: Float32Array,
): Promise<{ loss: number; dLogits: Float32Array; taken: Float64Array }> {
  const { rows, capacity, outputs, targetWidth } = size;
  const tableRows = targets.length / targetWidth;
  const rowStart = Math.min(3, tableRows - rows);
  const rowIndex = Uint32Array.from({ length: tableRows }, (_, i) => tableRows - 1 - i);
  const taken = Float64Array.from({ length: rows * targetWidth }, (_, i) => {
    const source = rowIndex[rowStart + Math.floor(i / targetWidth)];
    return targets[source * targetWidth + (i % targetWidth)];
  });
  return withKernel(async (run) => {
    const io = {
      logits: run.inputMatrix("logits", capacity, outputs, logits),
      targets: run.input("targets", targets, [tableRows, targetWidth]),
      row_index: run.input("row_index", rowIndex),
      d_logits: run.outputMatrix("d_logits", capacity, outputs),
      losses: run.output("losses", [PLACES]),
    };
    await run.run((rec) => record(rec, io), stepOf({ rows, row_start: rowStart, loss_slot: PLACE }));
    const { floats, isWritten } = await run.written(io.losses);
    expect(
      isWritten.flatMap((yes, place) => (yes ? [place] : [])),
      "places of the losses written",
    ).toEqual([PLACE]);
    return { loss: floats[PLACE], dLogits: await run.rows(io.d_logits, rows), taken };
  });
}
