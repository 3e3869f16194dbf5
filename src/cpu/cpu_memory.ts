import { InternalError } from "../errors.ts";
import type { BufferSpec } from "../gpu/buffer_spec.ts";
import type { Memory } from "../scheduler/runtime.ts";

/** The same bytes as floats and as u32. */
export class CpuBuffer {
  readonly floats: Float32Array;
  readonly words: Uint32Array;

  constructor(bytes: number) {
    const memory = new ArrayBuffer(bytes);
    this.floats = new Float32Array(memory);
    this.words = new Uint32Array(memory);
  }
}

/** The CPU's memory behind buffer specs. */
export class CpuMemory implements Memory {
  readonly #buffers = new Map<BufferSpec, CpuBuffer>();

  /** The buffer behind a spec, allocated (zeroed) at first use. */
  buffer(spec: BufferSpec): CpuBuffer {
    let buffer = this.#buffers.get(spec);
    if (!buffer) {
      buffer = new CpuBuffer(spec.bytes);
      this.#buffers.set(spec, buffer);
    }
    return buffer;
  }

  upload(spec: BufferSpec, data: Float32Array | Uint32Array, elementOffset = 0): void {
    if (elementOffset * 4 + data.byteLength > spec.bytes) {
      throw new InternalError(
        `upload of ${data.byteLength} bytes at ${elementOffset * 4} into "${spec.label}" (${spec.bytes}).`,
      );
    }
    const { floats, words } = this.buffer(spec);
    (data instanceof Uint32Array ? words : floats).set(data, elementOffset);
  }

  free(spec: BufferSpec): void {
    this.#buffers.delete(spec);
  }

  dispose(): void {
    this.#buffers.clear();
  }
}
