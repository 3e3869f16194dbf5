import { GpuClock } from "../gpu/clock.ts";
import { waitFor } from "../gpu/wait.ts";
import type { Replay } from "./replay.ts";
import type { StepSlots, StepValues } from "./step_slots.ts";

/** What is timed on; loaded by those who time. By the GPU's own clock where the device has one, else from submit to done. */
interface Timed {
  readonly device: GPUDevice;
  readonly slots: StepSlots;
}

/** Milliseconds of each dispatch of `count` steps, each in a pass or, without a clock, in a submit of its own. */
export async function timeDispatches(
  { device, slots }: Timed,
  replay: Replay,
  count: number,
  valuesOf: (i: number) => StepValues,
): Promise<Float64Array[]> {
  const dispatches = replay.recording.dispatches.length;
  const clock = clockOf(device, dispatches);
  try {
    const times: Float64Array[] = [];
    for (let i = 0; i < count; i++) {
      slots.write([valuesOf(i)]);
      times.push(await (clock ? byClock() : bySubmit()));
    }
    return times;
  } finally {
    clock?.dispose();
  }

  function byClock(): Promise<Float64Array> {
    const encoder = device.createCommandEncoder();
    for (let i = 0; i < dispatches; i++) {
      const pass = encoder.beginComputePass({ timestampWrites: clock!.around(i) });
      replay.encodeOne(pass, i, slots, 0);
      pass.end();
    }
    return clock!.submit(encoder);
  }

  async function bySubmit(): Promise<Float64Array> {
    const times = new Float64Array(dispatches);
    for (let i = 0; i < dispatches; i++) {
      const encoder = device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      replay.encodeOne(pass, i, slots, 0);
      pass.end();
      times[i] = await submitted(device, encoder);
    }
    return times;
  }
}

/** Milliseconds of `runs` replays of a step, in one pass. */
export async function timeRuns(
  { device, slots }: Timed,
  replay: Replay,
  runs: number,
  values: StepValues,
): Promise<number> {
  const clock = clockOf(device, 1);
  try {
    slots.write([values]);
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass(clock ? { timestampWrites: clock.around(0) } : {});
    for (let i = 0; i < runs; i++) replay.encode(pass, slots, 0);
    pass.end();
    return clock ? (await clock.submit(encoder))[0] : await submitted(device, encoder);
  } finally {
    clock?.dispose();
  }
}

function clockOf(device: GPUDevice, passes: number): GpuClock | null {
  return device.features.has("timestamp-query") ? new GpuClock(device, passes) : null;
}

async function submitted(device: GPUDevice, encoder: GPUCommandEncoder): Promise<number> {
  const started = performance.now();
  device.queue.submit([encoder.finish()]);
  await waitFor(device, device.queue.onSubmittedWorkDone());
  return performance.now() - started;
}
