import { describe, expect, it } from "vitest";
import { tableInfo } from "../../../demo/data/job.ts";
import { readTableFile } from "../../../demo/data/read_file.ts";

const read = (content: BlobPart, missing?: readonly string[]) =>
  readTableFile(new File([content], "cars.csv"), new AbortController().signal, () => {}, { missing });

/** 40 rows; `odd` cells at the end of column "power" are `mark`. */
const cars = (odd: number, mark: (i: number) => string) =>
  `power,y\n${Array.from({ length: 40 }, (_, i) => `${i < odd ? mark(i) : i + 0.5},${i % 7}.5`).join("\n")}\n`;
const infoOf = async (csv: string, missing?: readonly string[]) => {
  const { table, notes } = await read(csv, missing);
  return tableInfo("cars.csv", table, false, notes, true);
};

describe("a column of numbers with a mark for missing ones", () => {
  it("is told as such, and is numbers once the mark is read as missing", async () => {
    const csv = cars(3, () => "?");
    const [power] = (await infoOf(csv)).columns;
    expect(power.reason).toBe("37 of 40 cells are numbers, others hold “?”.");
    expect(power.mostlyNumbers).toMatchObject({ others: ["?"], whole: true });
    const [mended] = (await infoOf(csv, power.mostlyNumbers!.others)).columns;
    expect(mended).toMatchObject({ kind: "number", missing: 3, guessedRole: "continuous", reason: null });
  });

  it("keeps the usual marks", async () => {
    const [power] = (await infoOf(`${cars(3, () => "?")}NA,1\n,1\n`, ["?"])).columns;
    expect(power).toMatchObject({ kind: "number", missing: 5 });
  });

  it("is not found in codes, in few numbers, or where nothing else stands", async () => {
    for (const csv of [cars(9, () => "?"), cars(2, (i) => (i ? "007" : "?")), cars(0, () => "")]) {
      expect((await infoOf(csv)).columns[0].mostlyNumbers).toBeUndefined();
    }
  });

  it("offers no more than five cells", async () => {
    const [power] = (await infoOf(cars(6, (i) => `none ${i}`))).columns;
    expect(power.mostlyNumbers).toMatchObject({ whole: false });
    expect(power.reason).toMatch(/“none 4”, …\.$/);
  });
});

describe("a file that is no UTF-8", () => {
  it("is read as Windows-1252, which a note tells", async () => {
    const { table, notes } = await read(Uint8Array.from([..."town,y\nK\xf6ln,1\n"], (c) => c.charCodeAt(0)));
    expect(table.toRecords()).toEqual([{ town: "Köln", y: 1 }]);
    expect(notes).toEqual(["Read as Windows-1252, for it is no UTF-8."]);
  });

  it("is no table where it holds NULs", async () => {
    const bytes = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 1, 2, 0xff, 10, 13]);
    await expect(read(bytes)).rejects.toThrow("cars.csv is no CSV, gzipped CSV or Parquet.");
  });
});
