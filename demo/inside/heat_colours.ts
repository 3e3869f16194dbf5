/**
 * Matplotlib's viridis, in nine stops: its lightness rises evenly, so that it reads in grey and with any colour vision. On
 * a light ground it is turned round, so that what is many is always what stands out.
 */
const VIRIDIS = [
  [68, 1, 84],
  [71, 44, 122],
  [59, 81, 139],
  [44, 113, 142],
  [33, 144, 141],
  [39, 173, 129],
  [92, 200, 99],
  [170, 220, 50],
  [253, 231, 37],
] as const;

export type Rgb = readonly [red: number, green: number, blue: number];

/** The colour of `t` from 0 (few) to 1 (many). */
export function heatColour(t: number, theme: "light" | "dark"): Rgb {
  const clamped = Math.min(1, Math.max(0, t));
  const at = (theme === "dark" ? clamped : 1 - clamped) * (VIRIDIS.length - 1);
  const below = Math.min(VIRIDIS.length - 2, Math.floor(at));
  const part = at - below;
  const mix = (i: 0 | 1 | 2) => Math.round(VIRIDIS[below][i] * (1 - part) + VIRIDIS[below + 1][i] * part);
  return [mix(0), mix(1), mix(2)];
}

/** Counts on a log scale, from 0 (none) to 1 (all `total`): the few in the tails are to be seen beside the many. */
export function logShare(count: number, total: number): number {
  return total > 0 ? Math.log1p(count) / Math.log1p(total) : 0;
}
