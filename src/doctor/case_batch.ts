/** A batch that lies in the middle of a row order which is not the table's own. */
export interface CaseBatch {
  /** Rows of the table. */
  readonly tableRows: number;
  /** Row numbers of the table in the order in which batches take them. */
  readonly rowIndex: Uint32Array;
  /** Where in that order the batch begins. */
  readonly rowStart: number;
  /** The batch's rows by number in the table. */
  readonly sources: Uint32Array;
}

/** The `rows` rows from `rowStart` on of a table that is taken backwards. */
export function caseBatch(tableRows: number, rowStart: number, rows: number): CaseBatch {
  const rowIndex = Uint32Array.from({ length: tableRows }, (_, i) => tableRows - 1 - i);
  return { tableRows, rowIndex, rowStart, sources: rowIndex.slice(rowStart, rowStart + rows) };
}

/** The batch's rows of table values [table rows, width] → [rows, width]. */
export function takeRows({ sources }: CaseBatch, table: ArrayLike<number>, width: number): Float64Array {
  return Float64Array.from({ length: sources.length * width }, (_, i) => {
    return table[sources[Math.floor(i / width)] * width + (i % width)];
  });
}
