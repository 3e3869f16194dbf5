import type { MostlyNumbers } from "./mostly_numbers.ts";

export type ColumnRole = "target" | "categorical" | "continuous" | "date" | "ignored";

/** A column as the data panel shows it. */
export interface ColumnInfo {
  readonly name: string;
  readonly kind: "number" | "boolean" | "text" | "date";
  /** Numbers that are all whole. */
  readonly integer: boolean;
  readonly missing: number;
  readonly distinct: number;
  /** Mean of the numbers that are there; null for other kinds and where there are none. */
  readonly mean: number | null;
  /** Numbers and dates: the range and counts of equal bins. */
  readonly histogram: {
    readonly min: number;
    readonly max: number;
    readonly counts: readonly number[];
  } | null;
  /** Categories: the most frequent ones with their counts, the rest left out. */
  readonly top: readonly { readonly label: string; readonly count: number }[];
  /** Text most of whose cells are numbers. */
  readonly mostlyNumbers?: MostlyNumbers;
  readonly guessedRole: ColumnRole;
  /** Why that role, where it needs a word: what looks like a row number is left out. */
  readonly reason: string | null;
}

export interface TableInfo {
  /** The file's name, or the sample's. */
  readonly name: string;
  /** Invented data, which the page says. */
  readonly synthetic: boolean;
  readonly rows: number;
  readonly columns: readonly ColumnInfo[];
  /** The first rows, as text; a missing cell is null. */
  readonly preview: readonly (readonly (string | null)[])[];
  /** What reading noticed. */
  readonly notes: readonly string[];
  /** Whether it is a CSV, which can be read again with further marks for a missing cell. */
  readonly csv: boolean;
  /** A plan that works for most tables like this. */
  readonly guessedPlan: DataPlan;
}

export interface DataPlan {
  readonly roles: Readonly<Record<string, ColumnRole>>;
  readonly task: "regression" | "classification";
  /** Of a regression; classes have no logarithm and leave it as it was. */
  readonly logTarget: boolean;
  /** A random fraction, or the last rows: in file order (`by` null) or by a date column. */
  readonly valid:
    | { readonly kind: "random"; readonly fraction: number }
    | { readonly kind: "last"; readonly fraction: number; readonly by: string | null };
  readonly seed: number;
}

/** What the plan made of the table. */
export interface DataInfo {
  readonly target: string;
  readonly task: "regression" | "classification";
  readonly logTarget: boolean;
  readonly trainRows: number;
  readonly validRows: number;
  readonly categorical: readonly string[];
  readonly continuous: readonly string[];
  /** Names of classes, in the order of the outputs; empty for a regression. */
  readonly classes: readonly string[];
  /** Smallest and largest target as the model learns it, after the logarithm; null for a classification. */
  readonly targetRange: readonly [number, number] | null;
  /** What looks odd, one sentence each; it still trains. */
  readonly warnings: readonly string[];
  /** Grows with every plan applied: what was made of an older one is stale. */
  readonly version: number;
}

export interface LoadProgress {
  /** Bytes of the file read so far. */
  readonly bytes: number;
  readonly totalBytes: number | null;
  readonly rows: number;
}
