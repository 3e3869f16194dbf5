import { type Method, wrap } from "./wrap.ts";

/** Calls that cost time on every WebGPU implementation. */
export interface CallCounts {
  createBuffer: number;
  createBindGroup: number;
  /** Synchronous and asynchronous ones. */
  createComputePipeline: number;
  dispatchWorkgroups: number;
  writeBuffer: number;
  /** Submits that hold work. */
  submit: number;
  /** Submits that hold none: in Firefox, waits make it look at its GPU by them. */
  emptySubmit: number;
  /** Those of the submits that hold a compute pass; the others only copy, to read results back. */
  computeSubmits: number;
}

/** A device that counts what is asked of it, and does it. */
export interface CountingDevice {
  readonly device: GPUDevice;
  readonly counts: CallCounts;
}

export function countingDevice(real: GPUDevice): CountingDevice {
  const counts: CallCounts = {
    createBuffer: 0,
    createBindGroup: 0,
    createComputePipeline: 0,
    dispatchWorkgroups: 0,
    writeBuffer: 0,
    submit: 0,
    emptySubmit: 0,
    computeSubmits: 0,
  };
  const counted = (name: keyof CallCounts) => (original: Method) =>
    ((...args: never[]) => {
      counts[name]++;
      return original(...args);
    }) as Method;

  const computing = new WeakSet<object>(); // command buffers that hold a compute pass
  const encoder = (real: GPUCommandEncoder) => {
    let computes = false;
    return wrap(real, {
      beginComputePass:
        (original) =>
        (...args) => {
          computes = true;
          const pass = original(...args) as GPUComputePassEncoder;
          return wrap(pass, { dispatchWorkgroups: counted("dispatchWorkgroups") });
        },
      finish:
        (original) =>
        (...args) => {
          const commands = original(...args) as GPUCommandBuffer;
          if (computes) computing.add(commands);
          return commands;
        },
    });
  };
  const queue = wrap(real.queue, {
    writeBuffer: counted("writeBuffer"),
    submit: (original) => (commands: Iterable<GPUCommandBuffer>) => {
      const buffers = [...commands];
      if (buffers.length === 0) counts.emptySubmit++;
      else counts.submit++;
      if (buffers.some((buffer) => computing.has(buffer))) counts.computeSubmits++;
      return original(buffers as never);
    },
  });
  const methods = wrap(real, {
    createBuffer: counted("createBuffer"),
    createBindGroup: counted("createBindGroup"),
    createComputePipeline: counted("createComputePipeline"),
    createComputePipelineAsync: counted("createComputePipeline"),
    createCommandEncoder:
      (original) =>
      (...args) =>
        encoder(original(...args) as GPUCommandEncoder),
  });
  const device = new Proxy(methods, {
    get: (_, name) => (name === "queue" ? queue : Reflect.get(methods, name)),
  });
  return { device, counts };
}

/** What was counted since `before`. */
export function countsSince(before: CallCounts, now: CallCounts): CallCounts {
  const names = Object.keys(now) as (keyof CallCounts)[];
  return Object.fromEntries(names.map((name) => [name, now[name] - before[name]])) as unknown as CallCounts;
}
