import { describe, expect, it } from "vitest";
import { randomCodes } from "../../src/doctor/random_arrays.ts";
import { OptionError } from "../../src/errors.ts";
import type { TabularModelConfig } from "../../src/model/config.ts";
import { type FoldedModel, foldModel } from "../../src/model/fold.ts";
import { initParameters } from "../../src/model/init.ts";
import type { NamedTensors } from "../../src/model/parameters.ts";
import { Random } from "../../src/random.ts";
import { MASK_FIXTURES, MODEL_FIXTURES, toNamedTensors } from "../golden/fixtures.ts";
import { type ReferenceBatch, ReferenceModel } from "../reference/model.reference.ts";
import { expectClose } from "../support/close.ts";
import { listedConfig, rossmannConfig } from "../support/model_configs.ts";
import { randomNormal } from "../support/random_arrays.ts";
import { trainedTensors } from "../support/trained_tensors.ts";

/** Runs a folded model in f64, as plainly as its types read. */
function runFolded(model: FoldedModel, { rows, codes, continuous }: ReferenceBatch): Float64Array {
  const { config, tables, embeddings, layers, yRange } = model;
  const columns = config.embeddingSizes.length;
  const outputs: number[] = [];
  for (let row = 0; row < rows; row++) {
    const code = (column: number) => codes[row * columns + column];
    let x: number[] = [
      ...embeddings.flatMap(({ column, width, weight }) => [
        ...weight.subarray(code(column) * width, (code(column) + 1) * width),
      ]),
      ...Array.from(continuous).slice(row * config.continuous, (row + 1) * config.continuous),
    ];
    layers.forEach(({ weight, bias, fanIn, fanOut, relu }, i) => {
      expect([x.length, weight.length, bias.length]).toEqual([fanIn, fanIn * fanOut, fanOut]);
      x = Array.from({ length: fanOut }, (_, o) => {
        let sum = bias[o];
        for (let k = 0; k < fanIn; k++) sum += weight[o * fanIn + k] * x[k];
        if (i === 0) for (const t of tables) sum += t.rows[code(t.column) * fanOut + o];
        return relu && sum < 0 ? 0 : sum;
      });
    });
    outputs.push(...x.map((z) => (yRange ? yRange[0] + (yRange[1] - yRange[0]) / (1 + Math.exp(-z)) : z)));
  }
  return Float64Array.from(outputs);
}

function randomBatch(config: TabularModelConfig, rows: number): ReferenceBatch {
  const random = new Random(6);
  return {
    rows,
    codes: randomCodes(random, config.embeddingSizes, rows),
    continuous: Float32Array.from(randomNormal(random, rows * config.continuous)),
  };
}

/** What the folded model may differ by: relative to the outputs, and to 1 where they are small. */
const relative = (x: number) => 1e-5 * Math.max(1, Math.abs(x));

function expectSame(config: TabularModelConfig, tensors: NamedTensors, batch: ReferenceBatch): void {
  const expected = new ReferenceModel(config, tensors).evalForward(batch);
  for (const maxTableBytes of [undefined, 0]) {
    const folded = foldModel(config, tensors, { maxTableBytes });
    expectClose(runFolded(folded, batch), expected, relative, `with maxTableBytes ${maxTableBytes}`);
  }
}

describe("foldModel", () => {
  it.each([...MODEL_FIXTURES, ...MASK_FIXTURES])("keeps PyTorch's model as it is: $name", (fixture) => {
    const { config, data, tensors, expected } = fixture;
    expectSame(config, toNamedTensors(tensors), data);
    expectSame(config, toNamedTensors(expected.finalTensors), data);
    const folded = foldModel(config, toNamedTensors(expected.finalTensors));
    expectClose(runFolded(folded, data), expected.evalAfter, relative, "PyTorch's outputs");
  });

  const shapes: Record<string, TabularModelConfig> = {
    "as listed": listedConfig(),
    y_range: listedConfig({ yRange: [-2, 8] }),
    bn_final: listedConfig({ bnFinal: true }),
    "bn_final, several outputs, y_range": listedConfig({ bnFinal: true, outputs: 3, yRange: [0, 1] }),
    "no BatchNorm": listedConfig({ useBn: false }),
    "no BatchNorm, not even bn_cont": listedConfig({ useBn: false, bnCont: false }),
    "no bn_cont": listedConfig({ bnCont: false }),
    "layout A": listedConfig({ layout: "A" }),
    "biases everywhere": listedConfig({ linearBias: true }),
    "no biases": listedConfig({ linearBias: false }),
    "no hidden layers": listedConfig({ layers: [], ps: [] }),
    "no hidden layers, bn_final": listedConfig({ layers: [], ps: [], bnFinal: true, outputs: 3 }),
    "no categories": listedConfig({ embeddingSizes: [] }),
    "no continuous columns": listedConfig({ continuous: 0 }),
    primes: listedConfig({ layers: [31, 7, 13], ps: [0, 0.1, 0], outputs: 5, continuous: 3 }),
    "a hidden layer of one": listedConfig({ layers: [1], ps: [0] }),
  };
  it.each(Object.entries(shapes))("keeps the outputs: %s", (_, config) => {
    const batch = randomBatch(config, 7);
    const tensors = trainedTensors(config);
    const outputs = new ReferenceModel(config, tensors).evalForward(batch);
    expect(Math.max(...outputs) - Math.min(...outputs)).toBeGreaterThan(0.01); // the rows differ
    expectSame(config, tensors, batch);
  });

  it("keeps the outputs of the Rossmann model, its first layer 16 inputs wide", () => {
    const config = rossmannConfig();
    const tensors = trainedTensors(config);
    const folded = foldModel(config, tensors);
    expect([folded.tables.length, folded.embeddings.length]).toEqual([24, 0]);
    expect(folded.layers.map(({ fanIn, fanOut, relu }) => [fanIn, fanOut, relu])).toEqual([
      [16, 1000, true],
      [1000, 500, true],
      [500, 1, false],
    ]);
    const batch = randomBatch(config, 3);
    expectClose(runFolded(folded, batch), new ReferenceModel(config, tensors).evalForward(batch), relative);
  });

  it("makes tables of the columns that save most per byte until the bytes are spent", () => {
    const config = listedConfig({
      embeddingSizes: [
        [100_000, 9], // too large
        [10, 4], // 0.3 multiplications a code
        [3, 2], // 0.33
        [5, 1], // a table would save nothing
        [20, 9], // 0.4
      ],
      layers: [50],
      ps: [0],
    });
    const tensors = trainedTensors(config);
    const split = (maxTableBytes?: number) => {
      const { tables, embeddings, layers } = foldModel(config, tensors, { maxTableBytes });
      expect(layers[0].fanIn).toBe(embeddings.reduce((sum, { width }) => sum + width, config.continuous));
      return [tables.map(({ column }) => column), embeddings.map(({ column }) => column)];
    };
    const bytes = (codes: number) => codes * 50 * 4;
    expect(split()).toEqual([[0, 1, 2, 4], [3]]);
    expect(split(bytes(33))).toEqual([
      [1, 2, 4],
      [0, 3],
    ]);
    expect(split(bytes(32))).toEqual([
      [2, 4],
      [0, 1, 3],
    ]);
    expect(split(bytes(20))).toEqual([[4], [0, 1, 2, 3]]);
    expect(split(bytes(20) - 1)).toEqual([
      [1, 2],
      [0, 3, 4],
    ]);
    expect(split(0)).toEqual([[], [0, 1, 2, 3, 4]]);
    const batch = randomBatch(config, 5);
    const expected = new ReferenceModel(config, tensors).evalForward(batch);
    for (const maxTableBytes of [undefined, bytes(33), bytes(20)]) {
      expectClose(runFolded(foldModel(config, tensors, { maxTableBytes }), batch), expected, relative);
    }
  });

  it("spends 64 MiB on tables unless told otherwise", () => {
    const config = (cardinality: number) =>
      listedConfig({ embeddingSizes: [[cardinality, 2]], layers: [1024], ps: [0] });
    const tables = (cardinality: number) =>
      foldModel(config(cardinality), initParameters(config(cardinality), 1)).tables.length;
    expect(tables(16384)).toBe(1);
    expect(tables(16385)).toBe(0);
  });

  it("copies: what it was given may change afterwards", () => {
    const config = listedConfig();
    const tensors = trainedTensors(config);
    const batch = randomBatch(config, 4);
    const folded = [undefined, 0].map((maxTableBytes) => foldModel(config, tensors, { maxTableBytes }));
    const before = folded.map((model) => [...runFolded(model, batch)]);
    for (const values of tensors.values()) values.fill(Number.NaN);
    expect(folded.map((model) => [...runFolded(model, batch)])).toEqual(before);
  });

  it("refuses tensors of another config", () => {
    const tensors = initParameters(listedConfig({ layers: [200, 101] }), 1);
    expect(() => foldModel(listedConfig(), tensors)).toThrow(OptionError);
    expect(() => foldModel(listedConfig(), tensors)).toThrow('Tensor "layers.1.0.weight" has 20200 values');
  });
});
