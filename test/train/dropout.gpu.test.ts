import { beforeAll, describe, expect, it } from "vitest";
import { type DropoutKey, keepDecisions } from "../../src/cpu/ops/dropout_bits.ts";
import { linBnDropBackward, linBnDropForwardTrain } from "../../src/kernels/lin_bn_drop.ts";
import { stepOf, withKernel } from "../support/kernel_harness.ts";
import { TestArena } from "../support/test_arena.ts";

const ROWS = 96;
const WIDTH = 170;
const ELEMENTS = ROWS * WIDTH;

/** Five standard deviations of a binomial count: what a fair coin of that kind leaves about once in two million draws. */
const fiveSigma = (n: number, p: number) => 5 * Math.sqrt(n * p * (1 - p));

/**
 * What dropout multiplies by, read off the kernels: a block whose Linear gives 1 everywhere, without ReLU and BatchNorm,
 * and the gradient 1 sent back through it.
 */
async function factors(p: number, { layer, number, seed }: DropoutKey) {
  const arena = new TestArena();
  const block = {
    fanIn: 1,
    fanOut: WIDTH,
    weight: arena.matrix(new Float32Array(WIDTH), 1),
    bias: arena.vector(new Float32Array(WIDTH).fill(1)),
    relu: false,
    batchNorm: null,
    dropout: p,
    layer,
  };
  const ones = new Float32Array(ELEMENTS).fill(1);
  return withKernel(async (run) => {
    const params = run.input("params", arena.floats);
    const forward = {
      params,
      running: run.output("running", [64]),
      x: run.inputMatrix("x", ROWS, 1, new Float32Array(ROWS)),
      r: run.outputMatrix("r", ROWS, WIDTH),
      y: run.outputMatrix("y", ROWS, WIDTH),
      saved: run.outputMatrix("saved", 2, WIDTH),
    };
    const backward = {
      params,
      d_z: run.inputMatrix("d_z", ROWS, WIDTH, ones),
      r: run.inputMatrix("r given", ROWS, WIDTH, ones),
      saved: run.outputMatrix("saved unused", 2, WIDTH),
      d_r: run.outputMatrix("d_r", ROWS, WIDTH),
      grads: run.output("grads", [64]),
    };
    const step = stepOf({ rows: ROWS, number, seed });
    await run.run((rec) => {
      linBnDropForwardTrain(rec, block, forward, { eps: 1e-5, momentum: 0.1 });
      linBnDropBackward(rec, block, null, backward);
    }, step);
    return { forward: await run.rows(forward.y, ROWS), backward: await run.rows(backward.d_r, ROWS) };
  });
}

const kept = (values: Float32Array) => values.reduce((count, v) => count + Number(v !== 0), 0);

describe("dropout", () => {
  const key = { layer: 1, number: 0, seed: 42 };
  let half: Float32Array;
  beforeAll(async () => {
    half = (await factors(0.5, key)).forward;
  });

  for (const p of [0.001, 0.01, 0.04, 0.1, 0.5, 0.9]) {
    it(`keeps 1 − ${p} of the elements, within binomial bounds, scaled by 1 / (1 − p)`, async () => {
      for (const layer of [1, 2, 7]) {
        const { forward } = await factors(p, { ...key, layer });
        const bound = fiveSigma(ELEMENTS, p);
        expect(Math.abs(kept(forward) - (1 - p) * ELEMENTS), `layer ${layer}`).toBeLessThanOrEqual(bound);
        expect(new Set(forward)).toEqual(new Set([0, Math.fround(1 / (1 - p))]));
      }
    });
  }

  it("drops nothing where p is 0", async () => {
    expect(kept((await factors(0, key)).forward)).toBe(ELEMENTS);
  });

  it("multiplies the gradient by what it multiplied the values by", async () => {
    for (const p of [0.04, 0.5]) {
      const { forward, backward } = await factors(p, { ...key, number: 3 });
      expect(backward).toEqual(forward);
    }
  });

  it("decides as its twin on the CPU does, bit for bit", async () => {
    for (const other of [key, { layer: 3, number: 0xfffffffe, seed: 0xdeadbeef }]) {
      const { forward } = await factors(0.3, other);
      expect(Uint8Array.from(forward, (v) => Number(v !== 0))).toEqual(
        keepDecisions(ROWS, WIDTH, 0.3, other),
      );
    }
  });

  it("decides the same again for the same seed, step and layer", async () => {
    expect((await factors(0.5, key)).forward).toEqual(half);
  });

  it("decides independently in another step, layer or with another seed", async () => {
    const others = [
      { ...key, number: 1 },
      { ...key, number: 2 },
      { ...key, layer: 2 },
      { ...key, seed: 43 },
      { layer: 2, number: 1, seed: 41 },
    ];
    for (const other of others) {
      const { forward } = await factors(0.5, other);
      const agree = forward.reduce((count, v, i) => count + Number(v === half[i]), 0);
      expect(Math.abs(agree - ELEMENTS / 2), JSON.stringify(other)).toBeLessThanOrEqual(
        fiveSigma(ELEMENTS, 0.5),
      );
    }
  });

  it("decides neighbours independently: along a row, down a column, across groups of four", () => {
    for (const lag of [1, 2, 3, 4, WIDTH, 4 * WIDTH]) {
      let agree = 0;
      for (let i = 0; i + lag < ELEMENTS; i++) agree += Number(half[i] === half[i + lag]);
      const pairs = ELEMENTS - lag;
      expect(Math.abs(agree - pairs / 2), `lag ${lag}`).toBeLessThanOrEqual(fiveSigma(pairs, 0.5));
    }
  });
});
