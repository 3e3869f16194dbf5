import { expect } from "vitest";

/** A bound per element, or one for all. */
export type Bound = number | ArrayLike<number> | ((expected: number, index: number) => number);

/**
 * Asserts |actual − expected| ≤ bound element by element. Written so that NaN on either side fails, and reports the
 * worst element with its index, because "arrays differ" never helped anyone.
 */
export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  bound: Bound,
  what = "values",
): void {
  expect(actual.length, `${what}: length`).toBe(expected.length);
  let worst = -1;
  let worstExcess = 0;
  let failures = 0;
  for (let i = 0; i < expected.length; i++) {
    const limit =
      typeof bound === "number" ? bound : typeof bound === "function" ? bound(expected[i], i) : bound[i];
    const difference = Math.abs(actual[i] - expected[i]);
    if (!(difference <= limit)) {
      failures++;
      const excess = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference / limit;
      if (worst < 0 || excess > worstExcess) {
        worst = i;
        worstExcess = excess;
      }
    }
  }
  if (failures > 0) {
    const limit =
      typeof bound === "number"
        ? bound
        : typeof bound === "function"
          ? bound(expected[worst], worst)
          : bound[worst];
    expect.fail(
      `${what}: ${failures} of ${expected.length} elements beyond their bound; the worst is [${worst}]: ` +
        `got ${actual[worst]}, expected ${expected[worst]} ± ${limit}`,
    );
  }
}
