/**
 * Where labels of one column are written so that none covers another: as near to where they belong as that allows.
 * @param wanted the middles, in any order
 * @param gap from one middle to the next, at least
 * @returns the middles, in the order given; beyond `bottom` only where not all fit
 */
export function spreadLabels(wanted: readonly number[], gap: number, top: number, bottom: number): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a] - wanted[b]);
  const placed = [...wanted];
  let least = top;
  for (const i of order) {
    placed[i] = Math.max(wanted[i], least);
    least = placed[i] + gap;
  }
  // What was pushed out at the bottom moves up again, those before it with it, as far as there is room.
  let most = bottom;
  for (const i of order.toReversed()) {
    placed[i] = Math.min(placed[i], most);
    most = placed[i] - gap;
  }
  const above = top - (order.length > 0 ? placed[order[0]] : top);
  return above > 0 ? placed.map((y) => y + above) : placed;
}
