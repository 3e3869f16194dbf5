import { describe, expect, it } from "vitest";
import { principalComponents, symmetricEigen } from "../../../demo/understanding/pca.ts";
import { seeded } from "../../../demo/worker/sampling.ts";

const normal = (random: () => number) =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

describe("symmetricEigen", () => {
  it("has the eigenvalues of a matrix whose are known", () => {
    // [[2, 1], [1, 2]]: 3 along (1, 1), 1 along (1, -1).
    const { values, vectors } = symmetricEigen(Float64Array.of(2, 1, 1, 2), 2);
    expect([...values].sort()).toEqual([expect.closeTo(1, 12), expect.closeTo(3, 12)]);
    const large = values[0] > values[1] ? 0 : 1;
    expect(Math.abs(vectors[large] - vectors[2 + large])).toBeLessThan(1e-12);
  });

  it("gives vectors of length 1, at right angles, that the matrix only stretches", () => {
    const n = 12;
    const random = seeded(5);
    const a = new Float64Array(n * n);
    for (let i = 0; i < n; i++) for (let j = i; j < n; j++) a[i * n + j] = a[j * n + i] = random() - 0.5;
    const { values, vectors } = symmetricEigen(a, n);
    for (let p = 0; p < n; p++) {
      for (let q = 0; q < n; q++) {
        let [dot, product] = [0, 0];
        for (let k = 0; k < n; k++) {
          dot += vectors[k * n + p] * vectors[k * n + q];
          product += a[p * n + k] * vectors[k * n + q];
        }
        expect(dot).toBeCloseTo(p === q ? 1 : 0, 12);
        expect(product).toBeCloseTo(values[q] * vectors[p * n + q], 12);
      }
    }
  });

  it("takes a diagonal and a zero matrix", () => {
    expect([...symmetricEigen(Float64Array.of(4, 0, 0, 9), 2).values]).toEqual([4, 9]);
    expect([...symmetricEigen(new Float64Array(9), 3).values]).toEqual([0, 0, 0]);
  });
});

describe("principalComponents", () => {
  it("finds the direction that points were spread along, and how much of the variance it holds", () => {
    const random = seeded(3);
    const rows = 400;
    const direction = [0.48, -0.6, 0.64];
    const far = Array.from({ length: rows }, () => 5 * normal(random));
    const values = far.flatMap((t) => direction.map((d) => 10 + t * d + 0.1 * normal(random)));
    const { places, explained } = principalComponents(values, rows, 3);
    expect(explained[0]).toBeGreaterThan(0.99);
    expect(explained[0] + explained[1]).toBeLessThanOrEqual(1 + 1e-12);
    const mean = far.reduce((sum, t) => sum + t, 0) / rows;
    for (let row = 0; row < rows; row++) expect(places[2 * row]).toBeCloseTo(far[row] - mean, -0.4);
  });

  it("keeps distances where the points lie in a plane", () => {
    const points = [
      [0, 0],
      [3, 0],
      [0, 4],
      [1, 1],
    ];
    // Turned into three dimensions by two vectors of length 1 at right angles.
    const [u, v] = [
      [0.6, 0.8, 0],
      [0, 0, 1],
    ];
    const values = points.flatMap(([a, b]) => u.map((_, k) => a * u[k] + b * v[k]));
    const { places, explained } = principalComponents(values, 4, 3);
    expect(explained[0] + explained[1]).toBeCloseTo(1, 12);
    const distance = (p: number[], q: number[]) => Math.hypot(p[0] - q[0], p[1] - q[1]);
    for (let i = 0; i < 4; i++) {
      for (let j = 0; j < 4; j++) {
        const [p, q] = [i, j].map((k) => [places[2 * k], places[2 * k + 1]]);
        expect(distance(p, q)).toBeCloseTo(distance(points[i], points[j]), 12);
      }
    }
  });

  it("always gives the same sign, one component for one column, and no variance for equal points", () => {
    const one = principalComponents([1, 2, 6], 3, 1);
    expect([...one.places]).toEqual([-2, -1, 3]);
    expect(one.explained).toEqual([1]);
    const mirrored = principalComponents([-1, -2, -6], 3, 1);
    expect([...mirrored.places]).toEqual([2, 1, -3]);
    expect(principalComponents([5, 7, 5, 7], 2, 2).explained).toEqual([0, 0]);
  });
});
