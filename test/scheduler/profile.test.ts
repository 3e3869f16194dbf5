import { describe, expect, it } from "vitest";
import { matrix, resident } from "../../src/gpu/buffer_spec.ts";
import { linearBackwardWeight } from "../../src/kernels/linear.ts";
import { mse } from "../../src/kernels/mse.ts";
import { profileOf } from "../../src/scheduler/profile.ts";
import { Recorder } from "../../src/scheduler/recorder.ts";

/** Two dispatches: one that says how much it must do, one that does not. */
function recording() {
  const [rows, fanIn, fanOut] = [500, 20, 1];
  const rec = new Recorder("some", { variant: "wide" });
  const d_logits = matrix("d_logits", rows, fanOut, "resident");
  const io = { logits: matrix("logits", rows, fanOut, "resident"), targets: resident("targets", [rows, 1]) };
  mse(rec, { ...io, row_index: resident("rows", [rows]), d_logits, losses: resident("losses", [1]) }, null);
  const x = matrix("x", rows, fanIn, "resident");
  const linear = { fanIn, fanOut, weight: 0, bias: null };
  linearBackwardWeight(rec, linear, { d_z: d_logits, x, grads: resident("grads", [64]) });
  return rec.finish();
}

const times = (...steps: number[][]) => steps.map((step) => Float64Array.from(step));

describe("a profile", () => {
  it("has the median of each dispatch and the work it was recorded with", () => {
    const { dispatches, ms, steps, adapter } = profileOf(recording(), "a GPU", times([1, 4], [9, 2], [2, 3]));
    expect({ adapter, steps, ms }).toEqual({ adapter: "a GPU", steps: 3, ms: 5 });
    expect(dispatches.map((d) => d.ms)).toEqual([2, 3]);
    const [loss, weight] = dispatches;
    expect(loss.kernel).toMatch(/^mse /);
    expect(weight).toMatchObject({
      kernel: expect.stringMatching(/^linear_backward_weight wide/),
      note: "Linear 20→1",
      flops: 2 * 500 * 20,
      bytes: 4 * (500 * 20 + 500 + 20),
    });
    const even = profileOf(recording(), "a GPU", times([1, 4], [3, 2]));
    expect(even.dispatches.map((d) => d.ms)).toEqual([2, 3]);
  });

  it("prints a table: shares, GFLOP/s and GB/s where there is work, a line for all", () => {
    const lines = String(profileOf(recording(), "a GPU", times([0.5, 0.002]))).split("\n");
    expect(lines[0]).toBe("a GPU");
    expect(lines.length).toBe(5);
    const cells = lines.slice(1).map((line) => line.trim().split(/ {2,}/));
    expect(cells[0]).toEqual(["ms", "share", "GFLOP/s", "GB/s", "kernel"]);
    // 20 000 operations and 42 080 bytes in 2 µs
    expect(cells[2]).toEqual([
      "2",
      "0.002",
      "0.4 %",
      "10.0",
      "21.0",
      expect.stringMatching(/^linear_backward_weight wide/),
      "Linear 20→1",
    ]);
    expect(cells[1].slice(0, 3)).toEqual(["1", "0.500", "99.6 %"]);
    expect(cells[3][0]).toBe("0.502");
    expect(cells[3].at(-1)).toBe("all");
  });

  it("prints no rate and no share where the clock is too coarse to see anything", () => {
    const text = String(profileOf(recording(), "a GPU", times([0, 0])));
    expect(text).not.toMatch(/NaN|Infinity/);
  });
});
