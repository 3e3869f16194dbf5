import { describe, expect, it } from "vitest";

// The script is plain JavaScript.
const { LIMITS, measureSizes, sizesInReadme, sizeTable } = (await import(
  new URL("../../scripts/size.mjs", import.meta.url).href
)) as {
  LIMITS: Record<App, number>;
  measureSizes(): Promise<Record<App, Record<"first" | "used" | "withGpu" | "withSoftware", number>>>;
  sizesInReadme(text?: string): number[];
  sizeTable(sizes: unknown): string;
};
type App = "predict" | "train";

describe("a page", () => {
  it("loads no more at once than the limits, and what the README says within 2 %", {
    timeout: 60_000,
  }, async () => {
    const sizes = await measureSizes();
    for (const app of ["predict", "train"] as const) {
      expect(sizes[app].first, app).toBeGreaterThan(1000);
      expect(sizes[app].first, app).toBeLessThanOrEqual(LIMITS[app]);
    }
    const measured = sizesInReadme(sizeTable(sizes));
    const told = sizesInReadme();
    expect(measured).toHaveLength(6);
    expect(told).toHaveLength(measured.length);
    told.forEach((kB, i) => {
      const off = Math.abs(kB / measured[i] - 1);
      expect(off, `README says ${kB} kB, measured ${measured[i]} kB: npm run size`).toBeLessThanOrEqual(0.02);
    });
  });
});
