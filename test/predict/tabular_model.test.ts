import { describe, expect, it } from "vitest";
import type { EncodedTable } from "../../src/data/preprocessing.ts";
import { Table } from "../../src/data/table.ts";
import { DataError, ModelFileError, OptionError } from "../../src/errors.ts";
import { loadModelFile } from "../../src/io/model_file.ts";
import { modelRepr } from "../../src/model/repr.ts";
import { loadModel } from "../../src/predict/load_model.ts";
import { saveLater } from "../../src/predict/save_later.ts";
import { type InferenceEngine, TabularModel } from "../../src/predict/tabular_model.ts";
import { type SmallModel, smallModel } from "../io/small_model.ts";
import { expectClose } from "../support/close.ts";

/** Shows what it is given: the output of a row is its three codes as digits plus its continuous value / 1000. */
class EchoEngine implements InferenceEngine {
  readonly backend = "cpu";
  readonly description = "an echo";
  calls = 0;
  disposals = 0;
  signal: AbortSignal | undefined;
  readonly #model: SmallModel;

  constructor(model: SmallModel) {
    this.#model = model;
  }

  async forward({ rows, codes, continuous }: EncodedTable, options?: { signal?: AbortSignal }) {
    this.calls++;
    this.signal = options?.signal;
    const output = (_: unknown, row: number) =>
      codes[3 * row] * 100 + codes[3 * row + 1] * 10 + codes[3 * row + 2] + continuous[row] / 1000;
    return Float32Array.from({ length: rows }, output);
  }

  async tensors() {
    return this.#model.tensors;
  }

  dispose() {
    this.disposals++;
  }
}

function echo() {
  const small = smallModel();
  // A plain target: exp of an echo would be hard to read.
  const preprocessing = {
    ...small.preprocessing,
    target: { task: "regression", names: ["Sales"], log: false } as const,
  };
  const engine = new EchoEngine(small);
  const model = new TabularModel(small.config, preprocessing, engine, saveLater, small.training);
  return { engine, small, model };
}

async function outputs(model: TabularModel, rows: Record<string, unknown>[] | Table): Promise<number[]> {
  return (await model.predict(rows)).map(({ prediction }) => prediction as number);
}

// mean 12.25, std 3.1, fill 11.5: see smallModel
const z = (x: number) => (x - 12.25) / (3.1 + 1e-7) / 1000;
const F32_OF_HUNDREDS = 2 ** -15;

describe("TabularModel.tensors", () => {
  it("gives the weights by PyTorch's names, as they are saved, copied", async () => {
    const { small, model } = echo();
    const bytes = await model.save();
    const loaded = await loadModel(bytes, { backend: "cpu" });
    const tensors = await loaded.tensors();
    expect([...tensors.keys()]).toEqual([...loadModelFile(bytes).tensors.keys()]);
    const [categories, width] = small.config.embeddingSizes[0];
    expect(tensors.get("embeds.0.weight")).toHaveLength(categories * width);
    expect(tensors.get("embeds.0.weight")).toEqual(small.tensors.get("embeds.0.weight"));
    tensors.get("embeds.0.weight")!.fill(7);
    expect((await loaded.tensors()).get("embeds.0.weight")).toEqual(small.tensors.get("embeds.0.weight"));
    loaded.dispose();
    await expect(loaded.tensors()).rejects.toThrow(OptionError);
  });
});

describe("TabularModel.predict", () => {
  it("encodes each row as in training", async () => {
    const got = await outputs(echo().model, [
      { Shop: "東京", Weekday: 7, Distance: 20 },
      { Shop: "", Weekday: 1, Distance: 3 },
    ]);
    expectClose(got, [321 + z(20), 111 + z(3)], F32_OF_HUNDREDS);
  });

  it("gives code 0 to categories that are missing or that training never saw", async () => {
    const got = await outputs(echo().model, [
      { Shop: "Zurich", Weekday: null, Distance: 20 },
      { Shop: null, Weekday: 6, Distance: 20 },
    ]);
    expectClose(got, [1 + z(20), 1 + z(20)], F32_OF_HUNDREDS);
  });

  it("tells of categories that training never saw, once and only if there are any", async () => {
    const { model } = echo();
    const told: string[][] = [];
    const onUnseen = (notes: string[]) => told.push(notes);
    await model.predict([{ Shop: null, Weekday: 1, Distance: 20 }], { onUnseen });
    expect(told).toEqual([]);
    const rows = [
      { Shop: "Zurich", Weekday: null, Distance: 20 },
      { Shop: "", Weekday: 6, Distance: 20 },
    ];
    const notes = [
      'Shop: 1 of 2 values was never seen in training ("Zurich")',
      "Weekday: 1 of 1 value was never seen in training (6)",
    ];
    await model.predict(rows, { onUnseen });
    await model.predictTable(Table.fromRecords(rows), { onUnseen });
    expect(told).toEqual([notes, notes]);
  });

  it("fills gaps with the value of the training rows and says so in the _na column", async () => {
    const got = await outputs(echo().model, [{ Shop: "", Weekday: 1, Distance: null }]);
    expectClose(got, [112 + z(11.5)], F32_OF_HUNDREDS);
  });

  it("refuses a gap where training had none, or fills it with the mean when told to", async () => {
    const { small, engine } = echo();
    const preprocessing = {
      ...small.preprocessing,
      fillMissing: {},
      addNaColumns: false,
      target: { task: "regression", names: ["Sales"], log: false } as const,
    };
    const model = new TabularModel(small.config, preprocessing, engine, saveLater);
    const rows = [{ Shop: "", Weekday: 1, Distance: null, Distance_na: true }];
    await expect(model.predict(rows)).rejects.toThrow(DataError);
    await expect(model.predict(rows)).rejects.toThrow(
      'Column "Distance" is missing in row 0 (counted from 0)',
    );
    const [{ prediction }] = await model.predict(rows, { lenient: true });
    expectClose([prediction as number], [112], F32_OF_HUNDREDS);
  });

  it("ignores columns the model does not know, and takes them in any order", async () => {
    const { model } = echo();
    const plain = await outputs(model, [{ Shop: "", Weekday: 1, Distance: 3 }]);
    const more = [{ Sales: "?", Distance: 3, Weather: {}, Weekday: 1, Shop: "", Distance_na: 9 }];
    expect(await outputs(model, more)).toEqual(plain);
  });

  it("takes a table and gives the same as for its rows", async () => {
    const { model } = echo();
    const rows = [
      { Shop: "Zürich", Weekday: 7, Distance: 20 },
      { Shop: null, Weekday: 1, Distance: null },
    ];
    expect(await outputs(model, Table.fromRecords(rows))).toEqual(await outputs(model, rows));
  });

  it("gives nothing for no rows, without running the model", async () => {
    const { model, engine } = echo();
    expect(await model.predict([])).toEqual([]);
    expect(await model.predict(Table.fromRecords([]))).toEqual([]);
    const { rows, columns } = await model.predictTable(Table.fromRecords([]));
    expect([rows, columns.length]).toEqual([0, 1]);
    expect(engine.calls).toBe(0);
  });

  it("names row and column of a value that is not there", async () => {
    const { model } = echo();
    const rows = [
      { Shop: "", Weekday: 1, Distance: 3 },
      { Shop: "", Distance: 3 },
    ];
    await expect(model.predict(rows)).rejects.toThrow(DataError);
    await expect(model.predict(rows)).rejects.toThrow(
      'Column "Weekday", which the model was trained on, is not there in row 1 (counted from 0). ' +
        "Give every row a value for it, or null where it is unknown.",
    );
    const table = Table.fromRecords([{ shop: "", Weekday: 1, Distance: 3 }]);
    await expect(model.predict(table)).rejects.toThrow(
      'The table lacks the column "Shop", which the model was trained on. Did you mean "shop"?',
    );
    await expect(model.predictTable(table)).rejects.toThrow(DataError);
  });

  it("names row and column of a value of another type than in training", async () => {
    const predicted = echo().model.predict([{ Shop: "", Weekday: "1", Distance: 3 }]);
    await expect(predicted).rejects.toThrow(DataError);
    await expect(predicted).rejects.toThrow(
      'Column "Weekday" holds the text "1" in row 0 (counted from 0), but held numbers in',
    );
  });

  it("tells what it takes when given something else", async () => {
    const { model } = echo();
    const predict = (rows: unknown) => model.predict(rows as Record<string, unknown>[]);
    await expect(predict({ Shop: "", Weekday: 1, Distance: 3 })).rejects.toThrow(
      "predict takes a list of rows or a Table but got object. For a single row write predict([row]).",
    );
    await expect(predict(null)).rejects.toThrow("predict takes a list of rows or a Table but got null.");
    await expect(predict([{ Shop: "", Weekday: 1, Distance: 3 }, ["", 1, 3]])).rejects.toThrow(
      "Row 1 is no object. Give each row as an object of columns, { Store: 1, … }.",
    );
    await expect(predict([null])).rejects.toThrow(DataError);
  });

  it("stops before it starts when cancelled, and hands the signal to the engine", async () => {
    const { model, engine } = echo();
    const rows = [{ Shop: "", Weekday: 1, Distance: 3 }];
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(model.predict(rows, { signal })).rejects.toThrow("enough");
    expect(engine.calls).toBe(0);
    const controller = new AbortController();
    await model.predict(rows, { signal: controller.signal });
    expect(engine.signal).toBe(controller.signal);
  });
});

describe("TabularModel", () => {
  it("gives the same numbers by row and by column", async () => {
    const { model } = echo();
    const rows = [
      { Shop: "Zürich", Weekday: 7, Distance: 20 },
      { Shop: null, Weekday: 1, Distance: null },
    ];
    const { rows: count, raw, columns } = await model.predictTable(Table.fromRecords(rows));
    expect(count).toBe(2);
    expect(columns.map(({ name }) => name)).toEqual(["Sales"]);
    expect(Table.fromColumns([...columns]).toRecords()).toEqual(
      (await outputs(model, rows)).map((prediction) => ({ Sales: prediction })),
    );
    expect([...raw]).toEqual(await outputs(model, rows));
  });

  it("says where it runs and prints as PyTorch does", () => {
    const { model, small } = echo();
    expect([model.backend, model.description]).toEqual(["cpu", "an echo"]);
    expect(String(model)).toBe(modelRepr(small.config));
  });

  it("counts what training may change: weights and biases, not BatchNorm's running statistics", () => {
    const { model, small } = echo();
    const trainable = [...small.tensors].filter(([name]) => !/running_|num_batches/.test(name));
    expect(trainable.length).toBeLessThan(small.tensors.size);
    const values = trainable.reduce((sum, [, tensor]) => sum + tensor.length, 0);
    expect(model.parameterCount).toBe(values);
  });

  it("saves a file with everything in it, the training included", async () => {
    const { model, small } = echo();
    const { config, preprocessing } = model;
    const expected = { config, preprocessing, tensors: small.tensors, training: small.training };
    expect(loadModelFile(await model.save())).toEqual(expected);
    model.training = null;
    expect(loadModelFile(await model.save())).toEqual({ ...expected, training: null });
  });

  it("does not save weights of a training that diverged", async () => {
    const { model, small } = echo();
    small.tensors.get("layers.2.0.bias")![0] = Number.NaN;
    await expect(model.save()).rejects.toThrow(ModelFileError);
  });

  it("frees the engine once and refuses to work afterwards", async () => {
    const { model, engine } = echo();
    model.dispose();
    model.dispose();
    expect(engine.disposals).toBe(1);
    const predicted = model.predict([{ Shop: "", Weekday: 1, Distance: 3 }]);
    await expect(predicted).rejects.toThrow(OptionError);
    await expect(predicted).rejects.toThrow("The model was disposed; load it again with loadModel(bytes).");
    await expect(model.save()).rejects.toThrow(OptionError);
  });
});
