import { describe, expect, it } from "vitest";
import { Random } from "../../src/random.ts";
import { noiseFloor } from "../../src/sample/noise_floor.ts";
import { storeSalesSample } from "../../src/sample/store_sales.ts";
import { expectClose } from "../support/close.ts";

/** exp_rmspe of predicting f + shift, over drawn noise, and its standard error. */
function monteCarlo(sigma: number, shift: number, draws: number) {
  const random = new Random(7);
  let sum = 0;
  let sumOfSquares = 0;
  for (let i = 0; i < draws; i++) {
    const square = (1 - Math.exp(shift - sigma * random.normal())) ** 2;
    sum += square;
    sumOfSquares += square * square;
  }
  const mean = sum / draws;
  const error = Math.sqrt((sumOfSquares / draws - mean * mean) / draws);
  return { value: Math.sqrt(mean), error: error / (2 * Math.sqrt(mean)) };
}

describe("noiseFloor", () => {
  it.each([0.05, 0.1, 0.3])("agrees with drawn noise, sigma %d", (sigma) => {
    const floor = noiseFloor(sigma);
    for (const [shift, expected] of [
      [0, floor.expRmspe],
      [-1.5 * sigma * sigma, floor.smallestExpRmspe],
    ]) {
      const { value, error } = monteCarlo(sigma, shift, 400_000);
      expectClose([value], [expected], 4 * error, `exp_rmspe at shift ${shift}`);
    }
  });

  it("is smallest at the shift of −1.5·sigma²", () => {
    const sigma = 0.2;
    const at = (shift: number) =>
      Math.sqrt(1 - 2 * Math.exp(shift + sigma ** 2 / 2) + Math.exp(2 * shift + 2 * sigma ** 2));
    const best = -1.5 * sigma ** 2;
    expectClose([at(best)], [noiseFloor(sigma).smallestExpRmspe], 1e-15);
    expect(at(best - 1e-3)).toBeGreaterThan(at(best));
    expect(at(best + 1e-3)).toBeGreaterThan(at(best));
  });

  it("is 0 without noise", () => {
    expect(noiseFloor(0)).toEqual({ sigma: 0, expRmspe: 0, smallestExpRmspe: 0, rmse: 0 });
  });
});

describe("the sample's noise", () => {
  const sample = storeSalesSample();
  const { values: sales } = sample.table.column("sales") as { values: Float64Array };

  it("has the mean 0 and the standard deviation it claims, around the truth", () => {
    const n = sales.length;
    const noise = sample.trueLogSales.map((mean, row) => Math.log(sales[row]) - mean);
    const mean = noise.reduce((sum, x) => sum + x, 0) / n;
    const deviation = Math.sqrt(noise.reduce((sum, x) => sum + (x - mean) ** 2, 0) / n);
    const { sigma } = sample.noiseFloor;
    expectClose([mean], [0], (4 * sigma) / Math.sqrt(n), "mean");
    expectClose([deviation], [sigma], (4 * sigma) / Math.sqrt(2 * n), "standard deviation");
  });

  it("leaves the truth with the exp_rmspe of the closed form, within the draw", () => {
    const all = Array.from(sales.keys());
    const { value, error } = monteCarlo(sample.noiseFloor.sigma, 0, sales.length);
    expectClose([value], [sample.noiseFloor.expRmspe], 4 * error);
    expectClose([sample.expRmspeOfTruth(all)], [sample.noiseFloor.expRmspe], 4 * error);
  });
});
