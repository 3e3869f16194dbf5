/** Numbers as people read them. */
const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const percentage = new Intl.NumberFormat("en", {
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
  signDisplay: "exceptZero",
});

/** 12,345 */
export function grouped(x: number): string {
  return whole.format(x);
}

const large = new Intl.NumberFormat("en", { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** A loss or a metric: 0.0123, 4,777.4, 22,823,941, or a dash where there is none. */
export function score(x: number): string {
  if (!Number.isFinite(x)) return "–";
  if (Math.abs(x) < 1000) return x.toFixed(4);
  return Math.abs(x) < 100_000 ? large.format(x) : whole.format(x);
}

/** 42 s, 2 min 5 s */
export function duration(seconds: number): string {
  const total = Math.max(0, Math.round(seconds));
  const minutes = Math.floor(total / 60);
  return minutes === 0 ? `${total} s` : `${minutes} min ${total % 60} s`;
}

/** A fraction as +3.2 % or −3.2 %. */
export function signedPercent(fraction: number): string {
  return `${percentage.format(100 * fraction).replace("-", "−")} %`;
}

/** 180 kB, 1.2 MB */
export function fileSize(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** 1 epoch, 5 epochs */
export function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;
}
