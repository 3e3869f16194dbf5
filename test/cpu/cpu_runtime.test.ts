import { describe, expect, it, vi } from "vitest";
import { CpuRuntime } from "../../src/cpu/cpu_runtime.ts";
import { InternalError, OptionError } from "../../src/errors.ts";
import { type BufferSpec, matrix, resident } from "../../src/gpu/buffer_spec.ts";
import { linBnDropForwardEval } from "../../src/kernels/lin_bn_drop.ts";
import { Recorder } from "../../src/scheduler/recorder.ts";
import { stepOf } from "../../src/scheduler/step_of.ts";
import { recordAdam } from "../support/adam_alone.ts";

const COUNT = 64;

/** Plain descent as an Adam whose moments forget at once: every step takes lr · sign(gradient) off, gradients being 1. */
async function descent(runtime: CpuRuntime) {
  const spec = (label: string) => resident(label, [COUNT]);
  const io = {
    params: spec("params"),
    grads: spec("grads"),
    moments1: spec("moments1"),
    moments2: spec("moments2"),
  };
  runtime.memory.upload(io.grads, new Float32Array(COUNT).fill(1));
  const rec = new Recorder("descent");
  recordAdam(rec, io, 0);
  const step = (lr: number) => stepOf({ rows: 1, lr, eps: 0 });
  return { replay: await runtime.prepare(rec.finish()), params: io.params, step };
}

describe("CpuRuntime", () => {
  it("replays once per step, with each step's own values", async () => {
    const runtime = new CpuRuntime();
    const { replay, params, step } = await descent(runtime);
    await runtime.replay(replay, 3, (i) => step(2 ** i));
    expect(await runtime.read(params, 2)).toEqual(Float32Array.of(-7, -7));
  });

  it("reads step and dims in single precision, as uniforms are", async () => {
    const runtime = new CpuRuntime();
    const { replay, params, step } = await descent(runtime);
    runtime.memory.upload(params, Float32Array.of(0.1));
    await runtime.replay(replay, 1, () => step(0.1));
    expect((await runtime.read(params, 1))[0]).toBe(0); // 1.5e-9 if lr were the double 0.1

    const arena = resident("params", [128]);
    const x = matrix("x", 1, 1, "resident");
    const y = matrix("y", 1, 1, "resident");
    const block = {
      fanIn: 1,
      fanOut: 1,
      weight: 0,
      bias: null,
      relu: false,
      batchNorm: null,
      dropout: 0,
      layer: 1,
    };
    const rec = new Recorder("middle of a range");
    linBnDropForwardEval(
      rec,
      block,
      { params: arena, running: resident("running", [64]), x, y },
      { eps: 1e-5, yRange: [-0.1, 0.1 + 1e-9], toOutput: false },
    );
    await runtime.replay(await runtime.prepare(rec.finish()), 1, () => stepOf({ rows: 1 }));
    expect((await runtime.read(y, 1))[0]).toBe(0); // 5e-10 if the range were double
  });

  it("tells of the steps it did, and does none beyond what it told when it is aborted", async () => {
    const runtime = new CpuRuntime();
    const { replay, params, step } = await descent(runtime);
    const controller = new AbortController();
    const told: number[] = [];
    const onDone = (done: number) => {
      told.push(done);
      if (told.length === 3) controller.abort(new Error("enough"));
    };
    const clock = vi.spyOn(performance, "now").mockReturnValue(0); // no pause is ever due
    try {
      const run = runtime.replay(replay, 1000, () => step(1), { onDone, signal: controller.signal });
      await expect(run).rejects.toThrow("enough");
    } finally {
      clock.mockRestore();
    }
    expect(told).toEqual([64, 128, 192]);
    expect((await runtime.read(params, 1))[0]).toBe(-192);
    await runtime.replay(replay, 10, () => step(1), { onDone: (done) => void told.push(done) });
    expect(told.at(-1)).toBe(10);
  });

  it("lets timers run between steps, also across replays that are short", async () => {
    let now = 0;
    const clock = vi.spyOn(performance, "now").mockImplementation(() => now);
    try {
      const runtime = new CpuRuntime();
      const { replay, step } = await descent(runtime);
      let timerRan = false;
      setTimeout(() => {
        timerRan = true;
      });
      const valuesOf = () => {
        now += 1; // a step takes a millisecond
        return step(1);
      };
      for (let i = 0; i < 20_000 && !timerRan; i++) await runtime.replay(replay, 5, valuesOf);
      expect(timerRan).toBe(true);

      const told = [0];
      await runtime.replay(replay, 100, valuesOf, { onDone: (done) => void told.push(done) });
      expect(told.at(-1)).toBe(100);
      for (let i = 1; i < told.length; i++) expect(told[i] - told[i - 1]).toBeLessThanOrEqual(16);
    } finally {
      clock.mockRestore();
    }
  });

  it("gives transient buffers memory of their own or shared, never that of one still needed", async () => {
    const runtime = new CpuRuntime();
    const rec = new Recorder("chain");
    const params = resident("params", [128]);
    const running = resident("running", [64]);
    runtime.memory.upload(params, Float32Array.of(2));
    const block = {
      fanIn: 1,
      fanOut: 1,
      weight: 0,
      bias: null,
      relu: false,
      batchNorm: null,
      dropout: 0,
      layer: 1,
    };
    let x: BufferSpec = matrix("x", 1, 1, "resident");
    runtime.memory.upload(x, Float32Array.of(3));
    const last = matrix("last", 1, 1, "resident");
    for (const i of [1, 2, 3, 4]) {
      const y = i === 4 ? last : matrix(`y${i}`, 1, 1, "transient");
      linBnDropForwardEval(rec, block, { params, running, x, y }, { eps: 1, yRange: null, toOutput: false });
      x = y;
    }
    await runtime.replay(await runtime.prepare(rec.finish()), 1, () => stepOf({ rows: 1 }));
    expect((await runtime.read(last, 1))[0]).toBe(3 * 2 ** 4);
  });

  it("keeps the bits of what is uploaded, frees to zeros, and refuses what lies beyond a buffer", async () => {
    const runtime = new CpuRuntime();
    const spec = resident("some", [8]);
    runtime.memory.upload(spec, Uint32Array.of(0x3f800000, 0x40490fdb), 6);
    expect(await runtime.read(spec, 2, 6)).toEqual(Float32Array.of(1, Math.fround(Math.PI)));
    const copy = await runtime.reader(spec).read();
    copy[6] = 5;
    expect((await runtime.reader(spec).read())[6]).toBe(1);
    expect(() => runtime.memory.upload(spec, new Float32Array(3), 6)).toThrow(InternalError);
    await expect(runtime.read(spec, 3, 6)).rejects.toThrow(InternalError);
    runtime.memory.free(spec);
    expect(await runtime.read(spec, 8)).toEqual(new Float32Array(8));
  });

  it("refuses to replay what was disposed", async () => {
    const runtime = new CpuRuntime();
    const { replay, step } = await descent(runtime);
    replay.dispose();
    await expect(runtime.replay(replay, 1, () => step(1))).rejects.toThrow(OptionError);
  });

  it("tells every dispatch that is ready", async () => {
    const told: [number, number][] = [];
    const rec = new Recorder("two");
    const spec = (label: string) => resident(label, [COUNT]);
    for (const _ of [1, 2]) {
      recordAdam(rec, { params: spec("p"), grads: spec("g"), moments1: spec("m"), moments2: spec("v") }, 0);
    }
    await new CpuRuntime().prepare(rec.finish(), (done, total) => told.push([done, total]));
    expect(told).toEqual([
      [1, 2],
      [2, 2],
    ]);
  });
});
