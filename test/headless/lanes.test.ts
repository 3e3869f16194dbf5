import { describe, expect, it } from "vitest";

// A plain script.
const { compareLanes } = (await import(new URL("../../scripts/lanes.mjs", import.meta.url).href)) as {
  compareLanes(
    lanes: Record<string, { passed: number; failed: number; skipped: number } | null>,
  ): string | null;
};

const count = (passed: number, failed = 0, skipped = 0) => ({ passed, failed, skipped });

describe("compareLanes", () => {
  it("is content where both browsers ran the same number of tests", () => {
    expect(compareLanes({ chromium: count(7), firefox: count(7) })).toBeNull();
  });

  it("objects to a lane that did not run, ran nothing, skipped or failed something, or ran another number", () => {
    expect(compareLanes({ chromium: count(7), firefox: null })).toBe("No GPU test has run in firefox.");
    expect(compareLanes({ chromium: count(0), firefox: count(0) })).toBe("No GPU test passed in chromium.");
    expect(compareLanes({ chromium: count(7), firefox: count(6, 1) })).toBe("1 GPU tests failed in firefox.");
    expect(compareLanes({ chromium: count(7), firefox: count(6, 0, 1) })).toBe(
      "1 GPU tests were skipped in firefox.",
    );
    expect(compareLanes({ chromium: count(7), firefox: count(6) })).toBe(
      "7 GPU tests ran in chromium, but 6 in firefox.",
    );
  });
});
