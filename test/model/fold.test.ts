import { describe, expect, it } from "vitest";
import { randomCodes } from "../../src/doctor/random_arrays.ts";
import { OptionError } from "../../src/errors.ts";
import type { TabularModelConfig } from "../../src/model/config.ts";
import { columnsWithTables, type FoldedModel, foldModel, MAX_TABLE_BYTES } from "../../src/model/fold.ts";
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
  const { config, embeddings, layers, yRange } = model;
  const outputs: number[] = [];
  for (let row = 0; row < rows; row++) {
    let x: number[] = [
      ...embeddings.flatMap(({ column, cardinality, width, weight }) => {
        expect(weight.length).toBe(cardinality * width);
        const code = codes[row * embeddings.length + column];
        return [...weight.subarray(code * width, (code + 1) * width)];
      }),
      ...Array.from(continuous).slice(row * config.continuous, (row + 1) * config.continuous),
    ];
    for (const { weight, bias, fanIn, fanOut, relu } of layers) {
      expect([x.length, weight.length, bias.length]).toEqual([fanIn, fanIn * fanOut, fanOut]);
      x = Array.from({ length: fanOut }, (_, o) => {
        let sum = bias[o];
        for (let k = 0; k < fanIn; k++) sum += weight[o * fanIn + k] * x[k];
        return relu && sum < 0 ? 0 : sum;
      });
    }
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
  expectClose(runFolded(foldModel(config, tensors), batch), expected, relative);
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

  it("keeps the outputs of the Rossmann model", () => {
    const config = rossmannConfig();
    const tensors = trainedTensors(config);
    const { layers } = foldModel(config, tensors);
    expect(layers.map(({ fanIn, fanOut, relu }) => [fanIn, fanOut, relu])).toEqual([
      [233, 1000, true],
      [1000, 500, true],
      [500, 1, false],
    ]);
    expectSame(config, tensors, randomBatch(config, 3));
  });

  it("refuses tensors of another config", () => {
    const tensors = initParameters(listedConfig({ layers: [200, 101] }), 1);
    expect(() => foldModel(listedConfig(), tensors)).toThrow(OptionError);
    expect(() => foldModel(listedConfig(), tensors)).toThrow('Tensor "layers.1.0.weight" has 20200 values');
  });
});

describe("columnsWithTables", () => {
  it("takes the columns that save most per byte until the bytes are spent", () => {
    const config = listedConfig({
      embeddingSizes: [
        [100_000, 9], // too large for the rest
        [10, 4], // 0.3 multiplications a code
        [3, 2], // 0.33
        [5, 1], // a table would save nothing
        [20, 9], // 0.4
      ],
      layers: [50],
      ps: [0],
    });
    const columns = (codes: number) => [...columnsWithTables(config, codes * 50 * 4)];
    expect(columns(200_000)).toEqual([0, 1, 2, 4]);
    expect(columns(33)).toEqual([1, 2, 4]);
    expect(columns(32)).toEqual([2, 4]);
    expect(columns(20)).toEqual([4]);
    expect(columns(19.9)).toEqual([1, 2]);
    expect(columns(0)).toEqual([]);
  });

  it("counts rows as wide as the first layer, or as the head where there is no other", () => {
    const config = (layers: number[]) =>
      listedConfig({ embeddingSizes: [[10, 2]], layers, ps: layers.map(() => 0), outputs: 3 });
    expect(columnsWithTables(config([1024]), 10 * 1024 * 4).size).toBe(1);
    expect(columnsWithTables(config([1024]), 10 * 1024 * 4 - 1).size).toBe(0);
    expect(columnsWithTables(config([]), 10 * 3 * 4).size).toBe(1);
    expect(columnsWithTables(config([]), 10 * 3 * 4 - 1).size).toBe(0);
  });

  it("finds nothing in a model without categories, and all columns of the Rossmann model", () => {
    expect(columnsWithTables(listedConfig({ embeddingSizes: [] }), MAX_TABLE_BYTES).size).toBe(0);
    expect(columnsWithTables(rossmannConfig(), MAX_TABLE_BYTES).size).toBe(24);
  });
});
