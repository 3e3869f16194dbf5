import type { EncodedTable } from "../data/preprocessing.ts";
import { adapterLine } from "../gpu/device.ts";
import type { GpuInferenceEngine } from "../model/gpu_inference.ts";
import type { NamedTensors } from "../model/parameters.ts";
import type { InferenceEngine } from "../predict/tabular_model.ts";
import { GpuRuntime } from "../scheduler/gpu_runtime.ts";
import type { Trainer } from "./trainer.ts";

/**
 * The engine of a learner's model, where the learner trains: it predicts with the weights as they are now. They are
 * folded again at the first prediction after they moved.
 */
export class LearnerEngine implements InferenceEngine {
  readonly #trainer: Trainer;
  readonly #onDispose: () => void;
  #engine: InferenceEngine | null = null;
  #onGpu: GpuInferenceEngine | null = null;
  /** Version of the trainer's weights that the engine has. */
  #version = -1;
  /** The latest folding, of whichever call: the next one waits for it. */
  #folding: Promise<unknown> = Promise.resolve();

  /** @param onDispose frees trainer and runtime */
  constructor(trainer: Trainer, onDispose: () => void) {
    this.#trainer = trainer;
    this.#onDispose = onDispose;
  }

  get backend(): "webgpu" | "cpu" {
    return this.#trainer.runtime.backend;
  }

  get description(): string {
    return this.#engine?.description ?? adapterLine(this.#trainer.runtime.adapter);
  }

  async forward(encoded: EncodedTable, options: { signal?: AbortSignal } = {}): Promise<Float32Array> {
    const current = this.#folding.then(() => this.#current());
    this.#folding = current.catch(() => {});
    return (await current).forward(encoded, options);
  }

  /** The engine, with the weights as they are now. */
  async #current(): Promise<InferenceEngine> {
    const { version } = this.#trainer; // before the weights are read: a step in between folds them once more
    if (!this.#engine || version !== this.#version) {
      this.#engine = await this.#load(await this.#trainer.tensors());
      this.#version = version;
    }
    return this.#engine;
  }

  /** Loads what predicts when it is first needed: a page may train and only save. */
  async #load(tensors: NamedTensors): Promise<InferenceEngine> {
    const { runtime, network } = this.#trainer;
    if (!(runtime instanceof GpuRuntime)) {
      const { cpuInferenceEngine } = await import("../cpu/cpu_inference.ts");
      return cpuInferenceEngine(network.config, tensors);
    }
    const { GpuInferenceEngine } = await import("../model/gpu_inference.ts");
    this.#onGpu ??= new GpuInferenceEngine(runtime, network.config, () => {});
    this.#onGpu.load(tensors);
    return this.#onGpu;
  }

  tensors(): Promise<NamedTensors> {
    return this.#trainer.tensors();
  }

  dispose(): void {
    this.#engine?.dispose();
    this.#onDispose();
  }
}
