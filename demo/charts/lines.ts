/** What a chart of lines is given. */

export interface Line {
  readonly label: string;
  readonly colour: `--${string}`;
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Default 2. */
  readonly width?: number;
  /** Lengths of dashes and gaps. */
  readonly dash?: readonly number[];
  /** A dot at every point. */
  readonly dots?: boolean;
  /** Measured on the axis to the right. */
  readonly right?: boolean;
  /** Written where the line ends: colour alone must not tell lines apart. */
  readonly end?: string;
}

export interface Scale {
  readonly label?: string;
  readonly log?: boolean;
  /** What is shown; default what the lines reach, and a little more. */
  readonly range?: readonly [number, number];
  /** Marks on the axis at whole numbers only. */
  readonly whole?: boolean;
  /** How its numbers are written, as dates for example. */
  readonly write?: (x: number) => string;
}

export interface Lines {
  readonly lines: readonly Line[];
  readonly x: Scale;
  readonly y: Scale;
  readonly right?: Scale;
  /** The area between two of the lines is filled, by their places in `lines`. */
  readonly band?: { readonly upper: number; readonly lower: number };
  /** A dashed line across, with words. */
  readonly level?: { readonly y: number; readonly label: string };
  /** Lines upwards, with words at the top. */
  readonly marks?: readonly { readonly x: number; readonly label: string; readonly colour: `--${string}` }[];
  /** A number under the pointer, in the legend. */
  readonly read: (value: number) => string;
  readonly readRight?: (value: number) => string;
  /** Height in pixels on a wide page. Default 300. */
  readonly height?: number;
  /** What a reader who does not see it should know. */
  readonly summary: string;
}

/** What is shown of a scale; a log one gets room in proportion. */
export function rangeOf(lines: Lines, which: "x" | "y" | "right"): [number, number] {
  const scale = which === "right" ? (lines.right ?? {}) : lines[which];
  if (scale.range) return [...scale.range];
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const line of lines.lines) {
    if (which !== "x" && (line.right ?? false) !== (which === "right")) continue;
    for (const value of which === "x" ? line.x : line.y) {
      if (!Number.isFinite(value) || (scale.log && value <= 0)) continue;
      min = Math.min(min, value);
      max = Math.max(max, value);
    }
  }
  if (which === "y" && lines.level) {
    min = Math.min(min, lines.level.y);
    max = Math.max(max, lines.level.y);
  }
  if (!(min <= max)) return scale.log ? [0.1, 1] : [0, 1];
  if (which === "x") return min < max ? [min, max] : [min - 1, max + 1];
  if (scale.log) return [min / 1.3, max * 1.3];
  const room = (max - min || Math.abs(max) || 1) * 0.06;
  return [min - room, max + room];
}
