import { InternalError } from "../errors.ts";
import { resident, rowStride } from "../gpu/buffer_spec.ts";
import type { Arenas, BatchNormTensors, LinBnDropTensors } from "../kernels/tensors.ts";
import { blocksOf, type TabularModelConfig } from "./config.ts";
import { type NamedTensors, type ParameterSpec, parametersOf } from "./parameters.ts";

/** Floats at whose multiples tensors begin: 256 bytes, and a multiple of the 8 columns a workgroup owns. */
const ALIGNMENT = 64;

interface Placed {
  readonly spec: ParameterSpec;
  readonly arena: "params" | "running";
  /** In floats. */
  readonly offset: number;
  /** Rows and their length; a Linear's weight pads its rows with zeros to whole vec4s. */
  readonly rows: number;
  readonly width: number;
  readonly stride: number;
}

const aligned = (floats: number) => Math.ceil(floats / ALIGNMENT) * ALIGNMENT;

/**
 * Where every tensor of a model lies: parameters, gradients and both moments in one arena each, laid out alike, running
 * statistics in another. What decays comes first, so that one boundary tells weight decay where to stop.
 */
export class ArenaLayout {
  readonly config: TabularModelConfig;
  /** Floats of the parameter arena (and of gradients and moments). */
  readonly size: number;
  /** Floats of the parameters that decay under the v2 recipe. */
  readonly decayEnd: number;
  readonly runningSize: number;
  readonly embeddings: readonly { readonly offset: number; readonly rows: number; readonly width: number }[];
  /** Floats that the embeddings take up, at the front of the parameter arena. */
  readonly embeddingEnd: number;
  readonly bnCont: BatchNormTensors | null;
  readonly blocks: readonly LinBnDropTensors[];
  readonly #placed: readonly Placed[];

  constructor(config: TabularModelConfig) {
    this.config = config;
    const specs = parametersOf(config);
    const placed: Placed[] = [];
    const place = (arena: Placed["arena"], wanted: ParameterSpec[], start: number): number => {
      let offset = start;
      for (const spec of wanted) {
        const [rows, width] = spec.shape.length === 2 ? spec.shape : [1, spec.shape[0]];
        const stride = spec.kind === "weight" ? rowStride(width) : width;
        placed.push({ spec, arena, offset, rows, width, stride });
        offset += aligned(rows * stride);
      }
      return offset;
    };
    const trainable = specs.filter((s) => s.trainable);
    this.decayEnd = place(
      "params",
      trainable.filter((s) => s.decays),
      0,
    );
    this.size = place(
      "params",
      trainable.filter((s) => !s.decays),
      this.decayEnd,
    );
    const statistics = specs.filter((s) => s.kind === "running_mean" || s.kind === "running_var");
    this.runningSize = Math.max(ALIGNMENT, place("running", statistics, 0));
    this.#placed = placed;

    const find = (test: (spec: ParameterSpec) => boolean) => placed.find(({ spec }) => test(spec));
    this.embeddings = config.embeddingSizes.map(([rows, width], column) => {
      const found = find(({ role }) => role.part === "embedding" && role.column === column);
      return { offset: found!.offset, rows, width };
    });
    const batchNormOf = (test: (spec: ParameterSpec) => boolean): BatchNormTensors | null => {
      const at = (kind: string) => find((s) => test(s) && s.kind === kind)?.offset;
      const [gamma, beta] = [at("bn_weight"), at("bn_bias")];
      const [runningMean, runningVar] = [at("running_mean"), at("running_var")];
      if (
        gamma === undefined ||
        beta === undefined ||
        runningMean === undefined ||
        runningVar === undefined
      ) {
        return null;
      }
      return { gamma, beta, runningMean, runningVar };
    };
    this.bnCont = batchNormOf((s) => s.role.part === "bn_cont");
    this.embeddingEnd = placed
      .filter(({ spec }) => spec.role.part === "embedding")
      .reduce((_, { offset, rows, stride }) => offset + aligned(rows * stride), 0);
    this.blocks = blocksOf(config).map((block) => {
      const here = (s: ParameterSpec) => s.role.part === "block" && s.role.block === block.index;
      return {
        fanIn: block.fanIn,
        fanOut: block.fanOut,
        weight: find((s) => here(s) && s.kind === "weight")!.offset,
        bias: find((s) => here(s) && s.kind === "bias")?.offset ?? null,
        relu: block.relu,
        batchNorm: batchNormOf(here),
        dropout: block.dropout,
        layer: block.index + 1,
      };
    });
  }

  /** The arenas' buffers, not yet allocated. */
  buffers(): Arenas {
    return {
      params: resident("params", [this.size]),
      grads: resident("grads", [this.size]),
      moments1: resident("moments1", [this.size]),
      moments2: resident("moments2", [this.size]),
      running: resident("running", [this.runningSize]),
    };
  }

  /** Lays named tensors out as arenas; padding is zero. */
  pack(tensors: NamedTensors): { params: Float32Array; running: Float32Array } {
    const arenas = { params: new Float32Array(this.size), running: new Float32Array(this.runningSize) };
    for (const { spec, arena, offset, rows, width, stride } of this.#placed) {
      const tensor = tensors.get(spec.name);
      if (!tensor || tensor.length !== rows * width) {
        throw new InternalError(
          `tensor ${spec.name} has ${tensor?.length ?? "no"} values, needed are ${rows * width}.`,
        );
      }
      for (let row = 0; row < rows; row++) {
        arenas[arena].set(tensor.subarray(row * width, (row + 1) * width), offset + row * stride);
      }
    }
    return arenas;
  }

  /** One arena's values as tensors by PyTorch key: of "params" (also for gradients and moments) or of "running". */
  unpack(values: Float32Array, arena: "params" | "running"): NamedTensors {
    const tensors: NamedTensors = new Map();
    for (const placed of this.#placed) {
      if (placed.arena !== arena) continue;
      const { spec, offset, rows, width, stride } = placed;
      const tensor = new Float32Array(rows * width);
      for (let row = 0; row < rows; row++) {
        tensor.set(values.subarray(offset + row * stride, offset + row * stride + width), row * width);
      }
      tensors.set(spec.name, tensor);
    }
    return tensors;
  }

  /** All tensors in PyTorch's order, `batches` being num_batches_tracked of every BatchNorm. */
  unpackAll(params: Float32Array, running: Float32Array, batches: number): NamedTensors {
    const found = new Map([...this.unpack(params, "params"), ...this.unpack(running, "running")]);
    return new Map(
      parametersOf(this.config).map(({ name, kind }) => [
        name,
        kind === "num_batches_tracked" ? Float32Array.of(batches) : found.get(name)!,
      ]),
    );
  }
}
