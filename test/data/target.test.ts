import { describe, expect, it } from "vitest";
import { encodeTarget } from "../../src/data/encode_target.ts";
import type { Column } from "../../src/data/table.ts";
import { fitTarget, rowsOfUnknownClass, type TargetOptions } from "../../src/data/target.ts";
import { expectClose } from "../support/close.ts";
import { booleans, dates, numbers, rows, tableOf, texts } from "./columns.ts";

const floats = numbers("float", [0.5, 2, 2.5, 4]);
const whole = numbers("whole", [3, 1, 3, 2]);
const flag = booleans("flag", [true, false, true, true]);
const word = texts("word", ["b", "a", "b", "b"]);
const zeroOne = numbers("zeroOne", [0, 1, 1, 0]);
const all = tableOf(floats, whole, flag, word, zeroOne);

const taught = (target: string | string[], options: Partial<TargetOptions> = {}) =>
  fitTarget(all, rows(4), { target, recipe: "v2", ...options });
const alone = (column: Column, options: Partial<TargetOptions> = {}, train = rows(4)) =>
  fitTarget(tableOf(column), train, { target: column.name, recipe: "v2", ...options });

describe("fitTarget chooses the task", () => {
  it("a float is a regression", () => {
    expect(taught("float")).toEqual({ task: "regression", names: ["float"], log: false });
    expect(taught("float", { recipe: "v1" }).task).toBe("regression");
  });

  it("an integer is a regression in v2 and a classification in v1", () => {
    expect(taught("whole").task).toBe("regression");
    expect(taught("whole", { recipe: "v1" })).toEqual({
      task: "classification",
      names: ["whole"],
      classes: [1, 2, 3],
    });
    expect(taught("whole", { recipe: "v1", logTarget: true })).toMatchObject({
      task: "regression",
      log: true,
    });
  });

  it("text and truth values are a classification, classes sorted", () => {
    expect(taught("word")).toEqual({ task: "classification", names: ["word"], classes: ["a", "b"] });
    expect(taught("flag")).toEqual({ task: "classification", names: ["flag"], classes: [false, true] });
  });

  it("several numbers are a regression, also if they are 0 and 1", () => {
    expect(taught(["float", "zeroOne"])).toEqual({
      task: "regression",
      names: ["float", "zeroOne"],
      log: false,
    });
    expect(taught(["whole", "float"], { recipe: "v1" }).task).toBe("regression");
  });

  it("what the caller says goes", () => {
    expect(taught("whole", { task: "classification" }).task).toBe("classification");
    expect(taught("flag", { task: "regression" }).task).toBe("regression");
    expect(taught(["flag", "zeroOne"], { task: "multilabel" })).toEqual({
      task: "multilabel",
      names: ["flag", "zeroOne"],
    });
    expect(taught(["zeroOne"], { task: "multilabel" }).task).toBe("multilabel");
  });

  it("fits classes on training rows only", () => {
    expect(alone(word, {}, Uint32Array.of(0, 1))).toMatchObject({ classes: ["a", "b"] });
    expect(alone(whole, { task: "classification" }, Uint32Array.of(0, 1, 2))).toMatchObject({
      classes: [1, 3],
    });
  });
});

describe("fitTarget refuses", () => {
  it("a target that is no column", () => {
    expect(() => taught("flaot")).toThrow('There is no column "flaot". Did you mean "float"?');
  });

  it("no target, and one named twice", () => {
    expect(() => taught([])).toThrow("target is an empty list; name at least one column.");
    expect(() => taught(["float", "float"])).toThrow('target names "float" twice; name each column once.');
  });

  it("a target with gaps", () => {
    expect(() => alone(numbers("y", [1, null, 2, null]))).toThrow(
      'Target "y" is missing in 2 of 4 rows: rows 1, 3 (counted from 0). Leave these rows out, or fill in the target.',
    );
    expect(() => alone(texts("y", ["a", "b", "b", null]))).toThrow(
      "missing in 1 of 4 rows: row 3 (counted from 0)",
    );
    expect(() => alone(numbers("y", [...Array(6).fill(null), 1, 2]))).toThrow(
      "rows: rows 0, 1, 2, 3, 4, … (counted from 0)",
    );
    expect(() => alone(numbers("y", [null, null]), {}, rows(2))).toThrow(
      'Target "y" is missing in every row. Choose another target.',
    );
  });

  it("a target that is constant over the training rows", () => {
    expect(() => alone(numbers("y", [7, 7, 7, 8]), {}, rows(3))).toThrow(
      'Target "y" is 7 in every training row, so there is nothing to learn. Choose another target or other training rows.',
    );
    expect(() => alone(texts("y", ["a", "a", "a", "b"]), {}, rows(3))).toThrow(
      'Target "y" is "a" in every training row',
    );
    expect(() => alone(booleans("y", [true, true, true, true]))).toThrow(
      'Target "y" is true in every training row',
    );
  });

  it("a class per row", () => {
    expect(() => alone(texts("y", ["a", "b", "c", "d"]))).toThrow(
      'Target "y" has a different class in each of the 4 training rows, so no class can be learned. Choose another target.',
    );
    expect(() => alone(numbers("y", [1, 2, 3, 4]), { recipe: "v1" })).toThrow('or task: "regression"');
    expect(() => alone(texts("y", ["1", "2", "n.a.", "4"]))).toThrow(
      'so no class can be learned. If it is numbers, correct "n.a." in row 2 (counted from 0), or leave such rows out.',
    );
    expect(() => alone(texts("y", ["01", "2", "3", "4"]))).toThrow(
      'If it is numbers, read it as such: readCsv(file, { types: { "y": "number" } }).',
    );
  });

  it("numbers that one bad cell made text, showing that cell", () => {
    const prices = texts("price", ["297607", "181500", "on request", "223500"]);
    for (const options of [{ task: "regression" }, { logTarget: true }] as const) {
      expect(() => alone(prices, options)).toThrow(
        'Target "price" holds text ("on request" in row 2 (counted from 0)), but a regression needs numbers. Correct that cell and others like it, or leave such rows out.',
      );
    }
    expect(() => alone(texts("zip", ["01067", "20095", "80331", "10115"]), { task: "regression" })).toThrow(
      'Target "zip" holds text, although it reads like numbers ("01067" in row 0 (counted from 0)), but a regression needs numbers. Read it as numbers: readCsv(file, { types: { "zip": "number" } }).',
    );
  });

  it("what the task cannot use", () => {
    expect(() => taught("word", { task: "regression" })).toThrow(
      'Target "word" holds text ("b" in row 0 (counted from 0)), but a regression needs numbers. Choose another target, or task: "classification".',
    );
    expect(() => taught(["float", "word"])).toThrow(
      'Target "word" holds text ("b" in row 0 (counted from 0)); several targets without a task must all be numbers.',
    );
    expect(() => taught(["flag", "float"])).toThrow('For several 0/1 labels pass task: "multilabel"');
    expect(() => taught(["float", "whole"], { task: "classification" })).toThrow(
      "A classification has one target, got 2.",
    );
    expect(() => taught(["flag", "whole"], { task: "multilabel" })).toThrow(
      'Target "whole" is 3 in row 0 (counted from 0); a label of a multilabel task is 0 or 1 (or true or false).',
    );
    expect(() => taught("word", { logTarget: true })).toThrow("a regression needs numbers");
    expect(() => taught("word", { task: "classification", logTarget: true })).toThrow(
      "logTarget is set, but the task is classification; only a regression target has a logarithm.",
    );
    expect(() => alone(dates("y", ["2020-01-01", "2020-01-02"]), { task: "regression" }, rows(2))).toThrow(
      "holds dates",
    );
  });

  it("the logarithm of what is not positive", () => {
    expect(() => alone(numbers("y", [1, 2, 0, 3]), { logTarget: true })).toThrow(
      'Target "y" is 0 in row 2 (counted from 0), which has no logarithm. Leave out rows that are not positive, or logTarget.',
    );
    expect(() => alone(numbers("y", [1, 2, 3, -1]), { logTarget: true }, rows(3))).toThrow(
      "is -1 in row 3 (counted from 0)",
    );
  });

  it("infinite values and those beyond float32", () => {
    expect(() => alone(numbers("y", [1, Number.POSITIVE_INFINITY, 0, 3]))).toThrow(
      'Target "y" is Infinity in row 1 (counted from 0); a target must be finite and within ±3.4e38. Correct or leave out the row.',
    );
    expect(() =>
      alone(numbers("y", [1, Number.NEGATIVE_INFINITY, 0, 0]), { task: "classification" }),
    ).toThrow('Target "y" is -Infinity in row 1 (counted from 0), which is no class. Correct the row.');
    expect(() => alone(numbers("y", [1, 1e39, 0, 3]))).toThrow(
      'Target "y" is 1e+39 in row 1 (counted from 0)',
    );
  });
});

describe("encodeTarget", () => {
  it("takes the natural logarithm", () => {
    const encoded = encodeTarget(all, { task: "regression", names: ["float"], log: true });
    expectClose(encoded, [0.5, 2, 2.5, 4].map(Math.log), 1e-7);
  });

  it("lays several targets side by side", () => {
    const encoded = encodeTarget(all, { task: "regression", names: ["float", "zeroOne"], log: false });
    expect([...encoded]).toEqual([0.5, 0, 2, 1, 2.5, 1, 4, 0]);
    const labels = encodeTarget(all, { task: "multilabel", names: ["zeroOne", "flag"] });
    expect([...labels]).toEqual([0, 1, 1, 0, 1, 1, 0, 1]);
  });

  it("gives a class its index", () => {
    expect([...encodeTarget(all, { task: "classification", names: ["word"], classes: ["a", "b"] })]).toEqual([
      1, 0, 1, 1,
    ]);
    expect([
      ...encodeTarget(all, { task: "classification", names: ["flag"], classes: [false, true] }),
    ]).toEqual([1, 0, 1, 1]);
  });

  it("refuses a class that training never saw", () => {
    const target = { task: "classification", names: ["whole"], classes: [1, 3] } as const;
    expect(() => encodeTarget(all, target)).toThrow(
      'Target "whole" is 2 in row 3 (counted from 0), a class that no training row has. Leave such rows out, or split so that training sees every class.',
    );
    expect([...rowsOfUnknownClass(all, target, rows(4))]).toEqual([3]);
    expect([
      ...rowsOfUnknownClass(all, { task: "regression", names: ["float"], log: false }, rows(4)),
    ]).toEqual([]);
  });
});
