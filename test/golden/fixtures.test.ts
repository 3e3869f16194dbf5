import { describe, expect, it } from "vitest";
import { blocksOf, checkConfig, embeddingWidth } from "../../src/model/config.ts";
import { batchRows, type FixtureTensors, MASK_FIXTURES, MODEL_FIXTURES, OP_FIXTURES } from "./fixtures.ts";

function expectWhole(tensors: FixtureTensors, what: string): void {
  for (const [name, { shape, values }] of Object.entries(tensors)) {
    expect(values.length, `${what} ${name}`).toBe(shape.reduce((size, n) => size * n, 1));
    expect(values.every(Number.isFinite), `${what} ${name} is finite`).toBe(true);
  }
}

/** Inputs must be the same number as a float32 and as a float64, or the f64 oracle would start elsewhere. */
function expectFloat32(values: number[], what: string): void {
  expect(
    values.filter((x) => Math.fround(x) !== x),
    `${what} beyond float32`,
  ).toEqual([]);
}

describe.each([...MODEL_FIXTURES, ...MASK_FIXTURES])("fixture $name", (fixture) => {
  const { config, data, expected, tensors } = fixture;
  const trained = Object.keys(tensors).filter((name) => !/running_|num_batches/.test(name));

  it("has a config the library accepts and data that fit it", () => {
    checkConfig(config);
    expect(data.codes.length).toBe(data.rows * config.embeddingSizes.length);
    config.embeddingSizes.forEach(([n], column) => {
      const codes = data.codes.filter((_, i) => i % config.embeddingSizes.length === column);
      expect(Math.max(...codes)).toBeLessThan(n);
      expect(Math.min(...codes), "code 0 occurs").toBe(0);
    });
    expect(data.continuous.length).toBe(data.rows * config.continuous);
    expect(data.targets.length).toBe(data.rows * (fixture.task === "classification" ? 1 : config.outputs));
    for (const values of [data.continuous, data.targets]) expectFloat32(values, "data");
  });

  it("has whole tensors, exact in float32, and a gradient for each parameter", () => {
    expectWhole(tensors, "tensors");
    expectWhole(expected.gradients, "gradients");
    expectWhole(expected.finalTensors, "finalTensors");
    for (const [name, { values }] of Object.entries(tensors)) expectFloat32(values, name);
    expect(Object.keys(expected.gradients)).toEqual(trained);
    expect(Object.keys(expected.finalTensors)).toEqual(Object.keys(tensors));
    for (const name of fixture.free) expect(Object.keys(tensors)).toContain(name);
  });

  it("has the Linear shapes and the BatchNorms of its blocks", () => {
    const matrices = Object.entries(tensors).filter(
      ([name, { shape }]) => name.startsWith("layers") && shape.length === 2,
    );
    const blocks = blocksOf(config);
    expect(matrices.map(([, { shape }]) => shape)).toEqual(
      blocks.map(({ fanIn, fanOut }) => [fanOut, fanIn]),
    );
    expect(matrices.map(([name]) => name.replace("weight", "bias") in tensors)).toEqual(
      blocks.map(({ bias }) => bias),
    );
    const norms = Object.keys(tensors).filter((name) => /^layers.*running_mean$/.test(name));
    expect(norms.length).toBe(blocks.filter(({ batchNorm }) => batchNorm).length);
  });

  it("trains: every step has a loss, a learning rate and a momentum, and the loss falls", () => {
    const { losses } = expected;
    for (const perStep of [losses, fixture.hyper.lrs, fixture.hyper.moms]) {
      expect(perStep.length).toBe(data.steps);
    }
    const mean = (values: number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;
    if (data.steps > 1) expect(mean(losses.slice(-10))).toBeLessThan(0.7 * mean(losses.slice(0, 10)));
    expect(expected.evalBefore.length).toBe(data.rows * config.outputs);
    expect(expected.evalAfter.length).toBe(data.rows * config.outputs);
    expect(expected.trainLogits.length).toBe(data.batchSize * config.outputs);
  });

  it("has masks for each dropout, if any", () => {
    const widths = [
      ...(config.embDrop ? [embeddingWidth(config)] : []),
      ...config.layers.filter((_, i) => config.ps[i]),
    ];
    expect(Object.values(fixture.masks).map((mask) => mask.length / data.batchSize)).toEqual(widths);
  });
});

describe("batchRows", () => {
  it("cycles through the rows in order", () => {
    expect([...batchRows(MODEL_FIXTURES[0], 2)]).toEqual([26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 0, 1]);
  });
});

describe("op fixtures", () => {
  it.each(Object.keys(OP_FIXTURES))("%s is whole and exact in float32", (name) => {
    const { given, expected } = OP_FIXTURES[name];
    expectWhole(given, name);
    expectWhole(expected, name);
    if (!name.startsWith("adam")) {
      for (const [key, { values }] of Object.entries(given)) expectFloat32(values, `${name} ${key}`);
    }
  });
});
