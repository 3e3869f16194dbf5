import type { Random } from "../../src/random.ts";

/** Standard normal values. */
export function randomNormal(random: Random, length: number): Float64Array {
  return Float64Array.from({ length }, () => random.normal());
}

/** Codes [batch, columns], column c below sizes[c][0], row-major. */
export function randomCodes(
  random: Random,
  sizes: readonly (readonly [number, number])[],
  batch: number,
): Uint32Array {
  return Uint32Array.from({ length: batch * sizes.length }, (_, i) =>
    random.below(sizes[i % sizes.length][0]),
  );
}

/** Σ aᵢ bᵢ: turns an operation's output into one number whose gradient at the output is b. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** Normal values as a kernel gets them: rounded to f32, `scale` times as wide. */
export function randomFloats(random: Random, length: number, scale = 1): Float32Array {
  return Float32Array.from({ length }, () => scale * random.normal());
}
