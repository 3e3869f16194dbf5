import { describe, expect, it } from "vitest";
import { groupCodes } from "../../src/cpu/ops/group_codes.ts";
import { rowStride } from "../../src/gpu/buffer_spec.ts";
import { embeddingGroupCodes } from "../../src/kernels/embedding.ts";
import { Random } from "../../src/random.ts";
import { stepOf, withKernel } from "../support/kernel_harness.ts";

/** Codes of one step by column, and the step's tick. */
interface Step {
  columns: number[][];
  tick: number;
}

/** Runs the steps one after the other on the same segments, as training does, and checks what the last one left. */
async function check(cardinalities: number[], capacity: number, steps: Step[]): Promise<void> {
  const firstRows = cardinalities.map((_, c) => cardinalities.slice(0, c).reduce((sum, n) => sum + n, 0));
  const total = cardinalities.reduce((sum, n) => sum + n, 0);
  const { columns, tick } = steps[steps.length - 1];
  const rows = columns[0].length;
  const gpu = await withKernel(async (run) => {
    const first_rows = run.input("first_rows", Uint32Array.from(firstRows));
    const segments = run.input("segments", new Uint32Array(3 * total), [total, 3]); // tick 0: never
    let grouped = first_rows;
    for (const step of steps) {
      const codes = new Uint32Array(cardinalities.length * capacity); // code 0 behind a partial batch
      step.columns.forEach((column, c) => {
        codes.set(column, c * capacity);
      });
      const batch_codes = run.inputMatrix("batch_codes", cardinalities.length, capacity, codes);
      grouped = run.outputMatrix("grouped", cardinalities.length, capacity);
      const io = { first_rows, batch_codes, grouped, segments };
      const values = stepOf({ rows: step.columns[0].length, tick: step.tick });
      await run.run((rec) => embeddingGroupCodes(rec, io), values);
    }
    return { grouped: await run.written(grouped), segments: await run.words(segments) };
  });
  const stride = rowStride(capacity);
  cardinalities.forEach((n, c) => {
    const expected = groupCodes(columns[c]);
    expect([...gpu.grouped.words.subarray(c * stride, c * stride + rows)], `rows of column ${c}`).toEqual(
      expected.grouped,
    );
    const seen = Array.from({ length: n }, (_, code) => {
      const [t, start, count] = gpu.segments.subarray(3 * (firstRows[c] + code));
      return t === tick ? { code, start, count } : null;
    }).filter((s) => s !== null);
    const wanted = [...expected.segments].sort(([a], [b]) => a - b).map(([code, s]) => ({ code, ...s }));
    expect(seen, `segments of column ${c}`).toEqual(wanted);
  });
  const written = gpu.grouped.isWritten.filter(Boolean).length;
  expect(written, "places of grouped written").toBe(rows * cardinalities.length);
}

const draw = (random: Random, cardinalities: number[], rows: number) =>
  cardinalities.map((n) => Array.from({ length: rows }, () => random.below(n)));

describe("embedding_group_codes", () => {
  it("sorts the batch's rows by code, stably, at awkward sizes", async () => {
    const random = new Random(23);
    for (const rows of [1, 2, 63, 64, 65, 127, 513]) {
      const cardinalities = [3, 1, 1116];
      await check(cardinalities, rows, [{ columns: draw(random, cardinalities, rows), tick: 1 }]);
    }
  });

  it("takes a batch of one code, and one in which no code repeats", async () => {
    await check([5], 65, [{ columns: [new Array(65).fill(4)], tick: 9 }]);
    await check([70], 65, [{ columns: [Array.from({ length: 65 }, (_, i) => 69 - i)], tick: 9 }]);
  });

  it("ignores what lies behind the rows of a partial batch", async () => {
    for (const rows of [1, 64, 65]) {
      await check([4, 7], 100, [{ columns: draw(new Random(24), [4, 7], rows), tick: 1 }]);
    }
  });

  it("does not see the segments of earlier steps", async () => {
    const steps = [
      { columns: [[0, 1, 2, 3, 4, 0]], tick: 1 },
      { columns: [[5, 5, 5, 5, 5, 5]], tick: 2 },
      { columns: [[1, 3, 1]], tick: 0xffffffff },
    ];
    await check([6], 6, steps);
  });
});
