import { describe, expect, it } from "vitest";
import { SmoothedLoss } from "../../src/train/smoothed_loss.ts";
import { expectClose } from "../support/close.ts";

describe("SmoothedLoss", () => {
  it("is fastai's on the losses 2, 1, 3", () => {
    const smoothed = new SmoothedLoss();
    expectClose(
      [2, 1, 3].map((loss) => smoothed.add(loss)),
      [2, 1.494949495, 2.006801796],
      5e-10,
    );
    expectClose([smoothed.value], [2.006801796], 5e-10);
  });

  it("keeps a constant as it is from the first step on", () => {
    const smoothed = new SmoothedLoss();
    const values = Array.from({ length: 500 }, () => smoothed.add(0.25));
    expectClose(values, Array(500).fill(0.25), 1e-15);
  });

  it("is NaN before the first step and from the first NaN on", () => {
    const smoothed = new SmoothedLoss();
    expect(smoothed.value).toBeNaN();
    smoothed.add(Number.NaN);
    expect(smoothed.add(1)).toBeNaN();
  });
});
