import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { randomCodes, randomFloats } from "../../src/doctor/random_arrays.ts";
import { OptionError } from "../../src/errors.ts";
import type { TabularModelConfig } from "../../src/model/config.ts";
import { type GpuInferenceEngine, gpuInferenceEngine } from "../../src/model/gpu_inference.ts";
import { initParameters } from "../../src/model/init.ts";
import type { TableRows } from "../../src/model/resident_table.ts";
import { Random } from "../../src/random.ts";
import { ReferenceModel } from "../reference/model.reference.ts";
import { expectClose } from "../support/close.ts";
import { type CountingDevice, countingDevice, countsSince } from "../support/counting_device.ts";
import { sharedDevice } from "../support/gpu.ts";
import { listedConfig, rossmannConfig } from "../support/model_configs.ts";
import { trainedTensors } from "../support/trained_tensors.ts";

function tableOf(config: TabularModelConfig, rows: number): TableRows {
  const random = new Random(8);
  const codes = randomCodes(random, config.embeddingSizes, rows);
  return { rows, codes, continuous: randomFloats(random, rows * config.continuous), targets: null };
}

/** Rows `start` … of a table. */
function part(config: TabularModelConfig, { codes, continuous }: TableRows, start: number, rows: number) {
  const columns = config.embeddingSizes.length;
  return {
    rows,
    codes: codes.slice(start * columns, (start + rows) * columns),
    continuous: continuous.slice(start * config.continuous, (start + rows) * config.continuous),
    targets: null,
  };
}

/** What the folded model may differ by: relative to the outputs, and to 1 where they are small. */
const relative = (x: number) => 1e-5 * Math.max(1, Math.abs(x));

/** The engine's outputs, at several sizes of call, are those of the unfolded model in f64. */
async function checkModel(config: TabularModelConfig, rows: readonly number[]): Promise<void> {
  const tensors = trainedTensors(config);
  const engine = await gpuInferenceEngine(config, tensors, { device: await sharedDevice() });
  try {
    const table = tableOf(config, Math.max(...rows));
    const expected = new ReferenceModel(config, tensors).evalForward(table);
    for (const n of rows) {
      const outputs = await engine.forward(part(config, table, 0, n));
      expectClose(outputs, expected.slice(0, n * config.outputs), relative, `${n} rows`);
    }
  } finally {
    engine.dispose();
  }
}

describe("GpuInferenceEngine", () => {
  const shapes: Record<string, TabularModelConfig> = {
    "as listed": listedConfig(),
    "y_range, layout A": listedConfig({ yRange: [-2, 8], layout: "A" }),
    "bn_final, several outputs": listedConfig({ bnFinal: true, outputs: 3 }),
    "no BatchNorm": listedConfig({ useBn: false, bnCont: false }),
    "no hidden layers": listedConfig({ layers: [], ps: [], bnFinal: true, outputs: 3, yRange: [0, 1] }),
    "no categories": listedConfig({ embeddingSizes: [] }),
    "no continuous columns": listedConfig({ continuous: 0 }),
    primes: listedConfig({ layers: [31, 7, 13], ps: [0, 0, 0], outputs: 5, continuous: 3 }),
    "a wide head": listedConfig({ layers: [9], ps: [0], outputs: 67 }),
    "columns that stay embeddings": listedConfig({
      embeddingSizes: [
        [90_000, 3], // too large a table
        [5, 4],
        [7, 1], // too narrow for one
        [300, 2],
      ],
    }),
  };
  it.each(Object.entries(shapes))("predicts what the unfolded model does: %s", async (_, config) => {
    await checkModel(config, [1, 2, 3, 64, 65, 130]);
  });

  it("predicts the Rossmann model, table by table", async () => {
    await checkModel(rossmannConfig(), [1, 9, 1025]);
  });

  it("gives a row the same bits alone and among others", async () => {
    const config = rossmannConfig({ layers: [100, 50] });
    const options = { device: await sharedDevice() };
    const engine = await gpuInferenceEngine(config, trainedTensors(config), options);
    const table = tableOf(config, 1100);
    const all = await engine.forward(table);
    for (const [start, rows] of [
      [0, 1],
      [1099, 1],
      [17, 2],
      [100, 50],
      [512, 588],
    ]) {
      const some = await engine.forward(part(config, table, start, rows));
      expect([...some]).toEqual([...all.subarray(start, start + rows)]);
    }
    engine.dispose();
  });

  it("predicts with the weights it was given last, and gives them back unfolded", async () => {
    const config = listedConfig();
    const table = tableOf(config, 5);
    const [before, after] = [trainedTensors(config, 1), trainedTensors(config, 2)];
    const engine = await gpuInferenceEngine(config, before, { device: await sharedDevice() });
    await engine.forward(table);
    engine.load(after);
    expectClose(await engine.forward(table), new ReferenceModel(config, after).evalForward(table), relative);
    const kept = await engine.tensors();
    expect([...kept.keys()]).toEqual([...after.keys()]);
    for (const [name, values] of kept) expect([...values]).toEqual([...after.get(name)!]);
    engine.dispose();
  });

  it("refuses weights of another model, and to work once it was disposed", async () => {
    const config = listedConfig();
    const options = { device: await sharedDevice() };
    const others = initParameters(listedConfig({ layers: [7], ps: [0] }), 1);
    await expect(gpuInferenceEngine(config, others, options)).rejects.toThrow(OptionError);
    const engine = await gpuInferenceEngine(config, trainedTensors(config), options);
    const table = tableOf(config, 4000);
    await engine.forward(part(config, table, 0, 1));
    const underWay = engine.forward(table);
    engine.dispose();
    engine.dispose();
    await expect(underWay).rejects.toThrow("The engine was disposed");
    await expect(engine.forward(table)).rejects.toThrow(OptionError);
    expect(() => engine.load(trainedTensors(config))).toThrow(OptionError);
  });
});

describe("a prediction's calls of WebGPU", () => {
  const config = rossmannConfig({ layers: [200, 100] });
  const SIZES = [1, 50, 1000, 5000];
  let counting: CountingDevice;
  let engine: GpuInferenceEngine;
  beforeAll(async () => {
    counting = countingDevice(await sharedDevice());
    engine = await gpuInferenceEngine(config, trainedTensors(config), { device: counting.device });
    for (const rows of SIZES) await engine.forward(tableOf(config, rows)); // all pipelines compile
  });
  afterAll(() => engine?.dispose());

  it.each([1, 2, 50, 1000])("%i rows: one submit and nothing new after the first", async (rows) => {
    const table = tableOf(config, rows);
    const first = await engine.forward(table);
    const before = { ...counting.counts };
    const second = await engine.forward(table);
    const { writeBuffer, emptySubmit: _, ...made } = countsSince(before, counting.counts);
    expect(made).toEqual({
      createBuffer: 0,
      createBindGroup: 0,
      createComputePipeline: 0,
      dispatchWorkgroups: 3,
      submit: 1,
      computeSubmits: 1,
    });
    expect(writeBuffer).toBe(3); // codes, continuous columns, the step
    expect([...second]).toEqual([...first]);
  });

  it("compiles at most 6 pipelines in all", () => {
    expect(counting.counts.createComputePipeline).toBeGreaterThan(2);
    expect(counting.counts.createComputePipeline).toBeLessThanOrEqual(6);
  });

  it("a long one: a submit per batch, the next ones under way before the first is back", async () => {
    const table = tableOf(config, 5 * 1024 + 1);
    const { counts } = counting;
    const before = { ...counts };
    let submittedAtFirstTurn = 0;
    const running = engine.forward(table);
    setTimeout(() => {
      submittedAtFirstTurn = counts.computeSubmits - before.computeSubmits;
    }, 0);
    await running;
    const made = countsSince(before, counts);
    const batches = engine.describe(1024) === engine.describe(5000) ? 6 : 1; // a GPU takes them all at once
    expect(made.computeSubmits).toBe(batches);
    expect([made.createBuffer, made.createBindGroup, made.createComputePipeline]).toEqual([0, 0, 0]);
    expect(submittedAtFirstTurn).toBe(Math.min(batches, 3));
  });

  it("stops between batches when it is cancelled, and predicts again afterwards", async () => {
    const table = tableOf(config, 20 * 1024);
    const before = { ...counting.counts };
    const controller = new AbortController();
    const running = engine.forward(table, { signal: controller.signal });
    setTimeout(() => controller.abort(new Error("enough")), 0);
    await expect(running).rejects.toThrow("enough");
    expect(countsSince(before, counting.counts).computeSubmits).toBeLessThan(20);
    const one = part(config, table, 7, 1);
    expectClose(
      await engine.forward(one),
      new ReferenceModel(config, trainedTensors(config)).evalForward(one),
      relative,
    );
    await expect(engine.forward(one, { signal: AbortSignal.abort(new Error("no")) })).rejects.toThrow("no");
  });
});
