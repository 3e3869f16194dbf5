import { storeSalesSample, type Table, TabularData } from "tabgpu";
import type { DataSummary } from "./messages.ts";

const EXAMPLES = 5;

/** The embedded sample, ready to train on. */
export interface SampleData {
  readonly data: TabularData;
  readonly summary: DataSummary;
  /** exp_rmspe of the formula that made the sales, on the validation rows. */
  readonly bestPossible: number;
  /** Some validation rows. */
  readonly examples: Table;
}

export function makeSampleData(): SampleData {
  const sample = storeSalesSample();
  const data = TabularData.from(sample.table, sample.options);
  const { trainRows, validRows, preprocessing } = data;
  // Steps of the golden section: spread over the days, and a different shop each.
  const exampleRows = Uint32Array.from(
    { length: EXAMPLES },
    (_, i) => validRows[Math.floor(((0.3 + 0.618034 * i) % 1) * validRows.length)],
  ).sort();
  return {
    data,
    summary: {
      rows: sample.table.rows,
      trainRows: trainRows.length,
      validRows: validRows.length,
      categorical: preprocessing.categorical.length,
      continuous: preprocessing.continuous.length,
      target: sample.options.target,
      noiseVariance: sample.noiseFloor.sigma ** 2,
    },
    bestPossible: sample.expRmspeOfTruth(validRows),
    examples: sample.table.take(exampleRows),
  };
}
