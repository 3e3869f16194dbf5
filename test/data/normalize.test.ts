import { describe, expect, it } from "vitest";
import { applyNormalize, decodeNormalized, fitNormalize } from "../../src/data/normalize.ts";
import { expectClose } from "../support/close.ts";
import { rows } from "./columns.ts";

const values = Float64Array.of(1, 2, 3, 4);

describe("fitNormalize", () => {
  it("takes the sample's deviation in v1, the population's in v2", () => {
    expect(fitNormalize("x", values, rows(4), "v1").mean).toBe(2.5);
    expectClose([fitNormalize("x", values, rows(4), "v1").std], [1.2909944487], 1e-10);
    expectClose([fitNormalize("x", values, rows(4), "v2").std], [1.1180339887], 1e-10);
  });

  it("looks at training rows only", () => {
    expect(fitNormalize("x", Float64Array.of(1, 3, 1e9), rows(2), "v2")).toEqual({
      name: "x",
      mean: 2,
      std: 1,
    });
  });

  it("keeps its digits where the mean is large", () => {
    const far = Float64Array.from(values, (value) => value + 1e9);
    expectClose([fitNormalize("x", far, rows(4), "v2").std], [1.118033988749895], 1e-12);
  });

  it("has no sample deviation of one row", () => {
    expect(fitNormalize("x", values, rows(1), "v2").std).toBe(0);
    expect(() => fitNormalize("x", values, rows(1), "v1")).toThrow(
      'Column "x" has 1 training row; the v1 recipe\'s standard deviation needs two. Keep more rows for training, or use recipe "v2".',
    );
  });
});

describe("applyNormalize", () => {
  it("divides by the deviation plus 1e-7, strided", () => {
    const out = new Float32Array(8);
    applyNormalize(values, { name: "x", mean: 2.5, std: 0.5 }, out, 2, 1);
    const z = (value: number) => Math.fround((value - 2.5) / (0.5 + 1e-7));
    expect([...out]).toEqual([0, z(1), 0, z(2), 0, z(3), 0, z(4)]);
  });

  it("maps a constant column to 0, and what differs from it to 1e7 times the difference", () => {
    const out = new Float32Array(2);
    applyNormalize(Float64Array.of(5, 6), { name: "x", mean: 5, std: 0 }, out, 1, 0);
    expect([...out]).toEqual([0, 1e7]);
  });
});

describe("decodeNormalized", () => {
  it("undoes it", () => {
    const state = { name: "x", mean: 2.5, std: 1.118 };
    expectClose([decodeNormalized((4 - 2.5) / (1.118 + 1e-7), state)], [4], 1e-15);
  });
});
