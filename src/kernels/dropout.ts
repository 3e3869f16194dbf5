/** The constants of inverted dropout as the part `dropout` of the shaders takes them. */
export function dropoutDims(p: number): { drop_threshold: number; drop_scale: number } {
  return { drop_threshold: Math.min(2 ** 32 - 1, Math.round(p * 2 ** 32)), drop_scale: 1 / (1 - p) };
}
