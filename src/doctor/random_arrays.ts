import type { Random } from "../random.ts";

/** Normal values as a kernel gets them: rounded to f32, `scale` times as wide. */
export function randomFloats(random: Random, length: number, scale = 1): Float32Array {
  return Float32Array.from({ length }, () => scale * random.normal());
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
