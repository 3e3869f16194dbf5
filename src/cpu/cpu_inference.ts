import { OptionError } from "../errors.ts";
import type { TabularModelConfig } from "../model/config.ts";
import { namedBlocks } from "../model/layer_modules.ts";
import type { NamedTensors } from "../model/parameters.ts";
import { type CpuInput, type CpuModel, cpuForwardRows, prepareCpuModel } from "./forward.ts";
import { pause } from "./pause.ts";

/** Multiplications between two pauses: some 10 to 20 ms, so that a page stays alive and an abort is heard. */
const CHUNK_MULTIPLICATIONS = 2e7;

/** Runs a model forward in double precision where there is no WebGPU: predict's InferenceEngine on the CPU. */
export class CpuInferenceEngine {
  readonly backend = "cpu";
  readonly description = "f64 on the CPU";
  #tensors: NamedTensors | null;
  #model: CpuModel | null;
  readonly #chunkRows: number;

  /** @throws {OptionError} unless `tensors` are those of `config` */
  constructor(config: TabularModelConfig, tensors: NamedTensors) {
    this.#tensors = copyOf(tensors);
    this.#model = prepareCpuModel(config, this.#tensors);
    const perRow = namedBlocks(config).reduce((sum, block) => sum + block.fanIn * block.fanOut, 0);
    this.#chunkRows = Math.max(2, Math.floor(CHUNK_MULTIPLICATIONS / perRow));
  }

  /**
   * Inference on every row, chunk by chunk with a pause after each.
   *
   * @returns outputs [rows, outputs]: after y_range, before softmax or sigmoid
   * @throws the signal's reason once it aborts
   */
  async forward(encoded: CpuInput, options: { signal?: AbortSignal } = {}): Promise<Float32Array> {
    const model = usable(this.#model);
    const { outputs } = model.config;
    const result = new Float32Array(encoded.rows * outputs);
    for (let start = 0; start < encoded.rows; start += this.#chunkRows) {
      if (start > 0) await pause();
      options.signal?.throwIfAborted();
      const count = Math.min(this.#chunkRows, encoded.rows - start);
      result.set(cpuForwardRows(model, encoded, start, count), start * outputs);
    }
    return result;
  }

  /** The weights, copied. */
  async tensors(): Promise<NamedTensors> {
    return copyOf(usable(this.#tensors));
  }

  /** Lets go of the weights; the engine cannot be used afterwards. */
  dispose(): void {
    this.#tensors = null;
    this.#model = null;
  }
}

/** @throws {OptionError} unless `tensors` are those of `config` */
export function cpuInferenceEngine(config: TabularModelConfig, tensors: NamedTensors): CpuInferenceEngine {
  return new CpuInferenceEngine(config, tensors);
}

function usable<T>(value: T | null): T {
  if (value === null) throw new OptionError("The engine was disposed; make another.");
  return value;
}

function copyOf(tensors: NamedTensors): NamedTensors {
  return new Map([...tensors].map(([name, values]) => [name, values.slice()]));
}
