import { describe, expect, it } from "vitest";
import { encodeTable } from "../../src/data/preprocessing.ts";
import type { Column, Table } from "../../src/data/table.ts";
import { TabularData } from "../../src/data/tabular_data.ts";
import { DataError, OptionError } from "../../src/errors.ts";
import { type CsvProgress, readCsv, toCsv } from "../../src/io/csv.ts";

const TEXT = `Store,Date,Open,Sales,State,Zip
1,2015-07-31,True,5263.5,"HB,NI",01067
2,2015-07-30,False,,HE,20095
3,,NA,4822.0,"say ""hi""",80331
`;
const RECORDS = [
  { Store: 1, Date: new Date("2015-07-31"), Open: true, Sales: 5263.5, State: "HB,NI", Zip: "01067" },
  { Store: 2, Date: new Date("2015-07-30"), Open: false, Sales: null, State: "HE", Zip: "20095" },
  { Store: 3, Date: null, Open: null, Sales: 4822, State: 'say "hi"', Zip: "80331" },
];

const bytesOf = (text: string) => new TextEncoder().encode(text);
const gzip = async (text: string) =>
  new Uint8Array(
    await new Response(new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer(),
  );

/** A stream that hands out `bytes` in pieces of `size`. */
function inPieces(bytes: Uint8Array, size: number): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, at + size));
      at += size;
    },
  });
}

const kindsOf = (table: Table) =>
  table.columns.map((column) => (column.kind === "number" && column.integer ? "integer" : column.kind));

describe("readCsv", () => {
  it("reads text into columns of the kinds a person would see", async () => {
    const table = await readCsv(TEXT);
    expect(kindsOf(table)).toEqual(["integer", "date", "boolean", "number", "text", "text"]);
    expect(table.toRecords()).toEqual(RECORDS);
  });

  it("reads a Blob, a File, a URL, a Request and a stream", async () => {
    const address = `data:text/csv,${encodeURIComponent(TEXT)}`;
    const sources = [
      new Blob([TEXT]),
      new File([TEXT], "sales.csv"),
      new URL(address),
      new Request(address),
      new Blob([TEXT]).stream(),
    ];
    for (const source of sources) expect((await readCsv(source)).toRecords()).toEqual(RECORDS);
  });

  it("unpacks gzip, whatever it is called", async () => {
    expect((await readCsv(new File([await gzip(TEXT)], "sales.csv"))).toRecords()).toEqual(RECORDS);
  });

  it("does not mind how the bytes come in pieces", async () => {
    const text = TEXT.replace("HE", "Mähren \u{1f600}");
    const expected = (await readCsv(text)).toRecords();
    for (const bytes of [bytesOf(text), await gzip(text)]) {
      for (const size of [1, 2, 3, 7, 64])
        expect((await readCsv(inPieces(bytes, size))).toRecords()).toEqual(expected);
    }
  });

  it("decodes characters that lie across the pieces it decodes", async () => {
    const town = (i: number) => ["a", "é", "日", "\u{1f600}"][i % 4].repeat(1 + (i % 5));
    const towns = Array.from({ length: 30_000 }, (_, i) => town(i));
    const text = `\ufefftown,end\n${towns.map((name) => `${name},x\ufeff`).join("\n")}\n`;
    expect(bytesOf(text).length).toBeGreaterThan(4 << 15);
    const records = (await readCsv(new Blob([text]))).toRecords();
    expect(records.map(({ town }) => town)).toEqual(towns);
    expect(records[29_999].end).toBe("x\ufeff");
    const cut = bytesOf(text).slice(0, -2); // in the middle of the last mark
    await expect(readCsv(new Blob([cut]))).rejects.toThrow("is not utf-8 text");
  });

  it("reads blocks that end inside fields, quotes and line breaks", async () => {
    const rows = Array.from(
      { length: 60_000 },
      (_, i) => `${i},"text ${i % 7}, with ""quotes""\r\nand lines",x${i % 5}`,
    );
    const text = `id,note,end\r\n${rows.join("\r\n")}\r\n`;
    expect(text.length).toBeGreaterThan(2 << 20); // several blocks
    const table = await readCsv(text);
    expect(table.rows).toBe(60_000);
    const records = table.toRecords();
    for (let i = 0; i < records.length; i += 997) {
      expect(records[i]).toEqual({
        id: i,
        note: `text ${i % 7}, with "quotes"\r\nand lines`,
        end: `x${i % 5}`,
      });
    }
    expect(table.column("note")).toMatchObject({ kind: "text", dictionary: { length: 7 } });
  });

  it.each([
    ["\\n", "\n"],
    ["\\r\\n", "\r\n"],
    ["\\r", "\r"],
  ])("reads lines that end in %s, the last one open or closed", async (_, newline) => {
    const lines = ["a,b", "1,x", '2,"y"'];
    const expected = [
      { a: 1, b: "x" },
      { a: 2, b: "y" },
    ];
    expect((await readCsv(lines.join(newline))).toRecords()).toEqual(expected);
    expect((await readCsv(lines.join(newline) + newline)).toRecords()).toEqual(expected);
  });

  it.each([",", ";", "\t", "|"])("finds the delimiter %j", async (delimiter) => {
    const text = ["a,b,c", "1,x,2", "3,y,4"].join("\n").replaceAll(",", delimiter);
    expect((await readCsv(text)).toRecords()).toEqual([
      { a: 1, b: "x", c: 2 },
      { a: 3, b: "y", c: 4 },
    ]);
  });

  it.each([";", "\t", "|"])("finds the delimiter %j among decimal commas", async (delimiter) => {
    const text = ["size|room", "143,2|1,5", "80,25|-2,5"].join("\n").replaceAll("|", delimiter);
    expect((await readCsv(text)).toRecords()).toEqual([
      { size: 143.2, room: 1.5 },
      { size: 80.25, room: -2.5 },
    ]);
  });

  it("takes the delimiter it is given", async () => {
    expect((await readCsv("a;b,c\n1;x,3\n", { delimiter: ";" })).toRecords()).toEqual([
      { a: 1, "b,c": "x,3" },
    ]);
  });

  it("skips blank lines and keeps a single column", async () => {
    expect((await readCsv("\n\nx\n\n1\n \n2\n\n")).toRecords()).toEqual([{ x: 1 }, { x: 2 }]);
  });

  it("trims names, drops a byte order mark, and names a nameless index as pandas does", async () => {
    expect((await readCsv("\ufeff, a ,b\n0,1,2\n")).names).toEqual(["Unnamed: 0", "a", "b"]);
  });

  it("reads UTF-16 by its mark and other encodings by name", async () => {
    const utf16 = new Uint8Array([
      0xff,
      0xfe,
      ...[..."a,b\n1,é\n"].flatMap((c) => [c.charCodeAt(0) & 255, c.charCodeAt(0) >> 8]),
    ]);
    expect((await readCsv(new Blob([utf16]))).toRecords()).toEqual([{ a: 1, b: "é" }]);
    const latin = new Blob([new Uint8Array([...bytesOf("a,b\n1,"), 0xe9, 0x0a])]);
    expect((await readCsv(latin, { encoding: "windows-1252" })).toRecords()).toEqual([{ a: 1, b: "é" }]);
    await expect(readCsv(latin)).rejects.toThrow(
      'the CSV is not utf-8 text. Save it as UTF-8, or name its encoding, as in readCsv(file, { encoding: "windows-1252" }).',
    );
    await expect(readCsv(latin, { encoding: "klingon" })).rejects.toThrow(
      'encoding is "klingon", which is no known name',
    );
  });

  it("reads columns as it is told, and other marks as gaps", async () => {
    const table = await readCsv("id,n\n1,?\n2,5\n", { types: { id: "text" }, missing: ["?"] });
    expect(table.toRecords()).toEqual([
      { id: "1", n: null },
      { id: "2", n: 5 },
    ]);
    await expect(readCsv("id,n\n1,2\n", { types: { ID: "text" } })).rejects.toThrow(
      'types names a column "ID" that the file lacks. Did you mean "id"?',
    );
    await expect(readCsv("id,n\n1,2\n2,x\n", { types: { n: "number" } })).rejects.toThrow(
      'Column "n" holds "x" in row 1 (counted from 0), line 3',
    );
  });

  it.each([";", "\t", "|"])("reads decimal commas in a file with %j", async (delimiter) => {
    const text = ["size|price|town", "143,2|1.234,50|Ulm,Bonn", "|-12|3,4,5", "NA|12.345.678,9|7"].join("\n");
    const table = await readCsv(text.replaceAll("|", delimiter));
    expect(table.toRecords()).toEqual([
      { size: 143.2, price: 1234.5, town: "Ulm,Bonn" },
      { size: null, price: -12, town: "3,4,5" },
      { size: null, price: 12_345_678.9, town: "7" },
    ]);
    expect(kindsOf(table)).toEqual(["number", "number", "text"]);
  });

  it("leaves commas that may separate thousands alone, except in a file with semicolons", async () => {
    const text = "people\tx\n1,234\ta\n12\tb\n";
    expect((await readCsv(text)).column("people").kind).toBe("text");
    expect((await readCsv(text, { types: { people: "number" } })).toRecords()[0]).toEqual({
      people: 1.234,
      x: "a",
    });
    expect((await readCsv(text.replaceAll("\t", ";"))).toRecords()[0]).toEqual({ people: 1.234, x: "a" });
    expect((await readCsv('people,x\n"12,5",1\n')).toRecords()).toEqual([{ people: "12,5", x: 1 }]);
    expect((await readCsv("n;x\n1.234;1\n")).toRecords()).toEqual([{ n: 1.234, x: 1 }]);
  });

  it("like a fitted state: reads decimal commas, but keeps as text what was text", async () => {
    const train = await readCsv("size;room;y\n143,2;a,b;1,5\n80;c;2\n99,5;a,b;3\n");
    const { preprocessing } = TabularData.from(train, {
      categorical: ["room"],
      continuous: ["size"],
      target: "y",
      valid: "none",
    });
    expect(preprocessing.continuous[0].mean).toBeCloseTo((143.2 + 80 + 99.5) / 3, 10);
    const table = await readCsv("size;room\n0,5;1,5\n", { like: preprocessing });
    expect(table.toRecords()).toEqual([{ size: 0.5, room: "1,5" }]);
  });

  it("like a fitted state: keeps as text what was text", async () => {
    const train = await readCsv("code,room,y\nA1,1,big\nB2,2,small\nA1,1,big\n");
    const { preprocessing } = TabularData.from(train, {
      categorical: ["code", "room"],
      target: "y",
      valid: "none",
    });
    const table = await readCsv("code,room,y\n12,1,3\n", { like: preprocessing });
    expect(table.toRecords()).toEqual([{ code: "12", room: 1, y: "3" }]);
    expect([...encodeTable(table, preprocessing, { targets: "none" }).codes]).toEqual([0, 1]);
    const forced = await readCsv("code,room\n12,1\n", { like: preprocessing, types: { code: "number" } });
    expect(forced.toRecords()).toEqual([{ code: 12, room: 1 }]);
  });

  it("reports progress in stored bytes, and rows", async () => {
    const text = `a,b\n${"1,2\n".repeat(600_000)}`;
    const packed = await gzip(text);
    const seen: CsvProgress[] = [];
    await readCsv(new Blob([packed]), { onProgress: (progress) => seen.push(progress) });
    expect(seen.length).toBeGreaterThan(2);
    expect(seen.at(-1)).toEqual({ bytes: packed.length, totalBytes: packed.length, rows: 600_000 });
    for (let i = 1; i < seen.length; i++) expect(seen[i].rows).toBeGreaterThan(seen[i - 1].rows);
  });

  it("stops when told, and lets the source go", async () => {
    const abort = new AbortController();
    let cancelled = false;
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(bytesOf("1,2\n".repeat(50_000))),
      cancel: () => {
        cancelled = true;
      },
    });
    const reading = readCsv(endless, {
      signal: abort.signal,
      onProgress: () => abort.abort(new Error("enough")),
    });
    await expect(reading).rejects.toThrow("enough");
    expect(cancelled).toBe(true);
    await expect(readCsv(TEXT, { signal: AbortSignal.abort(new Error("never")) })).rejects.toThrow("never");
  });
});

describe("readCsv refuses", () => {
  const refused = (source: string | Blob) => expect(readCsv(source)).rejects;

  it("an empty file", async () => {
    await refused("").toThrow(
      "the CSV text is empty. A table needs a header line with column names and rows below it.",
    );
    await refused(new File(["\n \n"], "sales.csv")).toThrow("sales.csv is empty.");
    await refused(new Blob([])).toThrow(DataError);
  });

  it("a header without rows", async () => {
    await refused("a,b\n\n").toThrow(
      'the CSV text has a header ("a", "b") but no rows. Add at least one line of data.',
    );
  });

  it("rows of another length, with the line", async () => {
    await refused(new File(['a,b\n"1\n1",2\n\n3\n'], "x.csv")).toThrow(
      'x.csv, line 5: found 1 field, but the header names 2 columns ("a", "b"). Fill in the line, or remove it.',
    );
    await refused("a,b\n1,2\n3,4,5\n").toThrow(
      'line 3: found 3 fields, but the header names 2 columns ("a", "b"). Put fields that contain "," in double quotes.',
    );
  });

  it("rows of another length late in a long file", async () => {
    await refused(`a,b\n${"1,2\n".repeat(700_000)}3\n`).toThrow("line 700002: found 1 field");
  });

  it("a column that is named twice", async () => {
    await refused("a,b, a\n1,2,3\n").toThrow(
      'line 1: the header names column "a" twice (fields 1 and 3). Rename one of the two.',
    );
  });

  it("broken quotes, with the line", async () => {
    await refused('a,b\n1,2\n3,"x\n4,5\n').toThrow(
      'the CSV text, line 3: a field opens with a double quote that is never closed. Close it, or write it twice ("") if it belongs to the text.',
    );
    await refused('a,b\n1,"x" y\n3,"z"\n').toThrow(
      'line 2: text follows a closing double quote. Write a quote inside a quoted field twice ("").',
    );
  });

  it("a quote that would swallow a huge file, early", async () => {
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(bytesOf(sent++ === 0 ? 'a,b\n1,2\n3,"' : "4,5\n".repeat(100_000)));
      },
    });
    await expect(readCsv(endless)).rejects.toThrow(
      "line 3: a field opens with a double quote that is never closed.",
    );
    expect(sent).toBeLessThan(100);
  });

  it("damaged gzip", async () => {
    const packed = await gzip(TEXT.repeat(50));
    await refused(new File([packed.slice(0, -20)], "x.csv.gz")).toThrow(
      "x.csv.gz is gzip data that is damaged or cut short. Fetch or compress it again.",
    );
    const broken = packed.slice();
    broken.fill(0x55, 20, 60);
    await refused(new Blob([broken])).toThrow("damaged or cut short");
  });

  it("files of another kind", async () => {
    await refused(new File([Uint8Array.of(0x50, 0x4b, 3, 4, 0)], "sales.xlsx")).toThrow(
      "sales.xlsx is a ZIP archive or an Excel workbook, not CSV. Unpack it, or export the table as CSV.",
    );
    await refused(new Blob(["PAR1\u0015"])).toThrow("the CSV is a Parquet file, not CSV.");
  });

  it("a path", async () => {
    await refused("data/sales.csv").toThrow(
      'readCsv was given the one-line text "data/sales.csv". A string is read as CSV text; pass new URL(...) for an address, and a File or Blob for a file (in Node: await openAsBlob(path) from "node:fs").',
    );
    await refused("data/sales.csv").toThrow(OptionError);
  });

  it("an address that does not answer", async () => {
    await expect(readCsv(new URL("file:///no/such.csv"))).rejects.toThrow(
      'Could not fetch file:///no/such.csv. A file: URL cannot be fetched; in Node pass await openAsBlob(path) from "node:fs".',
    );
  });
});

describe("toCsv", () => {
  it("writes what readCsv reads back with the same kinds and values", async () => {
    const table = await readCsv(TEXT);
    const text = toCsv(table);
    expect(text).toBe(
      `Store,Date,Open,Sales,State,Zip
1,2015-07-31,true,5263.5,"HB,NI",01067
2,2015-07-30,false,,HE,20095
3,,,4822.0,"say ""hi""",80331
`,
    );
    const again = await readCsv(text);
    expect(kindsOf(again)).toEqual(kindsOf(table));
    expect(again.toRecords()).toEqual(RECORDS);
  });

  it("writes columns, many rows, and floats to the last bit", async () => {
    const values = Float64Array.from({ length: 20_001 }, (_, i) => (i - 7) / 3);
    const columns: Column[] = [{ kind: "number", name: "a,b", values, integer: false }];
    const again = await readCsv(toCsv(columns));
    expect(again.column("a,b")).toEqual(columns[0]);
  });

  it("writes a table without rows as its header", () => {
    expect(toCsv([{ kind: "number", name: "x", values: new Float64Array(), integer: true }])).toBe("x\n");
  });
});
