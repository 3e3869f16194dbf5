const WIDTH = 64;
const HEIGHT = 14;

/** The losses of lr_find over the logarithm of the rate, as text. What exceeds twice the first loss is cut off. */
export function lossChart(lrs: readonly number[], losses: readonly number[]): string {
  const finite = losses.filter(Number.isFinite);
  const low = Math.min(...finite);
  const high = Math.max(low + 1e-12, Math.min(Math.max(...finite), 2 * losses[0]));
  const first = Math.log10(lrs[0]);
  const last = Math.log10(lrs[lrs.length - 1]);
  const grid = Array.from({ length: HEIGHT }, () => new Array<string>(WIDTH).fill(" "));
  losses.forEach((loss, i) => {
    if (!(loss <= high)) return;
    const x = Math.round(((Math.log10(lrs[i]) - first) / (last - first || 1)) * (WIDTH - 1));
    const y = Math.round(((high - loss) / (high - low)) * (HEIGHT - 1));
    grid[y][x] = "•";
  });
  const label = (value: number) => value.toPrecision(3).padStart(9);
  const rows = grid.map((cells, y) => {
    const edge = y === 0 ? label(high) : y === HEIGHT - 1 ? label(low) : " ".repeat(9);
    return `${edge} │${cells.join("").trimEnd()}`;
  });
  const [from, to] = [lrs[0], lrs[lrs.length - 1]].map((lr) => lr.toExponential(0));
  const axis = `${" ".repeat(9)} └${"─".repeat(WIDTH)}`;
  const ticks = `${" ".repeat(11)}${from}${"learning rate".padStart(WIDTH / 2 - from.length + 6)}`;
  return ["loss".padStart(9), ...rows, axis, ticks.padEnd(11 + WIDTH - to.length) + to].join("\n");
}
