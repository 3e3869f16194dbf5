/**
 * The keep decisions of dropout, bit for bit as shaders/parts/dropout.wgsl makes them: pcg4d (Jarzynski & Olano 2020) on
 * 32-bit integers, keyed by place, layer, step number and seed; four neighbouring elements from one evaluation.
 */
export function pcg4d(key: readonly [number, number, number, number]): [number, number, number, number] {
  let x = Math.imul(key[0], 1664525) + 1013904223;
  let y = Math.imul(key[1], 1664525) + 1013904223;
  let z = Math.imul(key[2], 1664525) + 1013904223;
  let w = Math.imul(key[3], 1664525) + 1013904223;
  x = (x + Math.imul(y, w)) | 0;
  y = (y + Math.imul(z, x)) | 0;
  z = (z + Math.imul(x, y)) | 0;
  w = (w + Math.imul(y, z)) | 0;
  x ^= x >>> 16;
  y ^= y >>> 16;
  z ^= z >>> 16;
  w ^= w >>> 16;
  x = (x + Math.imul(y, w)) | 0;
  y = (y + Math.imul(z, x)) | 0;
  z = (z + Math.imul(x, y)) | 0;
  w = (w + Math.imul(y, z)) | 0;
  return [x >>> 0, y >>> 0, z >>> 0, w >>> 0];
}

/** What tells one draw of a dropout layer from all others. */
export interface DropoutKey {
  /** 0 for the embeddings, then 1, 2, … for the hidden blocks. */
  layer: number;
  /** Training steps before this one. */
  number: number;
  seed: number;
}

/** 1 where an element of [rows, width] is kept, else 0. Rows lie `stride` apart, a multiple of 4. */
export function keepDecisions(
  rows: number,
  width: number,
  p: number,
  key: DropoutKey,
  stride = 4 * Math.ceil(width / 4),
): Uint8Array {
  const threshold = Math.min(2 ** 32 - 1, Math.round(p * 2 ** 32));
  const keep = new Uint8Array(rows * width);
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < width; j++) {
      const element4 = (row * stride) / 4 + Math.floor(j / 4);
      const bits = pcg4d([element4, key.layer, key.number, key.seed])[j % 4];
      keep[row * width + j] = threshold === 0 || bits >= threshold ? 1 : 0;
    }
  }
  return keep;
}
