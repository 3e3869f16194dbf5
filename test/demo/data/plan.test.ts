import { openAsBlob } from "node:fs";
import { readCsv, type Table } from "tabgpu";
import { describe, expect, it } from "vitest";
import { applyPlan, optionsFor } from "../../../demo/data/apply_plan.ts";
import { fittingPlan, planReread, rolesFor, withRole, withTarget } from "../../../demo/data/change_plan.ts";
import { newestRows } from "../../../demo/data/hold_out.ts";
import { tableInfo } from "../../../demo/data/job.ts";
import { parsePercent, splitValue, validFrom, validOptions } from "../../../demo/data/plan_fields.ts";
import { planField } from "../../../demo/data/plan_problem.ts";
import type { ColumnRole, DataPlan } from "../../../demo/data/types.ts";

const small = async (name: string) =>
  readCsv(await openAsBlob(new URL(`../files/${name}`, import.meta.url).pathname));
const [penguins, shops] = await Promise.all([small("penguins.csv"), small("shops.csv")]);

const guessed = (table: Table) => tableInfo("t", table, false).guessedPlan;
const withRoles = (plan: DataPlan, roles: Record<string, ColumnRole>): DataPlan => ({
  ...plan,
  roles: { ...plan.roles, ...roles },
});

/** What the panel says, and at which field, when the plan is applied. */
function problemOf(table: Table, plan: DataPlan) {
  try {
    applyPlan(table, plan);
  } catch (error) {
    return planField(error, plan);
  }
  throw new Error("The plan was applied.");
}

describe("a plan becomes the library's options", () => {
  it("dates are expanded; parts that do not vary are no inputs", () => {
    const options = optionsFor(shops, "Sales", guessed(shops));
    expect(options).toMatchObject({
      target: "Sales",
      task: "regression",
      dates: [{ column: "Date", time: false }],
      lenient: true,
    });
    // January to July 2015: one year, never the end of one.
    expect(options.categorical).toEqual([
      ...["Store", "StoreType", "StateHoliday", "Promo", "SchoolHoliday", "Events"],
      ...["Month", "Dayofweek", "Is_month_end", "Is_month_start", "Is_quarter_end", "Is_quarter_start"],
    ]);
    expect(options.continuous).toEqual([
      ...["CompetitionDistance", "Mean_TemperatureC", "CloudCover"],
      ...["Week", "Day", "Dayofyear", "Elapsed"],
    ]);
  });

  it("the newest days validate, in a file with the newest first, and no day is on both sides", () => {
    const { data, table } = applyPlan(shops, guessed(shops));
    const dates = table.column("Date");
    if (dates.kind !== "date") throw new Error("Date holds no dates.");
    const days = (rows: Uint32Array) => Array.from(rows, (row) => dates.values[row]);
    expect(data.validRows.length).toBeGreaterThan(50);
    expect(Math.min(...days(data.validRows))).toBeGreaterThan(Math.max(...days(data.trainRows)));
  });

  it("rows of a classification are drawn class by class, the same for the same seed", () => {
    const plan = guessed(penguins);
    const { data } = applyPlan(penguins, plan);
    const species = penguins.column("species");
    if (species.kind !== "text") throw new Error("species holds no text.");
    const held = [0, 0, 0];
    for (const row of data.validRows) held[species.codes[row]]++;
    expect(held).toEqual([30, 25, 14]); // a fifth of 152, 124 and 68, in the order they are first seen
    expect(applyPlan(penguins, plan).data.validRows).toEqual(data.validRows);
    expect(applyPlan(penguins, { ...plan, seed: 7 }).data.validRows).not.toEqual(data.validRows);
  });

  it("rows without a target are left out, and counted", () => {
    const plan = withTarget(guessed(penguins), tableInfo("t", penguins, false).columns, "body_mass_g");
    const { data, table, notes } = applyPlan(penguins, plan);
    expect(table.rows).toBe(342);
    expect(data.trainRows.length + data.validRows.length).toBe(342);
    expect(notes).toEqual(["2 rows without a value of “body_mass_g” are left out."]);
  });

  it("a class only the newest rows have moves to training, and is told", async () => {
    const lines = Array.from({ length: 20 }, (_, i) => `${i % 4},${i < 19 ? ["x", "y"][i % 2] : "z"}`);
    const table = await readCsv(`a,b\n${lines.join("\n")}\n`);
    const plan: DataPlan = {
      ...withRoles(guessed(table), { a: "categorical", b: "target" }),
      task: "classification",
      valid: { kind: "last", fraction: 0.2, by: null },
    };
    const { data, notes } = applyPlan(table, plan);
    expect(Array.from(data.validRows)).toEqual([16, 17, 18]);
    expect(notes).toEqual([
      "1 row to validate moved to training, which would not have seen its class otherwise.",
    ]);
  });

  it("a date's parts go by its own name where fastai's names are taken, and tell the hour where there is one", async () => {
    const rows = Array.from(
      { length: 48 },
      (_, i) =>
        `2024-01-0${1 + Math.floor(i / 24)}T${String(i % 24).padStart(2, "0")}:00:00,2024,${(i * 7) % 11}`,
    );
    const table = await readCsv(`Date,Year,Sales\n${rows.join("\n")}\n`);
    const plan = withRoles(guessed(table), { Date: "date", Year: "categorical", Sales: "target" });
    const { preprocessing } = applyPlan(table, plan).data;
    expect(preprocessing.dateParts).toEqual([{ column: "Date", prefix: "Date_", time: true }]);
    const inputs = [...preprocessing.categorical, ...preprocessing.continuous].map(({ name }) => name);
    expect(inputs.toSorted()).toEqual([
      ...["Date_Day", "Date_Dayofweek", "Date_Dayofyear", "Date_Elapsed", "Date_Hour"],
      ...["Date_Is_month_start", "Date_Is_quarter_start", "Date_Is_year_start", "Year"],
    ]);
    const ignored = withRoles(plan, { Year: "ignored" });
    expect(() => applyPlan(table, ignored)).not.toThrow();
    expect(applyPlan(table, ignored).data.preprocessing.dateParts[0].prefix).toBe("");
  });
});

describe("newestRows", () => {
  const day = 86_400_000;
  it.each<[string, number[], number, number[]]>([
    ["whole days stay together", [0, 0, 1, 1, 2, 2], 0.34, [4, 5]],
    ["a cut within a day leaves it to training", [0, 0, 1, 1, 1, 2], 0.5, [5]],
    ["unless it is the last day", [0, 0, 1, 1, 1, 1], 0.2, [2, 3, 4, 5]],
    ["rows without a date train", [0, Number.NaN, 1, 2, Number.NaN], 0.34, [3]],
    ["no dates, no rows", [Number.NaN], 0.5, []],
  ])("%s", (_, days, fraction, rows) => {
    expect(
      Array.from(
        newestRows(
          Float64Array.from(days, (d) => d * day),
          fraction,
        ),
      ),
    ).toEqual(rows);
  });
});

describe("what cannot work is told at its field, in the page's words", async () => {
  const plan = guessed(shops);
  const text = await readCsv("a,b\nx,1\ny,0\nx,3\ny,4\n");
  const textPlan = { ...guessed(text), roles: { a: "target", b: "continuous" } } as const;
  it.each<[string, Table, DataPlan, object]>([
    [
      "no target",
      shops,
      withRoles(plan, { Sales: "ignored" }),
      { field: "target", message: "Choose the column to predict." },
    ],
    [
      "no inputs",
      shops,
      { ...plan, roles: { Sales: "target" } },
      { field: "columns", message: "Every column is left out. Use at least one to predict from." },
    ],
    [
      "text as a number",
      text,
      { ...textPlan, task: "regression" },
      { field: "task", message: "“a” holds text, not numbers." },
    ],
    [
      "the logarithm of 0",
      text,
      { ...textPlan, roles: { a: "categorical", b: "target" }, task: "regression", logTarget: true },
      {
        field: "log",
        message: "The smallest “b” is 0, and only numbers above 0 have a logarithm. Switch it off.",
      },
    ],
    ["no share", shops, { ...plan, valid: { kind: "random", fraction: 0 } }, { field: "valid" }],
    [
      "a share of less than a row",
      text,
      {
        ...textPlan,
        roles: { a: "categorical", b: "target" },
        task: "regression",
        valid: { kind: "random", fraction: 0.1 },
      },
      { field: "valid", message: "That holds out none of the 4 rows. Hold out more." },
    ],
    [
      "one day only",
      await readCsv("day,a,b\n2024-01-01,1,2\n2024-01-01,2,3\n2024-01-01,3,1\n"),
      {
        ...plan,
        roles: { day: "ignored", a: "continuous", b: "target" },
        valid: { kind: "last", fraction: 0.3, by: "day" },
      },
      { field: "valid", message: expect.stringMatching(/^All rows have the same date/) },
    ],
    [
      "a target without a difference",
      await readCsv("a,b\n1,2\n2,2\n3,2\n"),
      { ...plan, roles: { a: "continuous", b: "target" }, valid: { kind: "random", fraction: 0.4 } },
      { field: "target", message: expect.stringMatching(/same value in every row/) },
    ],
    [
      "an embedding of what never repeats, which the library refuses",
      await readCsv(`a,b\n${Array.from({ length: 200 }, (_, i) => `t${i},${(i * 5) % 7}`).join("\n")}\n`),
      { ...plan, roles: { a: "categorical", b: "target" }, valid: { kind: "random", fraction: 0.4 } },
      { field: "column", column: "a", message: expect.stringMatching(/different value in each/) },
    ],
    [
      "infinity, which the library refuses",
      await readCsv("a,b\n1,2\ninf,4\n3,5\n"),
      { ...plan, roles: { a: "continuous", b: "target" }, valid: { kind: "random", fraction: 0.4 } },
      { field: "column", column: "a", message: expect.stringMatching(/infinite in row 1/) },
    ],
  ])("%s", (_, table, wrong, problem) => {
    expect(problemOf(table, wrong)).toMatchObject(problem);
  });
});

describe("changing a plan", () => {
  const { columns, guessedPlan } = tableInfo("t", penguins, false);

  it("another target: the old one is an input again, the task follows", () => {
    const plan = withTarget(guessedPlan, columns, "body_mass_g");
    expect(plan.roles).toMatchObject({ species: "categorical", body_mass_g: "target" });
    expect(plan).toMatchObject({ task: "regression", logTarget: false });
    expect(withRole(plan, columns, "species", "target")).toEqual(guessedPlan);
  });

  it("offers only roles that a kind can have", () => {
    expect(rolesFor({ kind: "text" })).not.toContain("continuous");
    expect(rolesFor({ kind: "date" })).not.toContain("target");
    for (const column of columns) expect(rolesFor(column)).toContain(column.guessedRole);
  });

  it("a plan of another table gives way to the guess", () => {
    const info = tableInfo("t", penguins, false);
    const kept = { ...guessedPlan, seed: 7 };
    expect(fittingPlan(info, kept)).toBe(kept);
    expect(fittingPlan(info)).toBe(info.guessedPlan);
    expect(fittingPlan(info, guessed(shops))).toBe(info.guessedPlan);
    expect(fittingPlan(info, { ...kept, valid: { kind: "last", fraction: 0.1, by: "Date" } })).toBe(
      info.guessedPlan,
    );
  });
});

describe("a table read again with a mark for missing cells", () => {
  const text = `a,b,c,d\n${Array.from({ length: 40 }, (_, i) => `${i / 8},${i === 3 ? "?" : i / 4},${i % 3},${i}.5`).join("\n")}\n`;
  const reread = async (change: (plan: DataPlan) => DataPlan) => {
    const before = tableInfo("t", await readCsv(text), false);
    const after = tableInfo("t", await readCsv(text, { missing: ["", "?"] }), false);
    return planReread(after, change(before.guessedPlan), before.columns);
  };

  it("keeps what was chosen; only the column that has become numbers is guessed again", async () => {
    const plan = await reread((guess) => ({ ...withRoles(guess, { a: "ignored" }), seed: 7 }));
    expect(plan.seed).toBe(7);
    expect(plan.roles).toEqual({ a: "ignored", b: "continuous", c: "categorical", d: "target" });
  });

  it("keeps the target, and predicts it as what it has become", async () => {
    const before = await readCsv(text);
    const plan = await reread((guess) => withTarget(guess, tableInfo("t", before, false).columns, "b"));
    expect(plan.roles).toMatchObject({ a: "continuous", b: "target", d: "continuous" });
    expect(plan.task).toBe("regression");
  });
});

describe("the plan's fields", () => {
  it.each([
    ["20", 0.2],
    [" 5 % ", 0.05],
    ["90", 0.9],
    ["0", null],
    ["91", null],
    ["1.5", null],
    ["", null],
    ["-3", null],
    ["x", null],
  ])("%j percent is %s", (text, fraction) => expect(parsePercent(text)).toBe(fraction));

  it("every choice of rows comes back from its value", () => {
    const options = validOptions([
      { name: "Date", kind: "date" },
      { name: "x", kind: "number" },
    ]);
    expect(options.map(({ words }) => words)).toEqual([
      "drawn at random",
      "the last in the file",
      "the newest by Date",
    ]);
    for (const { value } of options) expect(splitValue(validFrom(value, 0.2))).toBe(value);
  });
});

describe("the library's advice names fields of the page, not options of a program", async () => {
  const ids = Array.from({ length: 200 }, (_, i) => i * 3);
  const dated = ids.map(
    (id, i) => `${id},${new Date(i * 86_400_000).toISOString().slice(0, 10)},${(i * 5) % 7}`,
  );
  const table = await readCsv(`id,day,b\n${dated.join("\n")}\n`);
  const plan: DataPlan = { ...guessed(table), valid: { kind: "random", fraction: 0.2 } };
  it.each<[string, Record<string, ColumnRole>, string]>([
    [
      "whole numbers that never repeat",
      { id: "categorical", day: "ignored", b: "target" },
      "Give it the role “continuous” or “ignored”.",
    ],
    [
      "dates that never repeat",
      { id: "ignored", day: "categorical", b: "target" },
      "Give it the role “ignored”.",
    ],
  ])("%s", (_, roles, advice) => {
    const { message } = problemOf(table, withRoles(plan, roles));
    expect(message.endsWith(advice), message).toBe(true);
    expect(message).not.toMatch(/readCsv|dates: \[|task:|fillMissing/);
  });
});
