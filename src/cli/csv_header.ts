import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { Readable } from "node:stream";
import { DataError } from "../errors.ts";
import { CsvBlocks } from "../io/csv_blocks.ts";
import { textOf } from "../io/csv_source.ts";
import type { ReadSpec } from "./read_spec.ts";

/**
 * The column names of a CSV file, plain or gzip. Reads no more than the first block, so that a mistyped option is
 * told before a browser starts and a large file is read.
 *
 * @throws {DataError} for a file that is not there, cannot be read, is empty or is no CSV.
 */
export async function readHeader(path: string, { delimiter, encoding }: ReadSpec): Promise<string[]> {
  const name = basename(path);
  const size = await sizeOf(path);
  const stream = createReadStream(path);
  try {
    const bytes = Readable.toWeb(stream) as unknown as ReadableStream<Uint8Array>;
    const blocks = new CsvBlocks(name, delimiter);
    for await (const text of textOf({ name, bytes, total: size }, encoding, () => {})) {
      const block = blocks.push(text);
      if (block) return [...block.header];
    }
    const block = blocks.finish();
    if (block) return [...block.header];
  } finally {
    stream.destroy();
  }
  throw new DataError(`${name} is empty. A table needs a header line with column names and rows below it.`);
}

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") throw new DataError(`There is no file ${path}. Check the path.`);
    throw new DataError(`${path} cannot be read: ${error.message}.`);
  });
  if (found.isDirectory()) throw new DataError(`${path} is a folder. Name a .csv or .csv.gz file.`);
  return found.size;
}
