/** Numbers of this panel: they run from thousandths to millions. */
import { grouped, inPercent, trueMinus } from "../ui/format.ts";

/** Two or three digits that matter: 0.46, 13, 24,400. A dash for what is no number. */
export function figure(x: number): string {
  if (!Number.isFinite(x)) return "–";
  const size = Math.abs(x);
  if (size < 0.005) return "0.00";
  const text =
    size >= 1e9
      ? x.toExponential(1).replace("e+", "e")
      : size >= 100
        ? grouped(Number(x.toPrecision(3)))
        : size >= 10
          ? x.toFixed(1)
          : x.toFixed(2);
  return trueMinus(text);
}

/** 54 % */
export function share(x: number): string {
  return Number.isFinite(x) ? inPercent(Math.round(100 * x)) : "–";
}

/** A loss, in three digits that matter. */
export function lossFigure(x: number): string {
  if (!Number.isFinite(x) || Math.abs(x) >= 100) return figure(x);
  return trueMinus(Math.abs(x) < 1e-3 ? x.toExponential(1) : x.toPrecision(3));
}
