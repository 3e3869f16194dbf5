import { OptionError } from "../errors.ts";
import { type BufferSpec, rowStride } from "../gpu/buffer_spec.ts";
import type { LayerModule } from "../model/layer_modules.ts";
import type { Recording } from "../scheduler/recording.ts";
import type { Prepared } from "../scheduler/runtime.ts";
import {
  type ActivationSummary,
  checkSummaryOptions,
  type SummaryOptions,
  summarise,
} from "./activation_summary.ts";
import type { Trainer } from "./trainer.ts";
import type { TrainingNetwork } from "./training_network.ts";

export interface ActivationOptions extends SummaryOptions {
  /** Rows of the batch looked at, from its front. Default: all of a training batch. */
  readonly rows?: number;
}

/** The activations at one place of the network, summed up over a batch. */
export interface LayerActivations extends ActivationSummary {
  /**
   * PyTorch's name of the module whose output this is: "bn_cont", "layers.0.1"; "continuous" where there is no bn_cont;
   * "input" for embeddings and continuous columns together.
   */
  readonly name: string;
  /** "linear" is the head; other Linears are told by their "relu". */
  readonly kind: "continuous" | "input" | "linear" | "relu" | "batch_norm";
  /** Linears passed so far: 0 before the first, `layers.length` + 1 at the head. */
  readonly depth: number;
  /** Units: columns of the matrix of activations. */
  readonly width: number;
}

/** Columns of a buffer of the forward pass, and what they are. */
interface Place extends Pick<LayerActivations, "name" | "kind" | "depth" | "width"> {
  readonly label: string;
  readonly first: number;
}

/**
 * Runs the forward pass of a training step on the weights in training and reads its activations: the same kernels, batch
 * statistics too, but without dropout, and with running statistics of its own, so that nothing in training moves.
 */
class ActivationProbe {
  readonly rows: number;
  readonly #trainer: Trainer;
  readonly #prepared: Prepared;
  readonly #places: readonly Place[];
  readonly #buffers: ReadonlyMap<string, BufferSpec>;
  readonly #owned: readonly BufferSpec[];

  private constructor(
    trainer: Trainer,
    prepared: Prepared,
    places: readonly Place[],
    buffers: ReadonlyMap<string, BufferSpec>,
    owned: readonly BufferSpec[],
    rows: number,
  ) {
    this.rows = rows;
    this.#trainer = trainer;
    this.#prepared = prepared;
    this.#places = places;
    this.#buffers = buffers;
    this.#owned = owned;
  }

  /** @throws {OptionError} for more than a batch has, or fewer than 2 */
  static async create(trainer: Trainer, rows: number): Promise<ActivationProbe> {
    const { runtime, network: trained, options } = trainer;
    if (!Number.isInteger(rows) || rows < Math.min(2, options.bs) || rows > options.bs) {
      throw new OptionError(
        `rows is ${rows}; it must be a whole number from 2 to ${options.bs}, the batch size.`,
      );
    }
    const { network, modules, recording: forward } = trainer.recordForward(rows);
    const places = placesOf(trained, modules);
    const wanted = new Set(places.map(({ label }) => label));
    const buffers = new Map<string, BufferSpec>();
    const recording = rebound(forward, (spec) => {
      if (spec === network.arenas.params) return trained.arenas.params;
      if (spec === network.columns) return trained.columns;
      if (!wanted.has(spec.label)) return spec;
      const kept = buffers.get(spec.label) ?? { ...spec, lifetime: "resident" };
      buffers.set(spec.label, kept);
      return kept;
    });
    const owned = [...buffers.values(), network.arenas.running];
    return new ActivationProbe(trainer, await runtime.prepare(recording), places, buffers, owned, rows);
  }

  /** The activations of the batch that begins at `rowStart` of the order of rows. */
  async look(rowStart: number, options: SummaryOptions): Promise<LayerActivations[]> {
    await this.#trainer.runForward(this.#prepared, rowStart, this.rows);
    const read = async ([label, spec]: [string, BufferSpec]) =>
      [label, await this.#trainer.runtime.read(spec, this.rows * rowStride(spec.shape[1]))] as const;
    const values = new Map(await Promise.all([...this.#buffers].map(read)));
    return this.#places.map(({ label, first, ...place }) => {
      const stride = rowStride(this.#buffers.get(label)!.shape[1]);
      const { width } = place;
      return {
        ...place,
        ...summarise(values.get(label)!, { rows: this.rows, stride, first, width }, options),
      };
    });
  }

  dispose(): void {
    this.#prepared.dispose();
    for (const spec of this.#owned) this.#trainer.runtime.memory.free(spec);
  }
}

/** The probe of each trainer, made for as many rows as were asked for last; whoever looks waits for who looks already. */
const probes = new WeakMap<Trainer, Promise<ActivationProbe | null>>();

/**
 * Every layer's activations on the batch that begins at `rowStart` of the trainer's order of rows.
 * @throws {OptionError} for options outside their range
 */
export async function activationsOf(
  trainer: Trainer,
  rowStart: number,
  { rows = trainer.options.bs, ...options }: ActivationOptions,
): Promise<LayerActivations[]> {
  checkSummaryOptions(options);
  const before = probes.get(trainer) ?? Promise.resolve(null);
  const made = before.then(async (probe) => {
    if (probe?.rows === rows) return probe;
    const next = await ActivationProbe.create(trainer, rows);
    probe?.dispose();
    return next;
  });
  const looked = made.then((probe) => probe.look(rowStart, options));
  // One that cannot be made leaves the probe before it; a look that fails leaves its own.
  probes.set(
    trainer,
    looked.then(
      () => made,
      () => made.catch(() => before),
    ),
  );
  return looked;
}

/** Where to look, from the front of the network to its end; labels are those of `TrainingNetwork.forwardTrain`. */
function placesOf({ config, width, layout }: TrainingNetwork, modules: readonly LayerModule[]): Place[] {
  const places: Place[] = [];
  const { continuous } = config;
  if (continuous > 0) {
    const name = layout.bnCont ? "bn_cont" : "continuous";
    places.push({ name, kind: "continuous", depth: 0, width: continuous, label: "x0", first: width });
  }
  places.push({ name: "input", kind: "input", depth: 0, width: width + continuous, label: "x0", first: 0 });
  for (const { name, kind, block } of modules) {
    const head = block.index === config.layers.length;
    if (kind === "dropout" || (kind === "linear" && !head)) continue;
    const depth = block.index + 1;
    const output = head ? "logits" : `y${depth}`;
    // Before its BatchNorm a block's values are r; without one, r and y are the same.
    const label = kind === "batch_norm" || !block.batchNorm ? output : `r${depth}`;
    places.push({ name, kind, depth, width: block.fanOut, label, first: 0 });
  }
  return places;
}

/** The same work on other buffers. */
function rebound(recording: Recording, bufferOf: (spec: BufferSpec) => BufferSpec): Recording {
  const dispatches = recording.dispatches.map((dispatch) => ({
    ...dispatch,
    buffers: Object.fromEntries(
      Object.entries(dispatch.buffers).map(([name, spec]) => [name, bufferOf(spec)] as const),
    ),
  }));
  return { ...recording, dispatches };
}
