import type { groupCodes } from "../cpu/ops/group_codes.ts";

/** The buffer `groups` of input_backward and adam_step: a segment per embedding row, then each column's sorted rows. */

/** Where each column's rows begin among those of all embeddings. */
export function firstRowsOf(cardinalities: readonly number[]): Uint32Array {
  let next = 0;
  return Uint32Array.from(cardinalities, (n) => {
    next += n;
    return next - n;
  });
}

/** A column's segments as `tick` left them; those of an earlier step name a row of the batch, and their tick says not to look. */
export function segmentsOf(
  n: number,
  { segments }: ReturnType<typeof groupCodes>,
  tick: number,
): Uint32Array {
  const words = new Uint32Array(3 * n);
  for (let code = 0; code < n; code++) {
    const segment = segments.get(code);
    words.set(segment ? [tick, segment.start, segment.count] : [tick - 1, 0, 1], 3 * code);
  }
  return words;
}
