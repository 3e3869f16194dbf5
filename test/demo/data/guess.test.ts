import { openAsBlob } from "node:fs";
import { readCsv } from "tabgpu";
import { describe, expect, it } from "vitest";
import { tableInfo } from "../../../demo/data/job.ts";

const infoOf = async (csv: string | Blob) => tableInfo("t", await readCsv(csv), false);
const rolesOf = async (csv: string | Blob) => (await infoOf(csv)).guessedPlan.roles;
const small = (name: string) => openAsBlob(new URL(`../files/${name}`, import.meta.url).pathname);

/** A table of `rows` lines, a cell by column and row. */
const csvOf = (rows: number, columns: Record<string, (row: number) => unknown>) =>
  [
    Object.keys(columns).join(","),
    ...Array.from({ length: rows }, (_, row) =>
      Object.values(columns)
        .map((cell) => cell(row))
        .join(","),
    ),
  ].join("\n") + "\n";

describe("guesses for real tables", () => {
  it("penguins: a classification of the species, split at random", async () => {
    const { guessedPlan } = await infoOf(await small("penguins.csv"));
    expect(guessedPlan).toEqual({
      roles: {
        species: "target",
        island: "categorical",
        bill_length_mm: "continuous",
        bill_depth_mm: "continuous",
        flipper_length_mm: "continuous",
        body_mass_g: "continuous",
        sex: "categorical",
        year: "categorical",
      },
      task: "classification",
      logTarget: false,
      valid: { kind: "random", fraction: 0.2 },
      seed: 42,
    });
  });

  it("shops: a regression of the sales, held against the newest days", async () => {
    const { guessedPlan } = await infoOf(await small("shops.csv"));
    expect(guessedPlan.roles).toMatchObject({ Sales: "target", Date: "date", Store: "categorical" });
    expect(guessedPlan).toMatchObject({
      task: "regression",
      valid: { kind: "last", fraction: 0.1, by: "Date" },
    });
  });
});

describe("the guessed target", () => {
  it.each<[string, string, string]>([
    ["a column that is called like one", "a,Sale_Price,b\n1,10,x\n2,20,y\n3,30,x\n", "Sale_Price"],
    ["the surest name of several", "amount,count,label,b\n1,5,x,1\n2,6,y,2\n2,5,x,1\n", "label"],
    ["the last column else", "a,b,c\n1,2,3\n2,3,4\n3,2,5\n", "c"],
    ["no date", "a,b,when\n1,2,2024-01-01\n2,3,2024-01-02\n", "b"],
    ["nothing that is always the same", "a,b,price\n1,2,3\n2,3,3\n", "b"],
  ])("is %s", async (_, csv, target) => {
    expect((await rolesOf(csv))[target]).toBe("target");
  });

  it.each<[string, string, object]>([
    ["truth values are classes", "a,b\n1,true\n2,false\n3,true\n", { task: "classification" }],
    ["0 and 1 are classes", "a,b\n1,0\n2,1\n3,1\n", { task: "classification" }],
    ["few whole numbers called class are classes", "a,class\n1,1\n2,2\n3,3\n", { task: "classification" }],
    ["other whole numbers are numbers", "a,b\n1,1\n2,2\n3,3\n", { task: "regression", logTarget: false }],
    [
      "amounts are learned as logarithms",
      "a,b\n1,3.5\n2,7\n3,9\n4,90\n",
      { task: "regression", logTarget: true },
    ],
    ["numbers below 0 are not", "a,b\n1,-3.5\n2,7\n3,9\n4,90\n", { task: "regression", logTarget: false }],
  ])("%s", async (_, csv, plan) => {
    expect((await infoOf(csv)).guessedPlan).toMatchObject(plan);
  });
});

describe("columns that are left out, with the reason", async () => {
  const rows = 60;
  const { columns } = await infoOf(
    csvOf(rows, {
      "": (row) => row,
      customer_id: (row) => 7919 * row + 13,
      order: (row) => `o-${row}`,
      comment: (row) => (row % 5 === 0 ? "none" : `text ${row}`),
      country: () => "DE",
      nothing: () => "",
      shop_code: (row) => 100 + (row % 3) * 77,
      measured: (row) => (row * 37) % 61,
      price: (row) => 10 + ((row * 17) % 23) / 2,
    }),
  );
  it.each([
    ["Unnamed: 0", "ignored", /numbers the rows/],
    ["customer_id", "ignored", /numbers the rows/],
    ["order", "ignored", /Every text is different/],
    ["comment", "ignored", /seen once/],
    ["country", "ignored", /same value in every row/],
    ["nothing", "ignored", /empty/],
    ["shop_code", "categorical", null],
    ["measured", "continuous", null],
    ["price", "target", null],
  ] as const)("%s is %s", (name, role, reason) => {
    const column = columns.find((candidate) => candidate.name === name)!;
    expect(column.guessedRole).toBe(role);
    if (reason) expect(column.reason).toMatch(reason);
    else expect(column.reason).toBeNull();
  });

  it("numbers that tell things apart are categories where each is seen often", async () => {
    const table = csvOf(600, {
      Store: (row) => 1 + (row % 40),
      distance: (row) => (row * 37) % 401,
      sales: (row) => 5 + ((row * 11) % 97) / 4,
    });
    expect(await rolesOf(table)).toEqual({ Store: "categorical", distance: "continuous", sales: "target" });
  });

  it.each(["31.12.2015", "31.12.15", "31.12.2015 10:30", "12/31/15", "1-Feb-2015 10:30"])(
    "dates as people write them, with what is understood: %s",
    async (day) => {
      const { columns: dated } = await infoOf(`day,a,b\n${day},1,2\n${day.replace("1", "2")},2,3\n`);
      expect(dated[0].guessedRole).toBe("ignored");
      expect(dated[0].reason).toContain(`Dates such as “${day}” are read as text.`);
      const understood = dated[0].reason!.match(/2015[-/]12[-/]31( 13:45)?/g)!;
      expect(understood).toHaveLength(3);
      const { columns: read } = await infoOf(
        `day,a,b\n${understood.map((text) => `${text},1,2`).join("\n")}\n`,
      );
      expect(read[0].kind).toBe("date");
    },
  );

  it("dates of which some are marked as missing; what is no date is not called one", async () => {
    const days = Array.from({ length: 30 }, (_, i) => (i % 3 === 0 ? "k. A." : `${(i % 28) + 1}.3.2015`));
    const { columns: dated } = await infoOf(`day;b\n${days.map((day, i) => `${day};${i}`).join("\n")}\n`);
    expect(dated[0].reason).toMatch(/^Dates such as “\d+\.3\.2015” are read as text\./);
    const { columns: versions } = await infoOf("v,b\n1.2.3,1\n1.2.4,2\n10.2,3\n");
    expect(versions[0].reason ?? "").not.toContain("Dates");
  });

  it("a date that someone has expanded before", async () => {
    const lines = Array.from(
      { length: 28 },
      (_, i) => `2024-02-${String(i + 1).padStart(2, "0")},${i % 7},2,${i + 1},${(i * 5) % 9}`,
    );
    const { columns: expanded } = await infoOf(`Date,Week,Month,Day,Sales\n${lines.join("\n")}\n`);
    const reason = "The table has its parts already: “Month”, “Week”, “Day”.";
    expect(expanded[0]).toMatchObject({ guessedRole: "ignored", reason });
  });
});
