import { DeviceError, InternalError } from "../errors.ts";
import type { BufferSpec } from "./buffer_spec.ts";
import { BufferUsage, MapMode } from "./flags.ts";
import { waitFor } from "./wait.ts";

/** The GPU memory behind buffer specs: allocates each once, fills and reads it, frees all at the end. */
export class DeviceMemory {
  readonly device: GPUDevice;
  readonly #buffers = new Map<BufferSpec, GPUBuffer>();

  constructor(device: GPUDevice) {
    this.device = device;
  }

  /**
   * The buffer behind a spec, allocated (zeroed) at first use.
   * @throws {DeviceError} where it is larger than the device allows
   */
  buffer(spec: BufferSpec): GPUBuffer {
    let buffer = this.#buffers.get(spec);
    if (!buffer) {
      buffer = this.allocate(spec.label, spec.bytes);
      this.#buffers.set(spec, buffer);
    }
    return buffer;
  }

  /** A storage buffer that no spec names, e.g. a slot shared by several transients. The caller keeps it. */
  allocate(label: string, bytes: number): GPUBuffer {
    const { maxStorageBufferBindingSize, maxBufferSize } = this.device.limits;
    const limit = Math.min(maxStorageBufferBindingSize, maxBufferSize);
    if (bytes > limit) {
      throw new DeviceError(
        `"${label}" needs ${bytes} bytes, this device binds at most ${limit}. Use fewer rows or columns, a smaller ` +
          "batch or narrower layers, or a device with a larger maxStorageBufferBindingSize.",
      );
    }
    const usage = BufferUsage.STORAGE | BufferUsage.COPY_DST | BufferUsage.COPY_SRC;
    return this.device.createBuffer({ label, size: bytes, usage });
  }

  /** Hands over an already allocated buffer for a spec. */
  assign(spec: BufferSpec, buffer: GPUBuffer): void {
    this.#buffers.set(spec, buffer);
  }

  upload(spec: BufferSpec, data: Float32Array | Uint32Array, elementOffset = 0): void {
    if (elementOffset * 4 + data.byteLength > spec.bytes) {
      throw new InternalError(
        `upload of ${data.byteLength} bytes at ${elementOffset * 4} into "${spec.label}" (${spec.bytes}).`,
      );
    }
    this.device.queue.writeBuffer(this.buffer(spec), elementOffset * 4, data as GPUAllowSharedBufferSource);
  }

  /** Reads 4-byte elements back; waits for all work submitted before. */
  async download(spec: BufferSpec, elements: number, elementOffset = 0): Promise<ArrayBuffer> {
    const size = Math.max(4, elements * 4);
    const staging = this.device.createBuffer({
      label: `read ${spec.label}`,
      size,
      usage: BufferUsage.MAP_READ | BufferUsage.COPY_DST,
    });
    const encoder = this.device.createCommandEncoder();
    encoder.copyBufferToBuffer(this.buffer(spec), elementOffset * 4, staging, 0, elements * 4);
    this.device.queue.submit([encoder.finish()]);
    try {
      await waitFor(this.device, staging.mapAsync(MapMode.READ));
      return staging.getMappedRange(0, elements * 4).slice(0);
    } finally {
      staging.destroy();
    }
  }

  /** Reads a whole buffer again and again through one staging buffer, one read at a time. */
  reader(spec: BufferSpec): { read(): Promise<Float32Array>; dispose(): void } {
    const { device } = this;
    const staging = device.createBuffer({
      label: `read ${spec.label}`,
      size: spec.bytes,
      usage: BufferUsage.MAP_READ | BufferUsage.COPY_DST,
    });
    const read = async () => {
      const encoder = device.createCommandEncoder();
      encoder.copyBufferToBuffer(this.buffer(spec), 0, staging, 0, spec.bytes);
      device.queue.submit([encoder.finish()]);
      await waitFor(device, staging.mapAsync(MapMode.READ));
      const values = new Float32Array(staging.getMappedRange().slice(0));
      staging.unmap();
      return values;
    };
    return { read, dispose: () => staging.destroy() };
  }

  /** Frees the buffer of a spec, if it has one. */
  free(spec: BufferSpec): void {
    this.#buffers.get(spec)?.destroy();
    this.#buffers.delete(spec);
  }

  dispose(): void {
    for (const buffer of this.#buffers.values()) buffer.destroy();
    this.#buffers.clear();
  }
}
