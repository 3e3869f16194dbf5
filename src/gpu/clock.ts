import { BufferUsage, MapMode } from "./flags.ts";
import { waitFor } from "./wait.ts";

/** Times the passes of a command encoder by the GPU's own clock. The device needs the feature "timestamp-query". */
export class GpuClock {
  readonly #device: GPUDevice;
  readonly #queries: GPUQuerySet;
  readonly #resolved: GPUBuffer;
  readonly #staging: GPUBuffer;
  readonly #passes: number;

  /** @param passes of one encoder */
  constructor(device: GPUDevice, passes: number) {
    this.#device = device;
    this.#passes = passes;
    this.#queries = device.createQuerySet({ type: "timestamp", count: 2 * passes });
    const size = 16 * passes;
    this.#resolved = device.createBuffer({ size, usage: BufferUsage.QUERY_RESOLVE | BufferUsage.COPY_SRC });
    this.#staging = device.createBuffer({ size, usage: BufferUsage.MAP_READ | BufferUsage.COPY_DST });
  }

  /** What pass `pass` must be begun with. */
  around(pass: number): GPUComputePassTimestampWrites {
    return {
      querySet: this.#queries,
      beginningOfPassWriteIndex: 2 * pass,
      endOfPassWriteIndex: 2 * pass + 1,
    };
  }

  /** Submits an encoder whose passes were begun so. @returns milliseconds of each; browsers round them, Chromium to 0.1 */
  async submit(encoder: GPUCommandEncoder): Promise<Float64Array> {
    const count = 2 * this.#passes;
    encoder.resolveQuerySet(this.#queries, 0, count, this.#resolved, 0);
    encoder.copyBufferToBuffer(this.#resolved, 0, this.#staging, 0, 8 * count);
    this.#device.queue.submit([encoder.finish()]);
    await waitFor(this.#device, this.#staging.mapAsync(MapMode.READ));
    const nanoseconds = new BigInt64Array(this.#staging.getMappedRange());
    const ms = Float64Array.from(
      { length: this.#passes },
      (_, i) => Number(nanoseconds[2 * i + 1] - nanoseconds[2 * i]) / 1e6,
    );
    this.#staging.unmap();
    return ms;
  }

  dispose(): void {
    this.#queries.destroy();
    this.#resolved.destroy();
    this.#staging.destroy();
  }
}
