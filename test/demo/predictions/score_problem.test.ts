import { encodeTable, Table, TabularData } from "tabgpu";
import { describe, expect, it } from "vitest";
import { inPageWords } from "../../../demo/data/page_words.ts";
import { scoreTable } from "../../../demo/predictions/score_file.ts";
import { countedFromOne, scoreProblem } from "../../../demo/predictions/score_problem.ts";
import { outsideDateNote } from "../../../demo/predictions/typed.ts";
import { inputs, smallTable } from "../../support/small_table.ts";
import { penguinBench } from "../small_bench.ts";

const { signal } = new AbortController();

describe("a file with a gap that training did not have", () => {
  it("is told by its row in the whole file and the box to tick, or is filled and counted", async () => {
    const bench = await penguinBench();
    const { model } = bench.current!;
    const penguin = bench.table!.table.head(1).toRecords()[0];
    const records = Array.from({ length: 9000 }, (_, row) => {
      return row === 8500 || row === 8600 ? { ...penguin, year: null } : penguin;
    });
    const table = Table.fromRecords(records);
    const error = await scoreTable(model, table, { lenient: false, signal }).catch((thrown: Error) => thrown);
    expect(scoreProblem("days.csv", (error as Error).message)).toBe(
      'days.csv: Column "year" is missing in row 8501 but never was in training. Fill it in the file, or tick “Fill gaps that training did not have” and bring the file again.',
    );
    const { notes } = await scoreTable(model, table, { lenient: true, signal });
    expect(notes).toEqual(["year: 2 missing cells filled with the column’s mean in training."]);
  });
});

function thrownBy(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("Nothing went wrong.");
}

describe("what went wrong with a file", () => {
  it("names no option of the library", () => {
    const { preprocessing } = TabularData.from(smallTable(), { ...inputs, target: "y", logTarget: true });
    const table = Table.fromRecords(["1", "?", "3"].map((warm) => ({ town: "Bonn", weekday: 1, warm })));
    const message = thrownBy(() => encodeTable(table, preprocessing, { targets: "none", lenient: true }));
    expect(message).toContain("readCsv(file, { missing:");
    const remedy = /\. Correct it, or leave the cell empty if it is unknown\.$/;
    expect(scoreProblem("a.csv", message)).toMatch(/^a\.csv: .* holds the text "\?" in row 1 /);
    expect(scoreProblem("a.csv", message)).toMatch(remedy);
    expect(inPageWords(message, "plan")).toMatch(remedy);
  });

  it("names the file once", () => {
    expect(scoreProblem("a.csv", "a.csv is empty.")).toBe("a.csv is empty.");
    expect(scoreProblem("a.csv", "No column.")).toBe("a.csv: No column.");
  });

  it("counts rows from one", () => {
    expect(countedFromOne("bad in row 0 (counted from 0).", 10)).toBe("bad in row 11.");
    expect(countedFromOne("bad in rows 0, 3, … (counted from 0).", 0)).toBe("bad in rows 1, 4, ….");
  });
});

describe("a date in the form", () => {
  it("is told where it lies outside of the rows", () => {
    const field = { kind: "date", name: "d", min: "2015-01-02", max: "2015-07-31", time: false } as const;
    expect(outsideDateNote(field, "2015-07-31")).toBeNull();
    expect(outsideDateNote(field, null)).toBeNull();
    expect(outsideDateNote({ ...field, min: null }, "1999-01-01")).toBeNull();
    expect(outsideDateNote(field, "2016-01-01")).toMatch(/^Outside 2015-01-02 to 2015-07-31/);
  });
});
