import { describe, expect, it } from "vitest";
import { decodeRows } from "../../src/data/decode.ts";
import { encodeTable } from "../../src/data/preprocessing.ts";
import { TabularData, type TabularDataOptions } from "../../src/data/tabular_data.ts";
import { Random } from "../../src/random.ts";
import { expectClose } from "../support/close.ts";
import { booleans, dates, numbers, rows, tableOf, texts } from "./columns.ts";

const table = tableOf(
  texts("city", ["Ulm", "Bonn", null, "Ulm", "Köln", "Bonn"]),
  numbers("rooms", [3, 2, 2, null, 3, 9]),
  numbers("area", [50, null, 70, 90, 60, 1000]),
  numbers("age", [1, 2, 3, 4, 5, 6]),
  booleans("garden", [true, false, false, true, null, false]),
  numbers("rent", [500.5, 600, 700, 800, 900, 1000]),
);
const options: TabularDataOptions = {
  categorical: ["city", "rooms", "garden"],
  continuous: ["age", "area"],
  target: "rent",
  valid: { last: 2 },
};

describe("TabularData.from", () => {
  const data = TabularData.from(table, options);

  it("fits on training rows only, `_na` columns last", () => {
    expect(data.preprocessing).toEqual({
      version: 1,
      recipe: "v2",
      categorical: [
        { name: "city", type: "text", levels: ["Bonn", "Ulm"] },
        { name: "rooms", type: "number", levels: [2, 3] },
        { name: "garden", type: "boolean", levels: [false, true] },
        { name: "area_na", type: "boolean", levels: [false, true] },
      ],
      continuous: [
        { name: "age", mean: 2.5, std: Math.sqrt(1.25) },
        { name: "area", mean: 70, std: Math.sqrt((20 ** 2 + 0 + 0 + 20 ** 2) / 4) },
      ],
      fillMissing: { area: 70 },
      fillStrategy: "median",
      addNaColumns: true,
      dateParts: [],
      target: { task: "regression", names: ["rent"], log: false },
    });
    expect(data.cardinalities).toEqual([3, 3, 3, 3]);
    expect(data.outputs).toBe(1);
    expect(data.recipe).toBe("v2");
    expect(data.warnings).toEqual([]);
  });

  it("encodes every row in table order: unseen and missing categories are 0", () => {
    const { encoded } = data;
    expect(encoded.rows).toBe(6);
    expect([...encoded.codes]).toEqual(
      [
        [2, 2, 2, 1],
        [1, 1, 1, 2],
        [0, 1, 1, 1],
        [2, 0, 2, 1],
        [0, 2, 0, 1],
        [1, 0, 1, 1],
      ].flat(),
    );
    const age = (x: number) => (x - 2.5) / (Math.sqrt(1.25) + 1e-7);
    const area = (x: number) => (x - 70) / (Math.sqrt(200) + 1e-7);
    const expected = [
      age(1),
      area(50),
      age(2),
      0,
      age(3),
      0,
      age(4),
      area(90),
      age(5),
      area(60),
      age(6),
      area(1000),
    ];
    expectClose(encoded.continuous, expected, (z) => Math.abs(z) * 2 ** -24);
    expect([...encoded.targets!]).toEqual([500.5, 600, 700, 800, 900, 1000]);
    expect([...data.trainRows]).toEqual([0, 1, 2, 3]);
    expect([...data.validRows]).toEqual([4, 5]);
  });

  it("survives JSON, and encodes the same again", () => {
    const state = JSON.parse(JSON.stringify(data.preprocessing));
    expect(encodeTable(table, state, { targets: "required" })).toEqual(data.encoded);
    expect(encodeTable(table, state, { targets: "none" })).toEqual({ ...data.encoded, targets: null });
  });

  it("encodes row by row as it encodes a whole table", () => {
    for (let row = 0; row < table.rows; row++) {
      const one = encodeTable(table.take(Uint32Array.of(row)), data.preprocessing, { targets: "required" });
      expect(one.codes).toEqual(data.encoded.codes.slice(row * 4, row * 4 + 4));
      expect(one.continuous).toEqual(data.encoded.continuous.slice(row * 2, row * 2 + 2));
    }
  });

  it("decodes back for display", () => {
    const [first, second] = decodeRows(data.encoded, data.preprocessing, [3, 1]);
    expect(first).toMatchObject({ city: "Ulm", rooms: "#na#", garden: true, area_na: false, rent: 800 });
    expectClose([Number(first.age), Number(first.area)], [4, 90], 1e-5);
    expect(second).toMatchObject({ city: "Bonn", area_na: true });
    expectClose([Number(second.area)], [70], 1e-5);
    expect(decodeRows(data.encoded, data.preprocessing).length).toBe(6);
  });

  it("v1: sample deviation, integer targets are classes", () => {
    const v1 = TabularData.from(table, { ...options, recipe: "v1" });
    expect(v1.preprocessing.continuous[0].std).toBe(Math.sqrt(5 / 3));
    const classes = tableOf(...table.columns.slice(0, 5), numbers("rent", [1, 1, 2, 2, 1, 2]));
    const classified = TabularData.from(classes, { ...options, recipe: "v1" });
    expect(classified.preprocessing.target).toEqual({
      task: "classification",
      names: ["rent"],
      classes: [1, 2],
    });
    expect(classified.outputs).toBe(2);
  });

  it("v1 drops validation rows of an unseen class, v2 refuses them", () => {
    const classes = tableOf(...table.columns.slice(0, 5), texts("rent", ["a", "b", "a", "b", "c", "a"]));
    expect(() => TabularData.from(classes, options)).toThrow(
      'Target "rent" is "c" in row 4 (counted from 0), a class that no training row has.',
    );
    const dropped = TabularData.from(classes, { ...options, recipe: "v1" });
    expect([...dropped.validRows]).toEqual([5]);
    expect([...dropped.encoded.targets!]).toEqual([0, 1, 0, 1, Number.NaN, 0]);
    expect(dropped.warnings).toEqual([
      '1 validation row is left out: its class of "rent" is in no training row.',
    ]);
    const none = tableOf(...table.columns.slice(0, 5), texts("rent", ["a", "b", "a", "b", "c", "d"]));
    expect(() => TabularData.from(none, { ...options, recipe: "v1" })).toThrow(
      'No validation row has a class of "rent" that training saw. Split so that both parts see every class.',
    );
  });

  it("fills by mode or constant, with or without `_na` columns", () => {
    const fill = (fillMissing: TabularDataOptions["fillMissing"]) =>
      TabularData.from(table, { ...options, fillMissing });
    expect(fill({ strategy: "constant", fill: { area: 5 } }).preprocessing).toMatchObject({
      fillMissing: { area: 5 },
      fillStrategy: "constant",
    });
    const plain = fill({ strategy: "mode", addColumns: false });
    expect(plain.preprocessing).toMatchObject({ fillMissing: { area: 50 }, addNaColumns: false });
    expect(plain.cardinalities).toEqual([3, 3, 3]);
  });

  it("learns logarithms, several targets and labels", () => {
    const log = TabularData.from(table, { ...options, logTarget: true });
    expectClose(log.encoded.targets!, [500.5, 600, 700, 800, 900, 1000].map(Math.log), 1e-6);
    expectClose([Number(decodeRows(log.encoded, log.preprocessing, [0])[0].rent)], [500.5], 1e-3);
    const two = TabularData.from(table, { ...options, continuous: ["area"], target: ["rent", "age"] });
    expect([two.outputs, two.encoded.targets!.length]).toEqual([2, 12]);
    const labels = tableOf(...table.columns, booleans("dear", [true, false, false, true, true, false]));
    const multi = TabularData.from(labels, { ...options, target: ["dear"], task: "multilabel" });
    expect(multi.outputs).toBe(1);
    expect(decodeRows(multi.encoded, multi.preprocessing, [0, 1]).map(({ dear }) => dear)).toEqual([
      true,
      false,
    ]);
  });

  it("sorts columns itself if none are named", () => {
    const auto = TabularData.from(table, { target: "rent", valid: { last: 2 }, exclude: ["age"] });
    expect(auto.preprocessing.categorical.map(({ name }) => name)).toEqual([
      "city",
      "garden",
      "rooms_na",
      "area_na",
    ]);
    expect(auto.preprocessing.continuous.map(({ name }) => name)).toEqual(["rooms", "area"]);
    const held = tableOf(...table.columns, booleans("held", [false, false, false, false, true, true]));
    const byColumn = TabularData.from(held, { target: "rent", valid: { column: "held" } });
    expect(byColumn.preprocessing.categorical.some(({ name }) => name === "held")).toBe(false);
  });

  it("holds out a random fifth unless told otherwise", () => {
    const n = 100;
    const random = new Random(3);
    const big = tableOf(
      numbers(
        "x",
        Array.from({ length: n }, () => random.normal()),
      ),
      numbers(
        "y",
        Array.from({ length: n }, () => random.normal()),
      ),
    );
    const [a, b, c] = [undefined, 42, 7].map(
      (seed) => TabularData.from(big, { target: "y", seed }).validRows,
    );
    expect(a.length).toBe(20);
    expect(a).toEqual(b);
    expect(a).not.toEqual(c);
  });

  it("expands dates and applies the same to new rows", () => {
    const days = ["2015-07-31", "2015-12-31", "2016-01-01", "2012-02-29", "2015-07-30"];
    const sales = tableOf(dates("Date", days), numbers("Sales", [1, 2, 3, 4, 5]));
    const given = { categorical: ["Year", "Month", "Is_month_end"], continuous: ["Elapsed"] };
    const dated = TabularData.from(sales, { ...given, target: "Sales", dates: ["Date"], valid: { last: 1 } });
    expect(dated.preprocessing.dateParts).toEqual([{ column: "Date", prefix: "", time: false }]);
    expect(dated.preprocessing.categorical[0].levels).toEqual([2012, 2015, 2016]);
    const text = tableOf(texts("Date", ["2016-07-30"]));
    const { codes } = encodeTable(text, dated.preprocessing, { targets: "none" });
    expect([...codes]).toEqual([3, 3, 1]);
    const auto = TabularData.from(sales, { target: "Sales", dates: ["Date"], valid: "none" });
    expect(auto.preprocessing.categorical.some(({ name }) => name === "Date")).toBe(false);
    expect(auto.preprocessing.categorical.length + auto.preprocessing.continuous.length).toBe(13);
  });

  it("expands dates under another prefix and down to the second, where asked", () => {
    const times = [
      "2015-07-31T13:45:10",
      "2015-12-31T00:00:00",
      "2016-01-01T07:30:00",
      "2012-02-29T13:00:00",
    ];
    // "Year" is taken: only the prefix makes this table's date expandable.
    const rides = tableOf(
      dates("Date", times),
      numbers("Year", [1, 2, 3, 4]),
      numbers("Rides", [5, 6, 7, 8]),
    );
    const given = { categorical: ["at_Hour", "at_Minute"], continuous: ["at_Year", "Year"] };
    const when = { column: "Date", prefix: "at_", time: true };
    const data = TabularData.from(rides, { ...given, target: "Rides", dates: [when], valid: "none" });
    expect(data.preprocessing.dateParts).toEqual([when]);
    expect(data.preprocessing.categorical.map(({ levels }) => levels)).toEqual([
      [0, 7, 13],
      [0, 30, 45],
    ]);
    const noon = tableOf(texts("Date", ["2014-01-01T07:45:00"]), numbers("Year", [1]));
    expect([...encodeTable(noon, data.preprocessing, { targets: "none" }).codes]).toEqual([2, 3]);
    const untimed = { ...given, target: "Rides", dates: [{ column: "Date", prefix: "at_" }] };
    expect(() => TabularData.from(rides, { ...untimed, categorical: [], continuous: ["Year"] })).toThrow(
      /dates expands "Date", but none of its parts is an input\. Name some .*: at_Year, at_Month/,
    );
  });

  it("takes categories or numbers alone", () => {
    const { categorical, continuous } = TabularData.from(table, {
      ...options,
      continuous: undefined,
    }).preprocessing;
    expect([categorical.length, continuous.length]).toEqual([3, 0]);
    expect(
      TabularData.from(table, { ...options, categorical: undefined }).preprocessing.categorical.map(
        ({ name }) => name,
      ),
    ).toEqual(["area_na"]);
  });

  it("warns of numbers that a bad cell made text", () => {
    const cells = Array.from({ length: 60 }, (_, i) => (i === 41 ? "n.a." : String(100 + (i % 20))));
    const codes = Array.from({ length: 60 }, (_, i) => (i % 20 === 0 ? "2a" : String(i % 3)));
    const x = Array.from({ length: 60 }, (_, i) => i);
    const table = tableOf(texts("size", cells), texts("code", codes), texts("rent", cells), numbers("x", x));
    const { warnings } = TabularData.from(table, {
      categorical: ["size", "code"],
      continuous: ["x"],
      target: "rent",
      valid: "none",
    });
    const rest =
      'is text because of cells like "n.a." in row 41 (counted from 0), though most of its values are numbers: each is a category of its own. Correct such cells, or leave them empty.';
    expect(warnings).toEqual([`Column "size" ${rest}`, `Target "rent" ${rest}`]);
  });

  it("warns of what is odd but no error", () => {
    const odd = tableOf(
      numbers("one", Array(60).fill(5)),
      texts(
        "rare",
        [...rows(60)].map((row) => `r${row % 40}`),
      ),
      dates(
        "day",
        [...rows(60)].map((row) => (row % 2 ? "2020-01-01" : "2020-01-02")),
      ),
      numbers("y", [...rows(60)]),
    );
    const { warnings } = TabularData.from(odd, {
      categorical: ["rare", "day"],
      continuous: ["one"],
      target: "y",
      valid: "none",
    });
    expect(warnings).toEqual([
      'Column "one" has one value in all training rows: it teaches nothing, and any other value in new rows becomes huge. Leave it out.',
      'Column "rare" has 40 categories in 60 training rows: most are seen once and teach little. Consider leaving it out.',
      'Column "day" is a date used as a category: days that training never saw all look alike. Expand it with dates: ["day"].',
    ]);
  });
});

describe("TabularData.from refuses", () => {
  const refused =
    (change: Partial<TabularDataOptions>, source = table) =>
    () =>
      TabularData.from(source, { ...options, ...change });

  it("unknown columns, with suggestions", () => {
    expect(refused({ categorical: ["citty"] })).toThrow('There is no column "citty". Did you mean "city"?');
    expect(refused({ continuous: ["Area"] })).toThrow('There is no column "Area". Did you mean "area"?');
    expect(refused({ target: "rnet" })).toThrow('There is no column "rnet". Did you mean "rent"?');
    expect(refused({ dates: ["day"] })).toThrow('There is no column "day".');
  });

  it("a column that is categorical and continuous", () => {
    expect(refused({ categorical: ["city", "age"] })).toThrow(
      'Column "age" is both categorical and continuous. Choose one.',
    );
  });

  it("the target as an input", () => {
    expect(refused({ continuous: ["age", "rent"] })).toThrow(
      'Column "rent" is the target and an input at once; the model would just copy it. Take it out of continuous.',
    );
  });

  it("a column named twice", () => {
    expect(refused({ categorical: ["city", "city"] })).toThrow(
      'categorical names "city" twice; name each column once.',
    );
  });

  it("no inputs", () => {
    expect(refused({ categorical: [], continuous: [] })).toThrow("There is no input column");
  });

  it("no rows", () => {
    expect(refused({}, table.head(0))).toThrow("The table has no rows. Training needs at least two.");
  });

  it("text and dates in a continuous column, with the row", () => {
    const marked = tableOf(
      numbers("y", [1, 2, 3]),
      texts("x", ["1.5", "n.a.", "2"]),
      dates("d", ["2020-01-01", null, null]),
    );
    const given = { target: "y", valid: "none", categorical: undefined } as const;
    expect(refused({ ...given, continuous: ["x"] }, marked)).toThrow(
      'Column "x" is numeric, but holds the text "n.a." in row 1 (counted from 0). Correct it, leave the cell empty if it is unknown, or list the mark with readCsv(file, { missing: ["", "n.a."] }).',
    );
    expect(refused({ ...given, continuous: ["d"] }, marked)).toThrow(
      'Column "d" holds dates, which are not numbers. Expand it with dates: ["d"], or use it as a category.',
    );
  });

  it("infinities", () => {
    const infinite = tableOf(numbers("x", [1, 2, Number.NEGATIVE_INFINITY]), numbers("y", [1, 2, 3]));
    expect(
      refused({ continuous: ["x"], categorical: undefined, target: "y", valid: { last: 1 } }, infinite),
    ).toThrow(
      'Column "x" is infinite in row 2 (counted from 0). Replace it by a number, or by nothing if it is unknown.',
    );
  });

  it("columns without any training value", () => {
    const empty = tableOf(numbers("x", [null, null, 3]), numbers("y", [1, 2, 3]));
    const given = { target: "y", valid: { last: 1 } };
    expect(refused({ ...given, continuous: ["x"], categorical: undefined }, empty)).toThrow(
      'Column "x" is missing in every training row',
    );
    expect(refused({ ...given, categorical: ["x"], continuous: undefined }, empty)).toThrow(
      'Column "x" is missing in every training row',
    );
  });

  it("a validation gap where training has none, unless lenient", () => {
    const gap = tableOf(numbers("x", [1, 3, null]), numbers("y", [1, 2, 3]));
    const given: Partial<TabularDataOptions> = {
      continuous: ["x"],
      categorical: undefined,
      target: "y",
      valid: { last: 1 },
    };
    expect(refused(given, gap)).toThrow(
      'Column "x" is missing in row 2 (counted from 0) but never was in training, so there is no fill value.',
    );
    const { encoded } = TabularData.from(gap, { ...options, ...given, lenient: true });
    expect(encoded.continuous[2]).toBe(0); // the mean
  });

  it("a `_na` column that exists already", () => {
    const taken = tableOf(...table.columns, booleans("area_na", Array(6).fill(false)));
    expect(refused({}, taken)).toThrow(
      'Filling the gaps of "area" would add a column "area_na", which the table already has. Rename that one, or pass fillMissing: { addColumns: false }.',
    );
  });

  it("options that make no sense", () => {
    expect(refused({ vaild: "none" } as never)).toThrow('There is no option "vaild". Did you mean "valid"?');
    expect(refused({ recipe: "v3" } as never)).toThrow('recipe is "v3"; it must be one of v1, v2.');
    expect(refused({ task: "ranking" } as never)).toThrow(
      'task is "ranking"; it must be one of regression, classification, multilabel.',
    );
    expect(refused({ fillMissing: { strategy: "mean" } } as never)).toThrow('fillMissing.strategy is "mean"');
    expect(refused({ fillMissing: { strategy: "constant", fill: Number.NaN } })).toThrow(
      "fillMissing.fill is NaN; it must be a finite number.",
    );
    expect(refused({ exclude: ["age"] })).toThrow(
      "exclude only serves when columns are sorted automatically",
    );
    const dated = tableOf(...table.columns, dates("Date", Array(6).fill("2020-01-01")));
    expect(refused({ dates: ["Date"] }, dated)).toThrow(
      'dates expands "Date", but none of its parts is an input.',
    );
  });
});
