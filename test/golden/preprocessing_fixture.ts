import preprocessing from "./preprocessing.json" with { type: "json" };

/** What pandas and fastai make of `csv` in one recipe. All rows in table order; row-major. */
export interface PreprocessingExpected {
  /** Levels without "#na#", so that the code is the index + 1; the `_na` columns last. */
  vocabs: Record<string, (string | number | boolean)[]>;
  fill: Record<string, number>;
  /** Raw standard deviations: z = (x − mean) / (std + 1e-7). */
  statistics: Record<string, { mean: number; std: number }>;
  codes: number[];
  continuous: number[];
}

/** A small CSV with its columns' roles; the last `validRows` rows are for validation. */
export interface PreprocessingFixture {
  csv: string;
  categorical: string[];
  continuous: string[];
  target: string;
  rows: number;
  validRows: number;
  v1: PreprocessingExpected;
  v2: PreprocessingExpected;
}

export const PREPROCESSING_FIXTURE = preprocessing as unknown as PreprocessingFixture;
