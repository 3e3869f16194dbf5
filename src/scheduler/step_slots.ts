import { step } from "../generated/step.ts";
import { BufferUsage } from "../gpu/flags.ts";
import { uniformBytes, writeUniforms } from "../gpu/uniform_fields.ts";

/** What changes from step to step; the fields of `Step` in shaders/parts/step.wgsl. */
export type StepValues = { [Field in keyof typeof step]: number };

/** Bytes from one slot to the next: the alignment every device accepts for dynamic offsets. */
export const SLOT_STRIDE = 256;

/** Slots that one submit can use; also the most steps in a submit. */
export const SLOT_COUNT = 64;

/** The uniform buffer of step slots: many are written with one upload, and each replay picks its own by offset. */
export class StepSlots {
  readonly bindGroup: GPUBindGroup;
  readonly #device: GPUDevice;
  readonly #buffer: GPUBuffer;
  readonly #bytes = new ArrayBuffer(SLOT_STRIDE * SLOT_COUNT);
  readonly #view = new DataView(this.#bytes);

  constructor(device: GPUDevice, layout: GPUBindGroupLayout) {
    this.#device = device;
    this.#buffer = device.createBuffer({
      label: "step slots",
      size: this.#bytes.byteLength,
      usage: BufferUsage.UNIFORM | BufferUsage.COPY_DST,
    });
    this.bindGroup = device.createBindGroup({
      label: "step slots",
      layout,
      entries: [{ binding: 0, resource: { buffer: this.#buffer, size: uniformBytes(step) } }],
    });
  }

  /** Writes slots 0 … n − 1. The queue keeps order: steps submitted before still see their own values. */
  write(slots: readonly StepValues[]): void {
    slots.forEach((values, slot) => {
      writeUniforms(this.#view, slot * SLOT_STRIDE, step, values);
    });
    this.#device.queue.writeBuffer(this.#buffer, 0, this.#bytes, 0, slots.length * SLOT_STRIDE);
  }

  dispose(): void {
    this.#buffer.destroy();
  }
}
