import Papa from "papaparse";
import { listNames } from "../data/suggest.ts";
import { DataError } from "../errors.ts";

/** Characters parsed at a time. The texts of one block should fit the processor's cache: 2¹⁷ takes half as long again. */
const BLOCK = 1 << 15;

/** A record longer than this is a quote that was never closed. */
const LONGEST_RECORD = 1 << 24;

/** Whole records of a file, as texts. */
export interface CsvBlock {
  readonly header: readonly string[];
  /** Character between fields. */
  readonly delimiter: string;
  /** [rows][columns]; never ragged. */
  readonly rows: readonly (readonly string[])[];
  /** Line of the file, counted from 1, on which a row of this block begins. */
  readonly lineOf: (row: number) => number;
}

/** Cuts text that arrives in pieces into checked records. Papa Parse does the parsing. */
export class CsvBlocks {
  readonly #name: string;
  #delimiter: string | undefined;
  #newline = "\n";
  #parser: Papa.Parser | undefined;
  #header: string[] | undefined;
  #pieces: string[] = [];
  #length = 0;
  #needed = BLOCK;
  /** Lines of the file before the text that waits in `#pieces`. */
  #linesBefore = 0;

  /** @param name of the source, for messages */
  constructor(name: string, delimiter?: string) {
    this.#name = name;
    this.#delimiter = delimiter;
  }

  /** Takes in a piece of text; returns the records that are complete once a block has come together. */
  push(text: string): CsvBlock | undefined {
    this.#pieces.push(text);
    this.#length += text.length;
    return this.#length >= this.#needed ? this.#parse(false) : undefined;
  }

  /** The records that are left when the text ends. */
  finish(): CsvBlock | undefined {
    return this.#parse(true);
  }

  #parse(last: boolean): CsvBlock | undefined {
    const text = this.#pieces.join("");
    this.#parser ??= this.#createParser(text);
    // The last record of an unfinished text is left out: `cursor` says where it begins.
    const { data, errors, meta } = this.#parser.parse(text, 0, !last) as Papa.ParseResult<string[]>;
    const rest = last ? "" : text.slice(meta.cursor);
    this.#pieces = [rest];
    this.#length = rest.length;
    this.#needed = Math.max(BLOCK, 2 * rest.length); // a long record is not looked at again for every few bytes
    const firstLine = this.#linesBefore + 1;
    if (rest.length > LONGEST_RECORD)
      throw this.#unclosedQuote(firstLine + countOf(this.#newline, text, meta.cursor));
    const quoteError = errors.find(({ row }) => last || (row ?? 0) < data.length);
    if (quoteError) {
      const line = firstLine + linesOf(data.slice(0, quoteError.row), this.#newline);
      throw quoteError.code === "MissingQuotes" ? this.#unclosedQuote(line) : this.#strayQuote(line);
    }
    this.#linesBefore += countOf(this.#newline, text, meta.cursor);
    return this.#checked(data, firstLine);
  }

  #createParser(text: string): Papa.Parser {
    // "\n" also serves "\r\n": the "\r" is cut off the last field. Only text without any "\n" is split at "\r".
    if (!text.includes("\n") && text.includes("\r")) this.#newline = "\r";
    this.#delimiter ??= guessDelimiter(text.slice(0, 1 << 16));
    return new Papa.Parser({ delimiter: this.#delimiter, newline: this.#newline as "\n" | "\r" });
  }

  #checked(data: string[][], firstLine: number): CsvBlock | undefined {
    const lineOf = (index: number) => firstLine + linesOf(data.slice(0, index), this.#newline);
    const rows: string[][] = [];
    let origins: number[] | undefined; // index in `data` per row, once a line was skipped
    for (let index = 0; index < data.length; index++) {
      const record = data[index];
      cutCarriageReturn(record);
      const blank = record.length === 1 && record[0].trim() === "";
      if (!this.#header && !blank) this.#header = this.#checkHeader(record, lineOf(index));
      else if (!blank) {
        if (record.length !== this.#header!.length) throw this.#ragged(record.length, lineOf(index));
        origins?.push(index);
        rows.push(record);
        continue;
      }
      origins ??= Array.from(rows, (_, i) => i);
    }
    if (!this.#header) return undefined;
    const delimiter = this.#delimiter!; // known since the parser was made
    return { header: this.#header, delimiter, rows, lineOf: (row) => lineOf(origins ? origins[row] : row) };
  }

  #checkHeader(record: readonly string[], line: number): string[] {
    // A nameless column is an index that pandas or R wrote; pandas reads it back under this name.
    const names = record.map((name, i) => name.replace(/^\ufeff/, "").trim() || `Unnamed: ${i}`);
    const seen = new Map<string, number>();
    names.forEach((name, i) => {
      const before = seen.get(name);
      if (before !== undefined) {
        throw new DataError(
          `${this.#name}, line ${line}: the header names column "${name}" twice (fields ${before + 1} and ${i + 1}). Rename one of the two.`,
        );
      }
      seen.set(name, i);
    });
    return names;
  }

  #ragged(found: number, line: number): DataError {
    const names = this.#header!;
    const remedy =
      found > names.length
        ? `Put fields that contain ${JSON.stringify(this.#delimiter)} in double quotes.`
        : "Fill in the line, or remove it.";
    return new DataError(
      `${this.#name}, line ${line}: found ${found} field${found === 1 ? "" : "s"}, but the header names ${names.length} columns (${listNames(names, 8)}). ${remedy}`,
    );
  }

  #unclosedQuote(line: number): DataError {
    return new DataError(
      `${this.#name}, line ${line}: a field opens with a double quote that is never closed. Close it, or write it twice ("") if it belongs to the text.`,
    );
  }

  #strayQuote(line: number): DataError {
    return new DataError(
      `${this.#name}, line ${line}: text follows a closing double quote. Write a quote inside a quoted field twice ("").`,
    );
  }
}

/** Papa Parse's guess by the first lines, among what the header holds: decimal commas stand in rows only. */
function guessDelimiter(text: string): string {
  const header = /\S.*/.exec(text)?.[0] ?? "";
  const whole = countOf('"', header, header.length) % 2 === 0; // else a name goes on in the next line
  const delimitersToGuess = [",", "\t", "|", ";"].filter((one) => !whole || header.includes(one));
  if (delimitersToGuess.length === 0) return ",";
  return Papa.parse(text, { preview: 10, skipEmptyLines: true, delimitersToGuess }).meta.delimiter;
}

function cutCarriageReturn(record: string[]): void {
  const last = record.length - 1;
  if (record[last].endsWith("\r")) record[last] = record[last].slice(0, -1);
}

/** Occurrences of a character in the first `end` characters. */
function countOf(character: string, text: string, end: number): number {
  let count = 0;
  for (let at = text.indexOf(character); at >= 0 && at < end; at = text.indexOf(character, at + 1)) count++;
  return count;
}

/** Lines that records took up in the file: quoted fields may hold line breaks. */
function linesOf(records: readonly (readonly string[])[], newline: string): number {
  let lines = records.length;
  for (const record of records) for (const field of record) lines += countOf(newline, field, field.length);
  return lines;
}
