import type { Task } from "../data/preprocessing.ts";
import { OptionError } from "../errors.ts";
import { type BufferSpec, matrix, rowStride } from "../gpu/buffer_spec.ts";
import { adapterLine } from "../gpu/device.ts";
import type { TabularModelConfig } from "../model/config.ts";
import { evalStep, withoutPadding } from "../model/eval_step.ts";
import { layerModules } from "../model/layer_modules.ts";
import type { NamedTensors } from "../model/parameters.ts";
import { ResidentTable, type TableRows } from "../model/resident_table.ts";
import type { Profile } from "../scheduler/profile.ts";
import { Recorder } from "../scheduler/recorder.ts";
import type { Prepared, Runtime } from "../scheduler/runtime.ts";
import type { StepValues } from "../scheduler/step_slots.ts";
import { recordEvalBatch, uploadNetwork } from "./eval_batch.ts";
import { LossRing } from "./loss_ring.ts";
import { recordTrainStep } from "./train_step.ts";
import { TrainingNetwork } from "./training_network.ts";

/** Milliseconds between two reads of losses: a few a second. */
const READ_MS = 300;

/** What the optimizer does in one step; the schedule sets lr and mom. */
export interface StepHypers {
  readonly lr: number;
  readonly mom: number;
  readonly wd: number;
}

export interface TrainerOptions {
  readonly task: Task;
  /** Rows of a training batch. */
  readonly bs: number;
  readonly seed: number;
  readonly adamEps: number;
  readonly sqrMom: number;
  /** Weight decay on all parameters (v1) or on embeddings and Linear weights only (v2). */
  readonly decayAll: boolean;
  /** Pipelines ready, and all there are. */
  readonly onCompile?: (done: number, total: number) => void;
}

/** What a learner saves before an experiment (the LR finder) and puts back after it. */
interface Snapshot {
  readonly arenas: Map<BufferSpec, Float32Array>;
  readonly steps: number;
}

/**
 * A model in training on a runtime: weights, moments and the whole table are resident; a step is one replay of a recording
 * made once. It knows batches and steps; epochs, schedules and metrics are the learner's.
 */
export class Trainer {
  readonly runtime: Runtime;
  readonly network: TrainingNetwork;
  readonly options: TrainerOptions;
  readonly table: ResidentTable;
  /** Rows of training batches taken in order from the front of the row order, of validation behind them. */
  readonly trainRows: number;
  readonly validRows: number;
  readonly trainStep: Prepared;
  /** Compiled behind the training step, which does not wait for it; null without validation rows. */
  readonly #evalBatch: Promise<Prepared> | null;
  readonly #output: BufferSpec;
  readonly #losses: LossRing;
  /** Steps of Adam so far; also PyTorch's num_batches_tracked, for every step moves the running statistics. */
  steps = 0;
  /** Steps ever submitted, experiments included; never goes back. */
  #tick = 0;
  /** How often weights were put back. */
  #restored = 0;

  private constructor(
    runtime: Runtime,
    network: TrainingNetwork,
    options: TrainerOptions,
    table: ResidentTable,
    counts: { train: number; valid: number },
    replays: { train: Prepared; eval: Promise<Prepared> | null },
    output: BufferSpec,
    losses: LossRing,
  ) {
    this.runtime = runtime;
    this.network = network;
    this.options = options;
    this.table = table;
    this.trainRows = counts.train;
    this.validRows = counts.valid;
    this.trainStep = replays.train;
    this.#evalBatch = replays.eval;
    this.#output = output;
    this.#losses = losses;
  }

  /**
   * Records a step, compiles its pipelines, and meanwhile uploads the table and the weights.
   * @param validRows row numbers to validate on; training rows come with every epoch's order
   * @throws {OptionError} for a batch size that leaves no whole batch, or of 1 with BatchNorm
   */
  static async create(
    runtime: Runtime,
    config: TabularModelConfig,
    tensors: NamedTensors,
    rows: TableRows,
    trainRows: number,
    validRows: Uint32Array,
    options: TrainerOptions,
  ): Promise<Trainer> {
    checkBatchSize(options.bs, trainRows, config);
    const { memory } = runtime;
    const network = new TrainingNetwork(config);
    const cardinalities = config.embeddingSizes.map(([n]) => n);
    const nTargets = options.task === "classification" ? 1 : config.outputs;
    const table = new ResidentTable(
      cardinalities,
      config.continuous,
      nTargets,
      rows.rows,
      trainRows + validRows.length,
    );
    const losses = new LossRing(runtime);
    const output = matrix("predictions", Math.max(1, validRows.length), config.outputs, "resident");
    const decayEnd = options.decayAll ? network.layout.size : network.layout.decayEnd;
    const train = recordTrainStep(network, options.task, table, options.bs, losses.spec, decayEnd, runtime);
    const evaluate = recordEvalBatch(network, table, evalBatchRows(runtime, options.bs), output, runtime);
    const compiling = runtime.prepare(train, options.onCompile);
    compiling.catch(() => {}); // an upload that fails is told first
    table.upload(memory, rows); // while the step compiles
    if (validRows.length > 0) memory.upload(table.rowIndex, validRows, trainRows);
    uploadNetwork(runtime, network, tensors);
    const trainReplay = await compiling;
    const evalReplay = validRows.length > 0 ? runtime.prepare(evaluate) : null;
    evalReplay?.catch(() => {}); // whoever evaluates is told
    const counts = { train: trainRows, valid: validRows.length };
    const replays = { train: trainReplay, eval: evalReplay };
    return new Trainer(runtime, network, options, table, counts, replays, output, losses);
  }

  /** Whole batches in the training rows; what is left over is dropped, as fastai does. */
  get batches(): number {
    return Math.floor(this.trainRows / this.options.bs);
  }

  /** Sets the order in which training takes its rows. */
  setOrder(order: Uint32Array): void {
    this.runtime.memory.upload(this.table.rowIndex, order);
  }

  /**
   * Trains on `count` batches, the first being batch `batch` of the current order.
   * @param hypers of the i-th of these steps
   * @param options.onDone told the number of steps submitted, the last one or two of them still running
   * @param options.onLosses the losses of steps since the last call; a few times a second, and at the end
   * @param options.pause asked between two submits; a promise is waited for, the losses so far are told before
   */
  async train(
    batch: number,
    count: number,
    hypers: (i: number) => StepHypers,
    options: {
      onLosses?: (losses: Float32Array) => void | Promise<void>;
      onDone?: (steps: number) => void;
      pause?: () => Promise<void> | null | undefined;
      signal?: AbortSignal;
    } = {},
  ): Promise<void> {
    const firstTick = this.#tick;
    let lastRead = performance.now();
    const takeLosses = async () => {
      const losses = await this.#losses.take(this.#tick);
      lastRead = performance.now();
      if (losses.length > 0) await options.onLosses?.(losses);
    };
    const firstStep = this.steps;
    const valuesOf = (i: number) => this.#slot(batch + i, firstStep + i, firstTick + i, hypers(i));
    const onDone = async (done: number) => {
      this.#tick = firstTick + done;
      this.steps = firstStep + done;
      options.onDone?.(done);
      const pause = options.pause?.();
      pause?.catch(() => {}); // thrown below, after the losses
      if (pause || performance.now() - lastRead > READ_MS || this.#losses.isFull(this.#tick))
        await takeLosses();
      await pause;
    };
    try {
      await this.runtime.replay(this.trainStep, count, valuesOf, { onDone, signal: options.signal });
    } catch (error) {
      this.#losses.skipTo(this.#tick);
      throw error;
    }
    await takeLosses();
  }

  #slot(batch: number, step: number, tick: number, { lr, mom, wd }: StepHypers): StepValues {
    const { bs, seed, adamEps, sqrMom } = this.options;
    const t = step + 1;
    return {
      row_start: batch * bs,
      rows: bs,
      output_row: 0,
      loss_slot: this.#losses.slot(tick),
      tick: (tick + 1) >>> 0, // segments start out as tick 0, which must mean "never"
      seed: seed >>> 0,
      number: step >>> 0,
      lr,
      decay: 1 - lr * wd,
      mom,
      sqr_mom: sqrMom,
      eps: adamEps,
      mom_correction: 1 / (1 - mom ** t),
      sqr_mom_correction: 1 / (1 - sqrMom ** t),
    };
  }

  /** Outputs of all validation rows, in their order: [validRows, outputs], y_range applied. */
  async evaluate(
    options: { onDone?: (batches: number, all: number) => void; signal?: AbortSignal } = {},
  ): Promise<Float32Array> {
    const { outputs } = this.network.config;
    if (this.#evalBatch === null) return new Float32Array();
    const rows = evalBatchRows(this.runtime, this.options.bs);
    const batches = Math.ceil(this.validRows / rows);
    const valuesOf = (i: number) =>
      evalStep(this.trainRows + i * rows, Math.min(rows, this.validRows - i * rows), i * rows);
    await this.runtime.replay(await this.#evalBatch, batches, valuesOf, {
      onDone: (done) => options.onDone?.(done, batches),
      signal: options.signal,
    });
    const values = await this.runtime.read(this.#output, this.validRows * rowStride(outputs));
    return withoutPadding(values, this.validRows, outputs);
  }

  /** Times every dispatch of a step, over `count` steps on the current order; weights and moments are put back. */
  async profile(count: number): Promise<Profile> {
    const { runtime } = this;
    await this.#evalBatch?.catch(() => {}); // what still compiles would be timed with it
    const before = await this.snapshot();
    const hypers = { lr: 1e-3, mom: 0.9, wd: 0.01 };
    const firstTick = this.#tick;
    this.#tick += count + 1;
    try {
      const valuesOf = (i: number) => this.#slot(i % this.batches, this.steps + i, firstTick + i, hypers);
      await runtime.profile(this.trainStep, 1, valuesOf); // the first touches memory for the first time
      const times = await runtime.profile(this.trainStep, count, (i) => valuesOf(i + 1));
      const { profileOf } = await import("../scheduler/profile.ts"); // few pages profile
      return profileOf(this.trainStep.recording, adapterLine(runtime.adapter), times);
    } finally {
      this.#losses.skipTo(this.#tick);
      this.restore(before);
    }
  }

  /**
   * The forward pass of a training step, without dropout, on buffers of a network of its own: `activationsOf` lends it the
   * weights. Made here, of what training has loaded anyway.
   */
  recordForward(rows: number) {
    const { config } = this.network;
    const network = new TrainingNetwork({ ...config, ps: config.ps.map(() => 0), embDrop: 0 });
    const rec = new Recorder("activations", this.runtime);
    network.forwardTrain(rec, this.table, rows);
    return { recording: rec.finish(), network, modules: layerModules(config) };
  }

  /** Runs such a recording on the rows from `rowStart` of the order on. */
  runForward(prepared: Prepared, rowStart: number, rows: number): Promise<void> {
    return this.runtime.replay(prepared, 1, () => evalStep(rowStart, rows, 0));
  }

  /** The gradients of the last step, by PyTorch key. */
  async gradients(): Promise<NamedTensors> {
    const { layout, arenas } = this.network;
    return layout.unpack(await this.runtime.read(arenas.grads, layout.size), "params");
  }

  /** Grows whenever the weights have moved, by a step or because others were put back. */
  get version(): number {
    return this.#tick + this.#restored;
  }

  /** The weights and running statistics as they are now, by PyTorch key. */
  async tensors(): Promise<NamedTensors> {
    const { layout, arenas } = this.network;
    const params = await this.runtime.read(arenas.params, layout.size);
    const running = await this.runtime.read(arenas.running, layout.runningSize);
    return layout.unpackAll(params, running, this.steps);
  }

  /** Weights, moments and step count, to be put back by `restore`. */
  async snapshot(): Promise<Snapshot> {
    const { params, moments1, moments2, running } = this.network.arenas;
    const arenas = new Map<BufferSpec, Float32Array>();
    for (const spec of [params, moments1, moments2, running]) {
      arenas.set(spec, await this.runtime.read(spec, spec.shape[0]));
    }
    return { arenas, steps: this.steps };
  }

  restore(snapshot: Snapshot): void {
    for (const [spec, values] of snapshot.arenas) this.runtime.memory.upload(spec, values);
    this.steps = snapshot.steps;
    this.#restored++;
  }

  dispose(): void {
    this.#losses.dispose();
    this.trainStep.dispose();
    this.#evalBatch?.then((replay) => replay.dispose()).catch(() => {}); // one that did not compile has nothing to free
  }
}

/** Rows of a validation batch: it needs no backward pass, and larger batches cost fewer dispatches. */
function evalBatchRows({ evalRows }: Runtime, bs: number): number {
  return Math.max(bs, Math.min(1024, evalRows));
}

function checkBatchSize(bs: number, trainRows: number, config: TabularModelConfig): void {
  if (!Number.isInteger(bs) || bs < 1) {
    throw new OptionError(`bs is ${bs}; a batch has a positive whole number of rows.`);
  }
  const normalises = config.useBn || config.bnFinal || (config.bnCont && config.continuous > 0);
  if (bs === 1 && normalises) {
    throw new OptionError(
      "bs is 1, but BatchNorm needs at least 2 rows in a training batch to have a variance.",
    );
  }
  if (bs > trainRows) {
    throw new OptionError(
      `bs is ${bs}, but there are only ${trainRows} training rows, so not one whole batch. Use bs ${trainRows} or less.`,
    );
  }
}
