import { resident } from "../gpu/buffer_spec.ts";
import type { TableBuffers } from "../kernels/tensors.ts";
import type { Random } from "../random.ts";
import type { CaseBatch } from "./case_batch.ts";
import type { CaseBuffers } from "./kernel_case.ts";
import { randomCodes } from "./random_arrays.ts";

/** `[num_embeddings, embedding_dim]` per categorical column. */
export type EmbeddingSizes = readonly (readonly [number, number])[];

export type CodeBits = 8 | 16 | 32;

/** A table of random codes and given continuous values, packed as the model's resident table is. */
export interface CaseTable {
  readonly table: TableBuffers;
  /** Where each column's code sits in a packed row. */
  readonly places: readonly CodePlace[];
}

/** Where a column's code sits in a packed row. */
interface CodePlace {
  readonly word: number;
  readonly shift: number;
  readonly bits: CodeBits;
}

/** @param bits of each column's code in its packed word */
export function caseTable(
  buffers: CaseBuffers,
  random: Random,
  batch: CaseBatch,
  columns: {
    sizes: EmbeddingSizes;
    bits?: readonly CodeBits[];
    continuous: number;
    /** [table rows, continuous] */
    values: Float32Array;
  },
): CaseTable {
  const { sizes, bits = sizes.map(() => 8), continuous, values } = columns;
  const { tableRows } = batch;
  const { places, words } = codePlaces(bits);
  const packed = new Uint32Array(tableRows * words);
  randomCodes(random, sizes, tableRows).forEach((code, i) => {
    const { word, shift } = places[i % sizes.length];
    packed[Math.floor(i / sizes.length) * words + word] |= code << shift;
  });
  const table = {
    codes: buffers.input("codes", packed, [tableRows, words]),
    words,
    continuous: buffers.input("continuous", values, [tableRows, continuous]),
    targets: resident("unused", [1]),
    rowIndex: buffers.input("row_index", batch.rowIndex),
  };
  return { table, places };
}

/** The `columns` buffer: word, shift + 256 · bits, embedding, width, d, category of each column. */
export function inputColumns(
  sizes: EmbeddingSizes,
  places: readonly CodePlace[],
  offsets: readonly number[],
): Uint32Array {
  return Uint32Array.from(
    sizes.flatMap(([, width], category) => {
      const { word, shift, bits } = places[category];
      const column = (d: number) => [word, shift + 256 * bits, offsets[category], width, d, category];
      return Array.from({ length: width }, (_, d) => column(d)).flat();
    }),
  );
}

/** Columns in order, no code across two words. */
function codePlaces(bits: readonly CodeBits[]): { words: number; places: CodePlace[] } {
  let next = 0;
  const places = bits.map((n) => {
    if ((next % 32) + n > 32) next = 32 * Math.ceil(next / 32);
    const place = { word: Math.floor(next / 32), shift: next % 32, bits: n };
    next += n;
    return place;
  });
  return { words: Math.ceil(next / 32), places };
}
