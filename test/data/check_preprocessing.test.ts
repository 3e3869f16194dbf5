import { describe, expect, it } from "vitest";
import { checkPreprocessing } from "../../src/data/check_preprocessing.ts";
import { ModelFileError } from "../../src/errors.ts";

// biome-ignore lint/suspicious/noExplicitAny: JSON of no known shape is what the checks are for.
type Json = any;

/** A fresh state as JSON gives it; tests spoil one field of it. */
function valid(): Json {
  return JSON.parse(`{
    "version": 1, "recipe": "v1",
    "categorical": [
      { "name": "city", "type": "text", "levels": ["Bonn", "Ulm"] },
      { "name": "day", "type": "date", "levels": ["2020-01-01"] },
      { "name": "rooms", "type": "number", "levels": [1, 2.5] },
      { "name": "area_na", "type": "boolean", "levels": [false, true] }
    ],
    "continuous": [{ "name": "age", "mean": 4, "std": 0 }, { "name": "area", "mean": -1, "std": 2 }],
    "fillMissing": { "area": 70 }, "fillStrategy": "median", "addNaColumns": true,
    "dateParts": [{ "column": "Date", "prefix": "", "time": false }],
    "target": { "task": "regression", "names": ["rent"], "log": true }
  }`);
}

function spoiled(spoil: (state: Json) => void): () => unknown {
  const state = valid();
  spoil(state);
  return () => checkPreprocessing(state);
}

describe("checkPreprocessing", () => {
  it("passes a good state through", () => {
    expect(checkPreprocessing(valid())).toEqual(valid());
  });

  it("passes the other tasks", () => {
    const labels = { task: "multilabel", names: ["a", "b"] };
    const classes = { task: "classification", names: ["a"], classes: [false, true] };
    for (const target of [labels, classes])
      expect(checkPreprocessing({ ...valid(), target })).toMatchObject({ target });
  });

  it("says whose fault it is", () => {
    expect(() => checkPreprocessing(null)).toThrow(ModelFileError);
    expect(() => checkPreprocessing(null)).toThrow(
      "preprocessing is null; expected an object. The model file is damaged or was not written by TabGPU.",
    );
  });

  it.each<[string, (state: Json) => void, string]>([
    ["version", (s) => { s.version = 2; }, "preprocessing.version is 2; this TabGPU reads version 1"],
    ["no version", (s) => { delete s.version; }, "preprocessing.version is missing; this TabGPU reads version 1"],
    ["recipe", (s) => { s.recipe = "v3"; }, 'preprocessing.recipe is "v3"; expected one of "v1", "v2"'],
    ["strategy", (s) => { s.fillStrategy = "mean"; }, 'preprocessing.fillStrategy is "mean"'],
    ["addNaColumns", (s) => { s.addNaColumns = 1; }, "preprocessing.addNaColumns is 1; expected true or false"],
    ["categorical", (s) => { s.categorical = {}; }, "preprocessing.categorical is {}; expected an array"],
    ["vocab", (s) => { s.categorical[0] = "x"; }, 'preprocessing.categorical[0] is "x"; expected an object'],
    ["vocab name", (s) => { s.categorical[0].name = 5; }, "preprocessing.categorical[0].name is 5; expected a string"],
    ["vocab type", (s) => { s.categorical[0].type = "float"; }, 'preprocessing.categorical[0].type is "float"'],
    ["levels", (s) => { s.categorical[0].levels = []; }, "preprocessing.categorical[0].levels is empty"],
    ["level kind", (s) => { s.categorical[0].levels[1] = 3; }, "preprocessing.categorical[0].levels[1] is 3, which is no text"],
    ["level date", (s) => { s.categorical[1].levels[0] = "soon"; }, 'preprocessing.categorical[1].levels[0] is "soon", which is no date'],
    ["level number", (s) => { s.categorical[2].levels[0] = null; }, "preprocessing.categorical[2].levels[0] is null, which is no number"],
    ["level twice", (s) => { s.categorical[2].levels = [1, 1]; }, "preprocessing.categorical[2].levels holds a level twice"],
    ["mean", (s) => { s.continuous[0].mean = null; }, "preprocessing.continuous[0].mean is null; expected a finite number"],
    ["std", (s) => { s.continuous[1].std = -1; }, "preprocessing.continuous[1].std is -1; expected a finite number of at least 0"],
    ["name twice", (s) => { s.continuous[1].name = "city"; }, 'preprocessing.categorical and continuous names "city" twice'],
    ["no input", (s) => { s.categorical = []; s.continuous = []; s.fillMissing = {}; }, "preprocessing has no input column"],
    ["fill", (s) => { s.fillMissing.area = "7"; }, 'preprocessing.fillMissing["area"] is "7"; expected a finite number'],
    ["fill column", (s) => { s.fillMissing.city = 7; }, 'preprocessing.fillMissing["city"] fills a column that is not continuous'],
    ["na columns", (s) => { s.categorical.reverse(); }, 'preprocessing.categorical must end with ["area_na"], the columns that FillMissing added'],
    ["na missing", (s) => { s.categorical.pop(); }, 'preprocessing.categorical must end with ["area_na"]'],
    ["na type", (s) => { s.categorical[3] = { name: "area_na", type: "number", levels: [0, 1] }; }, 'has a "was missing" column of type "number"'],
    ["date parts", (s) => { s.dateParts[0].time = 0; }, "preprocessing.dateParts[0].time is 0; expected true or false"],
    ["date column", (s) => { delete s.dateParts[0].column; }, "preprocessing.dateParts[0].column is missing; expected a string"],
    ["task", (s) => { s.target.task = "ranking"; }, 'preprocessing.target.task is "ranking"'],
    ["target names", (s) => { s.target.names = []; }, "preprocessing.target.names is empty"],
    ["target log", (s) => { delete s.target.log; }, "preprocessing.target.log is missing; expected true or false"],
    ["classes", (s) => { s.target = { task: "classification", names: ["a"], classes: ["x"] }; }, "preprocessing.target.classes has one class"],
    ["mixed classes", (s) => { s.target = { task: "classification", names: ["a"], classes: ["x", 1] }; }, "preprocessing.target.classes[1] is 1, which is no text"],
    ["two class targets", (s) => { s.target = { task: "classification", names: ["a", "b"], classes: ["x", "y"] }; }, "preprocessing.target.names has 2 names; a classification has one"],
  ])("finds a spoiled %s", (_, spoil, message) => {
    expect(spoiled(spoil)).toThrow(message);
  }); // biome-ignore format: one case a line

  it("cuts long values short", () => {
    expect(spoiled((s) => { s.recipe = "x".repeat(1e6); })).toThrow(/^preprocessing\.recipe is "x{56}…; expected/);
  }); // biome-ignore format: one case a line
});
