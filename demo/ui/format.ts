/** Numbers as people read them: a true minus, and a space that does not break before a unit. */
const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const percentage = new Intl.NumberFormat("en", {
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
  signDisplay: "exceptZero",
});

/** The minus sign, which is as wide as a plus, for the hyphen that numbers are printed with. */
export function trueMinus(text: string): string {
  return text.replaceAll("-", "−");
}

/** 12,345 */
export function grouped(x: number): string {
  return trueMinus(whole.format(x));
}

const formats = new Map<number, Intl.NumberFormat>();

/** At most so many digits that matter: 4,777.4 and 0.012346 with five. */
export function significant(x: number, digits: number): string {
  let format = formats.get(digits);
  if (!format) {
    format = new Intl.NumberFormat("en", { maximumSignificantDigits: digits });
    formats.set(digits, format);
  }
  return trueMinus(format.format(x));
}

/** A number that is read for itself, in a legend or a sentence: 36,020. */
export function exactNumber(x: number): string {
  return significant(x, Math.abs(x) >= 10_000 ? 7 : 5);
}

/** 54 % */
export function inPercent(text: string | number): string {
  return `${text}\u00a0%`;
}

/** Whether whole numbers from one to the other are years, which have no comma. */
export function areYears(min: number, max: number): boolean {
  return Number.isInteger(min) && Number.isInteger(max) && min >= 1800 && max <= 2100;
}

const large = new Intl.NumberFormat("en", { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** A loss or a metric: 0.0123, 835.1, 4,777.4, 22,823,941, or a dash where there is none. */
export function score(x: number): string {
  if (!Number.isFinite(x)) return "–";
  if (Math.abs(x) < 100) return trueMinus(x.toFixed(4));
  return trueMinus(Math.abs(x) < 100_000 ? large.format(x) : whole.format(x));
}

/** 42 s, 2 min 5 s */
export function duration(seconds: number): string {
  const total = Math.max(0, Math.round(seconds));
  const minutes = Math.floor(total / 60);
  return minutes === 0 ? `${total}\u00a0s` : `${minutes}\u00a0min ${total % 60}\u00a0s`;
}

/** A fraction as +3.2 % or −3.2 %. */
export function signedPercent(fraction: number): string {
  return inPercent(trueMinus(percentage.format(100 * fraction)));
}

/** 180 kB, 1.2 MB */
export function fileSize(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1000)}\u00a0kB` : `${(bytes / 1e6).toFixed(1)}\u00a0MB`;
}

/** 1 epoch, 5 epochs */
export function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;
}
