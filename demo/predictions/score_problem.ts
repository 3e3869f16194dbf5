import { inPageWords } from "../data/page_words.ts";

/** The library's words for a file that could not be scored, as the page says them: which file, and what to do. */
export function scoreProblem(file: string, message: string): string {
  const said = inPageWords(message, "file");
  return said.includes(file) ? said : `${file}: ${said}`;
}

/** "row 7 (counted from 0)" of rows that begin with row `from` of the file, as people count: row 8 where `from` is 0. */
export function countedFromOne(message: string, from: number): string {
  return message
    .replace(/\brow (\d+) \(counted from 0\)/g, (_, row) => `row ${Number(row) + from + 1}`)
    .replace(
      /\brows ([\d, ]+)(…?) ?\(counted from 0\)/g,
      (_, rows: string, more: string) =>
        `rows ${rows.replace(/\d+/g, (row) => String(Number(row) + from + 1)).trimEnd()}${more && ` ${more}`}`,
    );
}
