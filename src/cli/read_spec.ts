import type { ColumnKind } from "../data/column.ts";
import { MISSING_MARKS } from "../data/infer_type.ts";

/** How a CSV file is read, as plain data: flags of train, lr-find and predict, sent to the page as they are. */
export interface ReadSpec {
  readonly delimiter?: string;
  readonly encoding?: string;
  /** Besides those that mean "unknown" anyway. */
  readonly missing?: readonly string[];
  readonly types?: Readonly<Record<string, ColumnKind>>;
  /** Gaps in columns that had none in training get the training mean. */
  readonly lenient?: boolean;
}

/** What readCsv takes of it. Its `missing` stands in place of the usual marks, not beside them. */
export function csvOptions({ delimiter, encoding, missing, types }: ReadSpec) {
  return { delimiter, encoding, types, missing: missing && [...MISSING_MARKS, ...missing] };
}
