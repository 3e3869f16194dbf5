/** Counts calls of the WebGPU API, whoever makes them, by wrapping the prototypes of this page. */
export interface Calls {
  dispatches: number;
  passes: number;
  submits: number;
  copies: number;
  bindGroups: number;
  buffers: number;
  pipelines: number;
  mapAsync: number;
  writes: number;
  /** By writeBuffer, and in buffers that are created mapped. */
  bytesWritten: number;
}

const NONE: Calls = {
  dispatches: 0,
  passes: 0,
  submits: 0,
  copies: 0,
  bindGroups: 0,
  buffers: 0,
  pipelines: 0,
  mapAsync: 0,
  writes: 0,
  bytesWritten: 0,
};

let calls: Calls = { ...NONE };

/** The calls since the last time it was asked. */
export function takeCalls(): Calls {
  const taken = calls;
  calls = { ...NONE };
  return taken;
}

/** Begins to count; to be called before a library keeps the methods for itself. Counting costs time: time elsewhere. */
export function countCalls(): void {
  const count = (what: keyof Calls) => () => void calls[what]++;
  wrap(GPUComputePassEncoder.prototype, "dispatchWorkgroups", count("dispatches"));
  wrap(GPUComputePassEncoder.prototype, "dispatchWorkgroupsIndirect", count("dispatches"));
  wrap(GPUCommandEncoder.prototype, "beginComputePass", count("passes"));
  wrap(GPUCommandEncoder.prototype, "copyBufferToBuffer", count("copies"));
  wrap(GPUQueue.prototype, "submit", count("submits"));
  wrap(GPUQueue.prototype, "writeBuffer", (_buffer, _offset, data, offset = 0, size = undefined) => {
    calls.writes++;
    calls.bytesWritten += bytesOf(
      data as AllowSharedBufferSource,
      offset as number,
      size as number | undefined,
    );
  });
  wrap(GPUDevice.prototype, "createBindGroup", count("bindGroups"));
  wrap(GPUDevice.prototype, "createComputePipeline", count("pipelines"));
  wrap(GPUDevice.prototype, "createComputePipelineAsync", count("pipelines"));
  wrap(GPUDevice.prototype, "createBuffer", (descriptor) => {
    const { mappedAtCreation, size } = descriptor as GPUBufferDescriptor;
    calls.buffers++;
    if (mappedAtCreation) calls.bytesWritten += size;
  });
  wrap(GPUBuffer.prototype, "mapAsync", count("mapAsync"));
}

/** Of what writeBuffer takes: offset and size are in elements of a typed array, in bytes otherwise. */
function bytesOf(data: AllowSharedBufferSource, offset: number, size: number | undefined): number {
  const unit = "BYTES_PER_ELEMENT" in data ? (data as Float32Array).BYTES_PER_ELEMENT : 1;
  return size === undefined ? data.byteLength - offset * unit : size * unit;
}

function wrap<T extends object>(
  prototype: T,
  name: keyof T & string,
  note: (...args: unknown[]) => void,
): void {
  const original = prototype[name] as (...args: unknown[]) => unknown;
  const wrapped = function (this: unknown, ...args: unknown[]) {
    note(...args);
    return original.apply(this, args);
  };
  Object.defineProperty(prototype, name, { value: wrapped, configurable: true, writable: true });
}
