import { describe, expect, it } from "vitest";
import { inFlags } from "../../src/cli/flag_words.ts";
import { TabularData, type TabularDataOptions } from "../../src/data/tabular_data.ts";
import { readCsv } from "../../src/io/csv.ts";
import { dates, numbers, tableOf, texts } from "../data/columns.ts";

const n = 70;
const row = Array.from({ length: n }, (_, i) => i);
const table = tableOf(
  numbers(
    "x",
    row.map((i) => i + 0.5),
  ),
  numbers(
    "y",
    row.map((i) => (i % 7) + 0.5),
  ),
  texts("shop id", row.map(String)),
  texts(
    "note",
    row.map((i) => (i % 2 ? "a" : "b")),
  ),
  texts(
    "size",
    row.map((i) => (i === 3 ? "n.k." : `${i % 30}.5`)),
  ),
  texts(
    "empty",
    row.map(() => null),
  ),
  numbers(
    "gap",
    row.map((i) => (i === n - 1 ? null : i * 1.5)),
  ),
  dates(
    "sold",
    row.map((i) => `2024-01-${String((i % 9) + 1).padStart(2, "0")}`),
  ),
);

/** What the library really says, so that a message changed there cannot slip past the table. */
function said(options: Partial<TabularDataOptions>): string {
  try {
    return TabularData.from(table, { continuous: ["x"], target: "y", ...options }).warnings.join("\n");
  } catch (error) {
    return (error as Error).message;
  }
}

async function readError(text: string, options: Parameters<typeof readCsv>[1] = {}): Promise<string> {
  const error = await readCsv(text, options).then(
    () => new Error("no error"),
    (error: Error) => error,
  );
  return error.message;
}

describe("inFlags", () => {
  it.each<[Partial<TabularDataOptions>, string]>([
    [{ valid: { last: 4000 } }, "--valid-last is 4000, but the table has 70 rows"],
    [
      { valid: { fraction: 0.001 } },
      "--valid-fraction 0.001 holds out none of the 70 rows. Hold out at least one.",
    ],
    [{ continuous: ["sold"] }, "Expand it with --dates sold, or use it as a category."],
    [{ categorical: ["sold"] }, "Expand it with --dates sold."],
    [{ target: "note", task: "regression" }, "Choose another target, or --task classification."],
    [{ target: ["note", "y"] }, "For several 0/1 labels pass --task multilabel;"],
    [{ target: "note", logTarget: true }, "but a regression needs numbers"],
    [{ target: "note", logTarget: true, task: "classification" }, "--log-target is set, but the task is"],
    [{ categorical: ["shop id"] }, 'Leave it out: --exclude "shop id", or not in --cat and --cont.'],
    [{ continuous: ["empty"] }, "learn from it. Leave it out: --exclude empty, or not in --cat and --cont."],
    [
      { continuous: ["gap"], valid: { last: 5 } },
      "or give --lenient, which takes the column's training mean.",
    ],
    [{ continuous: ["note"] }, "list the mark with --missing b."],
    [{ continuous: ["shop id"] }, 'Read it as numbers: --types "shop id=number".'],
    [{ categorical: ["size"] }, "leave them empty, or give --missing n.k. if that means unknown."],
    [{ continuous: ["x", "x"] }, '--cont names "x" twice'],
    [{ continuous: ["y"] }, "Take it out of --cont."],
    [
      { exclude: ["note"] },
      "--exclude only serves when columns are sorted automatically; with --cat or --cont given",
    ],
    [
      { dates: ["sold"] },
      '--dates expands "sold", but none of its parts is an input. Name some in --cat or --cont:',
    ],
  ])("puts flags into what the library says of %j", (options, expected) => {
    expect(inFlags(said(options))).toContain(expected);
  });

  it("puts flags into what reading a file says", async () => {
    const kind = await readError("a\n1\nnorth\n", { types: { a: "number" } });
    expect(inFlags(kind)).toMatch(/read the column as another type \(--types\), or give --missing north\.$/);
    const late =
      'If the column is text, read it with types: { "a": "text" }; if this marks an unknown value, add "?" to missing.';
    expect(inFlags(late)).toBe(
      'If the column is text, read it with --types a=text; if this marks an unknown value, give --missing "?".',
    );
    expect(inFlags(await readError("a\n1\n", { encoding: "klingon" }))).toMatch(/^--encoding is "klingon"/);
    const latin = new Blob([Uint8Array.from([0x61, 0x0a, 0xe4, 0x0a])]);
    const error = await readCsv(latin).catch((error: Error) => error);
    expect(inFlags((error as Error).message)).toContain("as in --encoding windows-1252.");
  });

  it("puts flags into texts of the model and of the target's scale", () => {
    expect(inFlags("Learn it with logTarget: true, yRange: [12, 13.4], or yRange: [-3, 5].")).toBe(
      "Learn it with --log-target, --y-range 12,13.4, or --y-range -3,5.",
    );
    expect(inFlags("yRange is for regression, but the target is classification. Leave it out.")).toBe(
      "--y-range is for regression, but the target is classification. Leave it out.",
    );
  });

  it("quotes names for the shell and for lists", () => {
    expect(inFlags('Expand it with dates: ["a, b"].')).toBe("Expand it with --dates '\"a, b\"'.");
    expect(inFlags('types: { "a, b": "text" }')).toBe("--types '\"a, b=text\"'");
    expect(inFlags('Expand it with dates: ["day sold"].')).toBe('Expand it with --dates "day sold".');
  });

  it("leaves columns alone that are called like options", () => {
    const text = 'Column "logTarget" is both categorical and continuous. Choose one.';
    expect(inFlags(text)).toBe(text);
  });
});
