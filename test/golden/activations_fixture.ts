import activations from "./activations.json" with { type: "json" };

/** What PyTorch's activations of one module come to, in float64. */
export interface ActivationFixture {
  width: number;
  mean: number;
  std: number;
  nearZero: number;
  counts: number[];
  below: number;
  above: number;
  unitMeans: number[];
  unitStds: number[];
}

/** By case of `fixtures.ts`, then by module in the order of the forward pass; first batch, no dropout. */
export const ACTIVATIONS = activations as unknown as {
  bins: number;
  range: [number, number];
  zero: number;
  cases: Record<string, Record<string, ActivationFixture>>;
};
