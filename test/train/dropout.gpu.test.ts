import { beforeAll, describe, expect, it } from "vitest";
import { type DropoutKey, keepDecisions } from "../../src/cpu/ops/dropout_bits.ts";
import { denseRows } from "../../src/cpu/twins/layout.ts";
import { CaseArena } from "../../src/doctor/case_arena.ts";
import { CaseBuffers } from "../../src/doctor/kernel_case.ts";
import { linBnDropBackward, linBnDropForwardTrain } from "../../src/kernels/lin_bn_drop.ts";
import type { Recorder } from "../../src/scheduler/recorder.ts";
import { stepOf } from "../../src/scheduler/step_of.ts";
import { floatsAfter } from "../support/kernel_harness.ts";

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
  const arena = new CaseArena();
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
  const step = stepOf({ rows: ROWS, number, seed });
  const values = async (record: (rec: Recorder, buffers: CaseBuffers) => void, output: string) => {
    const buffers = new CaseBuffers();
    const kernelCase = buffers.case(
      `p ${p}`,
      (rec) => record(rec, buffers),
      step,
      () => ({}),
    );
    return Float32Array.from(denseRows((await floatsAfter(kernelCase))[output], 0, ROWS, WIDTH));
  };
  const forward = await values((rec, buffers) => {
    const io = {
      params: buffers.input("params", arena.floats),
      running: buffers.output("running", [64]),
      x: buffers.inputMatrix("x", ROWS, 1, new Float32Array(ROWS)),
      r: buffers.outputMatrix("r", ROWS, WIDTH),
      y: buffers.outputMatrix("y", ROWS, WIDTH),
      saved: buffers.outputMatrix("saved", 2, WIDTH),
    };
    linBnDropForwardTrain(rec, block, io, { eps: 1e-5, momentum: 0.1 });
  }, "y");
  const backward = await values((rec, buffers) => {
    const io = {
      params: buffers.input("params", arena.floats),
      d_z: buffers.inputMatrix("d_z", ROWS, WIDTH, ones),
      r: buffers.inputMatrix("r", ROWS, WIDTH, ones),
      saved: buffers.outputMatrix("saved", 2, WIDTH),
      d_r: buffers.outputMatrix("d_r", ROWS, WIDTH),
      grads: buffers.output("grads", [64]),
    };
    linBnDropBackward(rec, block, null, io);
  }, "d_r");
  return { forward, backward };
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
