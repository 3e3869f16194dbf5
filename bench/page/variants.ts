/** The products of a training step and of a prediction in each of their variants, by themselves, on this adapter. */

import { matrix, resident } from "../../src/gpu/buffer_spec.ts";
import type { Variant } from "../../src/gpu/kernel_source.ts";
import { groupsLength, inputBackward } from "../../src/kernels/input.ts";
import { linBnDropForwardEval } from "../../src/kernels/lin_bn_drop.ts";
import { linearBackwardWeight } from "../../src/kernels/linear.ts";
import { linearForward } from "../../src/kernels/linear_forward.ts";
import { evalStep } from "../../src/model/eval_step.ts";
import { GpuRuntime } from "../../src/scheduler/gpu_runtime.ts";
import { Recorder } from "../../src/scheduler/recorder.ts";
import type { Dispatch, Recording } from "../../src/scheduler/recording.ts";
import { median } from "../stats.ts";

export interface VariantsWork {
  readonly rows: readonly number[];
  /** [fan_in, fan_out] of the Linears. */
  readonly layers: readonly (readonly [number, number])[];
  readonly rounds: number;
  /** Milliseconds that a measurement should take. */
  readonly slice: number;
}

/** One product: GFLOP/s by variant, and the variant that a runtime without a target would run. */
export interface VariantRates {
  readonly product: string;
  readonly rates: Readonly<Record<string, number>>;
  readonly chosen: Variant;
}

export async function variants({ rows, layers, rounds, slice }: VariantsWork): Promise<VariantRates[]> {
  const runtime = await GpuRuntime.open();
  const { software } = runtime;
  const compared: Variant[] = ["narrow", "staged", ...(runtime.variant === "wide" ? ["wide" as const] : [])];
  const measured: VariantRates[] = [];
  for (const count of rows) {
    for (const layer of layers) {
      for (const [name, record] of Object.entries(PRODUCTS)) {
        const alone = (target: { variant: Variant; software: boolean }) => {
          const rec = new Recorder(name, target);
          record(rec, count, layer);
          return rec.finish();
        };
        const recordings = compared.map((variant) => asIs(alone({ variant, software })));
        const times = await race(runtime, recordings, count, { rounds, slice });
        const flops = recordings[0].dispatches[0].work?.flops ?? 0;
        const [{ variant }] = (await runtime.compile(alone(runtime))).dispatches;
        measured.push({
          product: `${name}, ${count} × ${layer.join("→")}${slicesOf(recordings[0].dispatches[0])}`,
          rates: Object.fromEntries(compared.map((one, i) => [one, flops / times[i] / 1e6])),
          chosen: variant ?? "narrow",
        });
      }
    }
  }
  runtime.dispose();
  return measured;
}

/** Without what a runtime may choose between: each is timed as it was asked for. */
function asIs(recording: Recording): Recording {
  const dispatches = recording.dispatches.map((dispatch) => ({ ...dispatch, alternatives: undefined }));
  return { ...recording, dispatches };
}

function slicesOf({ overrides }: Dispatch): string {
  return overrides.SLICES > 1 ? ` (narrow in ${overrides.SLICES} slices)` : "";
}

/** Milliseconds of one run of each, in turn. */
async function race(
  runtime: GpuRuntime,
  recordings: readonly Recording[],
  rows: number,
  { rounds, slice }: { rounds: number; slice: number },
): Promise<number[]> {
  const replays = await Promise.all(recordings.map((recording) => runtime.prepare(recording)));
  const step = evalStep(0, rows, 0);
  const times: number[][] = replays.map(() => []);
  const runs: number[] = [];
  for (const replay of replays) {
    await runtime.time(replay, 1, step); // warms up
    runs.push(Math.max(1, Math.ceil(slice / Math.max(0.05, await runtime.time(replay, 1, step)))));
  }
  for (let round = 0; round < rounds; round++) {
    for (const [i, replay] of replays.entries()) {
      times[i].push((await runtime.time(replay, runs[i], step)) / runs[i]);
    }
  }
  for (const [i, replay] of replays.entries()) {
    replay.dispose();
    for (const { buffers } of recordings[i].dispatches) {
      for (const spec of Object.values(buffers)) runtime.memory.free(spec);
    }
  }
  return times.map(median);
}

type Layer = readonly [fanIn: number, fanOut: number];

/** Every kernel with such variants, on buffers full of zeros. */
const PRODUCTS: Record<string, (rec: Recorder, rows: number, layer: Layer) => void> = {
  linear_forward: (rec, rows, [fanIn, fanOut]) => {
    const linear = { fanIn, fanOut, weight: 0, bias: weightSize(fanIn, fanOut), relu: true, yRange: null };
    linearForward(rec, linear, { params: params(fanIn, fanOut), ...inAndOut(rows, fanIn, fanOut) });
  },
  lin_bn_drop_forward_eval: (rec, rows, [fanIn, fanOut]) => {
    const bias = weightSize(fanIn, fanOut);
    const block = { fanIn, fanOut, weight: 0, bias, relu: true, batchNorm: null, dropout: 0, layer: 1 };
    const io = { params: params(fanIn, fanOut), running: resident("running", [64]) };
    const options = { eps: 1e-5, yRange: null, toOutput: false };
    linBnDropForwardEval(rec, block, { ...io, ...inAndOut(rows, fanIn, fanOut) }, options);
  },
  linear_backward_weight: (rec, rows, [fanIn, fanOut]) => {
    const { x, y: d_z } = inAndOut(rows, fanIn, fanOut);
    const linear = { fanIn, fanOut, weight: 0, bias: null };
    linearBackwardWeight(rec, linear, { d_z, x, grads: params(fanIn, fanOut) });
  },
  input_backward: (rec, rows, [fanIn, fanOut]) => {
    const { x: d_x, y: d_z } = inAndOut(rows, fanIn, fanOut);
    const io = {
      params: params(fanIn, fanOut),
      d_z,
      d_x,
      kept: matrix("kept", 1, rows, "resident"),
      first_rows: resident("first_rows", [1], 4),
      groups: resident("groups", [groupsLength(0, 0, rows)]),
    };
    const linear = { fanIn, fanOut, weight: 0, bias: null };
    inputBackward(rec, linear, io, { nCategorical: 0, embeddingRows: 0 }, { p: 0, layer: 0, dropped: 0 });
  },
};

function inAndOut(rows: number, fanIn: number, fanOut: number) {
  return { x: matrix("x", rows, fanIn, "resident"), y: matrix("y", rows, fanOut, "resident") };
}

function weightSize(fanIn: number, fanOut: number): number {
  return 4 * Math.ceil(fanIn / 4) * fanOut;
}

/** A weight, and room for a bias behind it. */
function params(fanIn: number, fanOut: number) {
  return resident("params", [weightSize(fanIn, fanOut) + 4 * Math.ceil(fanOut / 4)]);
}
