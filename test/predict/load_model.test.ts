import { describe, expect, it, vi } from "vitest";
import type { PreprocessingState, TargetState } from "../../src/data/preprocessing.ts";
import { Table } from "../../src/data/table.ts";
import { TabularData } from "../../src/data/tabular_data.ts";
import { DeviceError, ModelFileError } from "../../src/errors.ts";
import { saveModelFile } from "../../src/io/save_model_file.ts";
import type { TabularModelConfig } from "../../src/model/config.ts";
import { embeddingSizesFor } from "../../src/model/embedding_sizes.ts";
import { initParameters } from "../../src/model/init.ts";
import { loadModel } from "../../src/predict/load_model.ts";
import { Random } from "../../src/random.ts";
import { MODEL_FIXTURES, type ModelFixture, toNamedTensors } from "../golden/fixtures.ts";
import { smallModel } from "../io/small_model.ts";
import { ReferenceModel } from "../reference/model.reference.ts";
import { expectClose } from "../support/close.ts";

/** Preprocessing that hands a fixture's codes and continuous values on as they are. */
function identity({ task, config }: ModelFixture): PreprocessingState {
  const names = Array.from({ length: config.outputs }, (_, i) => `y${i}`);
  const targets: Record<ModelFixture["task"], TargetState> = {
    regression: { task: "regression", names, log: false },
    classification: { task: "classification", names: ["y"], classes: names },
    multilabel: { task: "multilabel", names },
  };
  return {
    version: 1,
    recipe: "v2",
    categorical: config.embeddingSizes.map(([n], i) => {
      return {
        name: `cat${i}`,
        type: "number",
        levels: Array.from({ length: n - 1 }, (_, level) => level + 1),
      };
    }),
    continuous: Array.from({ length: config.continuous }, (_, i) => {
      return { name: `cont${i}`, mean: 0, std: 1 - 1e-7 };
    }),
    fillMissing: {},
    fillStrategy: "median",
    addNaColumns: false,
    dateParts: [],
    target: targets[task],
  };
}

/** The fixture's rows as a user would have them; code 0 is a missing category. */
function fixtureRows({ config, data }: ModelFixture): Record<string, number | null>[] {
  const categories = config.embeddingSizes.length;
  return Array.from({ length: data.rows }, (_, row) => {
    const codes = config.embeddingSizes.map((_, i) => [`cat${i}`, data.codes[row * categories + i] || null]);
    const numbers = Array.from({ length: config.continuous }, (_, i) => {
      return [`cont${i}`, data.continuous[row * config.continuous + i]];
    });
    return Object.fromEntries([...codes, ...numbers]);
  });
}

describe("loadModel, from the file to the prediction", () => {
  it.each(MODEL_FIXTURES.map((fixture) => [fixture.name, fixture] as const))(
    "gives PyTorch's outputs: %s",
    async (_, fixture) => {
      const { config, tensors, expected } = fixture;
      const preprocessing = identity(fixture);
      const file = saveModelFile({ config, preprocessing, tensors: toNamedTensors(tensors) });
      const model = await loadModel(file, { backend: "cpu" });
      const { raw } = await model.predictTable(Table.fromRecords(fixtureRows(fixture)));
      expectClose(raw, expected.evalBefore, (x) => 1e-6 * Math.max(1, Math.abs(x)), "outputs");
    },
  );

  const config = (data: TabularData, rest: Partial<TabularModelConfig> = {}): TabularModelConfig => ({
    layout: "C",
    embeddingSizes: embeddingSizesFor(
      data.cardinalities,
      data.preprocessing.categorical.map(({ name }) => name),
    ),
    continuous: data.preprocessing.continuous.length,
    outputs: data.outputs,
    layers: [20, 10],
    ps: [0.1, 0.2],
    embDrop: 0.1,
    yRange: null,
    useBn: true,
    bnFinal: false,
    bnCont: true,
    linearBias: "auto",
    bnBiasInit: 0.001,
    ...rest,
  });

  /** Shops, weekdays, dates and distances with gaps; sales are positive. */
  function shopRows(count: number): Record<string, unknown>[] {
    const random = new Random(11);
    return Array.from({ length: count }, (_, row) => ({
      Shop: row % 9 === 8 ? null : ["A", "b", "Ö", "東京"][random.below(4)],
      Weekday: 1 + random.below(7),
      Open: random.below(2) === 1,
      Date: new Date(Date.UTC(2015, 0, 1 + random.below(365))),
      Distance: row % 7 === 3 ? null : 5 + 2 * random.normal(),
      Sales: Math.exp(8 + 0.3 * random.normal()),
    }));
  }

  function shopModel(rows: Record<string, unknown>[]) {
    const data = TabularData.from(Table.fromRecords(rows), {
      categorical: ["Shop", "Weekday", "Open", "Month"],
      continuous: ["Distance", "Dayofyear"],
      dates: ["Date"],
      target: "Sales",
      logTarget: true,
    });
    const shape = config(data, { yRange: [0, 10.5] });
    const tensors = initParameters(shape, 3);
    const random = new Random(5);
    for (const [name, values] of tensors) {
      const drawn = (value: (initial: number) => number) => tensors.set(name, values.map(value));
      if (name.endsWith("running_var")) drawn(() => 0.5 + random.uniform());
      if (name.endsWith("running_mean")) drawn(() => 0.2 * random.normal());
      if (name.startsWith("embeds")) drawn((initial) => 50 * initial); // or all categories look alike
    }
    return { data, config: shape, tensors };
  }

  it("predicts what the reference model says about the rows of the training table", async () => {
    const rows = shopRows(60);
    const { data, config, tensors } = shopModel(rows);
    const { preprocessing, encoded } = data;
    const model = await loadModel(saveModelFile({ config, preprocessing, tensors }), { backend: "cpu" });
    const raw = new ReferenceModel(config, tensors).evalForward(encoded);
    expect(Math.max(...raw) - Math.min(...raw)).toBeGreaterThan(0.1); // the rows differ

    const predictions = (await model.predict(rows)) as { prediction: number; raw: number }[];
    const relative = (x: number) => 2 ** -23 * Math.abs(x);
    expectClose(
      predictions.map((p) => p.raw),
      raw,
      relative,
      "outputs",
    );
    const sales = Array.from(raw, (x) => Math.exp(x));
    expectClose(
      predictions.map((p) => p.prediction),
      sales,
      (x) => 2 ** -23 * 10.5 * x,
      "sales",
    );
  });

  it("gives a row the same prediction alone, in a batch and in a table", async () => {
    const rows = shopRows(40);
    const { data, config, tensors } = shopModel(rows);
    const { preprocessing } = data;
    const model = await loadModel(saveModelFile({ config, preprocessing, tensors }), { backend: "cpu" });
    const batch = await model.predict(rows);
    const alone = await Promise.all(rows.map(async (row) => (await model.predict([row]))[0]));
    expect(alone).toEqual(batch);
    expect(await model.predict(Table.fromRecords(rows))).toEqual(batch);
    const unseen = await model.predict([{ ...rows[0], Shop: "closed" }]);
    expect(unseen).toEqual(await model.predict([{ ...rows[0], Shop: null }]));
  });

  it("survives being saved again, byte for byte", async () => {
    const file = saveModelFile(smallModel());
    const model = await loadModel(file, { backend: "cpu" });
    expect(model.training).toEqual(smallModel().training);
    expect(await model.save()).toEqual(file);
  });

  it("classifies, with the labels' own types", async () => {
    const rows = shopRows(50);
    const data = TabularData.from(Table.fromRecords(rows), {
      categorical: ["Shop", "Weekday"],
      continuous: ["Distance"],
      target: "Open",
    });
    const shape = config(data, { layout: "A", bnBiasInit: 0 });
    const tensors = initParameters(shape, 1);
    const file = saveModelFile({ config: shape, preprocessing: data.preprocessing, tensors });
    const model = await loadModel(file, { backend: "cpu" });
    const predictions = (await model.predict(rows)) as {
      prediction: boolean;
      probabilities: Record<string, number>;
    }[];
    const logits = new ReferenceModel(shape, tensors).evalForward(data.encoded);
    predictions.forEach(({ prediction, probabilities }, row) => {
      const [no, yes] = [logits[2 * row], logits[2 * row + 1]];
      expect(prediction).toBe(yes > no);
      expectClose([probabilities.true], [1 / (1 + Math.exp(no - yes))], 1e-6);
      expectClose([probabilities.false + probabilities.true], [1], 1e-15);
    });
  });
});

describe("loadModel's backends", () => {
  const file = saveModelFile(smallModel());
  const row = { Shop: "東京", Weekday: 7, Distance: 20 };

  it("runs on the CPU when told to, and says so", async () => {
    const model = await loadModel(file, { backend: "cpu" });
    expect([model.backend, model.description]).toEqual(["cpu", "f32 on the CPU (WebAssembly SIMD)"]);
  });

  // Node has no navigator.gpu.
  it("falls back to the CPU where there is no WebGPU, and gives the reason", async () => {
    const reasons: string[] = [];
    const model = await loadModel(file, { onFallback: (reason) => reasons.push(reason) });
    expect(model.backend).toBe("cpu");
    expect(reasons).toHaveLength(1);
    expect(reasons[0]).toContain("WebGPU");
    expect(await model.predict([row])).toEqual(
      await (await loadModel(file, { backend: "cpu" })).predict([row]),
    );
  });

  it("opens no GPU before a prediction, and none for a software adapter: calls stay where they are quicker", async () => {
    const info = { vendor: "google", architecture: "swiftshader", device: "", description: "" };
    const asked: string[] = [];
    const adapter = { info, requestDevice: () => asked.push("device") };
    const gpu = {
      requestAdapter: async () => {
        asked.push("adapter");
        return adapter;
      },
    } as unknown as GPU;
    const reasons: string[] = [];
    const big = saveModelFile(smallModel({ layers: [700, 900] }));
    const model = await loadModel(big, { gpu, onFallback: (reason) => reasons.push(reason) });
    expect(await model.predict([row])).toHaveLength(1);
    expect([asked, reasons]).toEqual([[], []]);
    expect(model.plan).toBe("f32 on the CPU (WebAssembly SIMD), until calls are large enough to try a GPU");
    const rows = Array.from({ length: 20_000 }, () => row); // some 10^10 multiplications
    const predictions = await model.predict(rows);
    expect(predictions).toHaveLength(20_000);
    await vi.waitFor(() => expect(reasons).toHaveLength(1), 20_000); // it is looked for behind the answers
    expect([asked, model.backend]).toEqual([["adapter"], "cpu"]);
    expect(reasons[0]).toContain("google · swiftshader (software: no GPU is used)");
    expect(model.plan).toBe(`f32 on the CPU (WebAssembly SIMD): ${reasons[0]}`);
  }, 30_000);

  it("does not fall back when told to use WebGPU", async () => {
    await expect(loadModel(file, { backend: "webgpu" })).rejects.toThrow(DeviceError);
  });

  it("reads the file before it looks for a device", async () => {
    const loaded = loadModel(file.subarray(0, 1000), { backend: "webgpu" });
    await expect(loaded).rejects.toThrow(ModelFileError);
  });
});
