import type { Random } from "../../src/random.ts";

/** Standard normal values. */
export function randomNormal(random: Random, length: number): Float64Array {
  return Float64Array.from({ length }, () => random.normal());
}

/** Σ aᵢ bᵢ: turns an operation's output into one number whose gradient at the output is b. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
