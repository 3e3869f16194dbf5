// What bench/feeding.mjs times, in Node and in a browser's worker: CSV text to a table that is ready for upload.
import { readCsv, storeSalesSample, TabularData, toCsv } from "../src/index.ts";
import { codeLayout, packCodes } from "../src/model/packed_codes.ts";

export interface FeedingTimes {
  readonly rows: number;
  readonly columns: number;
  /** Of the text. */
  readonly bytes: number;
  /** Each step's time in ms, by the clock that was given. */
  readonly readCsv: number;
  readonly tabularData: number;
  readonly pack: number;
}

/** Integers with at most so many values are categories, so that a table of shops has embeddings. */
const MAX_CARD = 1200;

/**
 * Reads the text, fits FillMissing, Categorify and Normalize, encodes all rows and packs their codes, as
 * `tabularLearner` does before it uploads them.
 *
 * @param clock ms, of the processor's time where that can be had
 */
export async function feed(text: Blob, target: string | null, clock: () => number): Promise<FeedingTimes> {
  const times = [clock()];
  const table = await readCsv(text);
  times.push(clock());
  const data = TabularData.from(table, {
    target: target ?? table.names[table.names.length - 1],
    maxCard: MAX_CARD,
  });
  times.push(clock());
  packCodes(data.encoded.codes, table.rows, codeLayout(data.cardinalities));
  times.push(clock());
  const [readTime, dataTime, packTime] = times.slice(1).map((time, i) => time - times[i]);
  return {
    rows: table.rows,
    columns: table.columns.length,
    bytes: text.size,
    readCsv: readTime,
    tabularData: dataTime,
    pack: packTime,
  };
}

/** Ms that `DecompressionStream` takes to unpack gzip, and nothing else. */
export async function unpack(packed: Blob, clock: () => number): Promise<number> {
  const start = clock();
  const reader = packed.stream().pipeThrough(new DecompressionStream("gzip")).getReader();
  while (!(await reader.read()).done);
  return clock() - start;
}

/** The synthetic store sales as CSV. */
export function generatedText(rows: number): string {
  return toCsv(storeSalesSample({ rows }).table);
}
