/** A row of a table as every message names it; a table does not know the lines of a file it came from. */
export function rowName(row: number): string {
  return `row ${row} (counted from 0)`;
}

/** Several rows of a table as every message names them; `more` are left out. */
export function rowNames(rows: readonly number[], more = false): string {
  if (rows.length === 1 && !more) return rowName(rows[0]);
  return `rows ${rows.join(", ")}${more ? ", …" : ""} (counted from 0)`;
}
