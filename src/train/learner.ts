import type { TabularData } from "../data/tabular_data.ts";
import { DataError, OptionError } from "../errors.ts";
import { type AdapterDescription, adapterLine, type GpuOptions } from "../gpu/device.ts";
import { initParameters } from "../model/init.ts";
import { type Backend, chooseBackend } from "../predict/choose_backend.ts";
import { saveLater } from "../predict/save_later.ts";
import { TabularModel } from "../predict/tabular_model.ts";
import { Random } from "../random.ts";
import { GpuRuntime } from "../scheduler/gpu_runtime.ts";
import type { Profile } from "../scheduler/profile.ts";
import { describe } from "../scheduler/recording.ts";
import type { Runtime } from "../scheduler/runtime.ts";
import { VERSION } from "../version.ts";
import type { ActivationOptions, LayerActivations } from "./activation_probe.ts";
import type { Callback, EpochRow, StepRow, Weights } from "./callbacks.ts";
import { LearnerEngine } from "./learner_engine.ts";
import { lossValue } from "./loss_value.ts";
import type { LrFindResult } from "./lr_find.ts";
import {
  constant,
  type FlatCosOptions,
  flatCos,
  type OneCycleOptions,
  oneCycle,
  type Schedule,
} from "./lr_schedule.ts";
import type { LrFindOptions } from "./lr_suggestions.ts";
import { checkMetric, type Metric } from "./metrics.ts";
import { type ModelOptions, modelConfig } from "./model_options.ts";
import { type Progress, ProgressMeter } from "./progress.ts";
import { type Recipe, type RecipeName, recipes } from "./recipe.ts";
import { SmoothedLoss } from "./smoothed_loss.ts";
import { Trainer } from "./trainer.ts";

/** Streams of the seed: what is drawn from it must not depend on what else is. */
const ORDER_STREAM = 0x10000;
const LR_FIND_STREAM = 0x20000;

export interface LearnerOptions extends ModelOptions, GpuOptions {
  /**
   * Where training and the learner's model run. "webgpu" (the default): an error where there is none. "cpu": f64 sums in
   * plain loops on one thread, without WebGPU: for small tables and models, best in a worker. "auto": WebGPU where there
   * is any, else the CPU; `learner.backend` tells.
   */
  readonly backend?: Backend;
  /** Called with the reason when "auto" falls back to the CPU. */
  readonly onFallback?: (reason: string) => void;
  /** Reported after every epoch, over the whole validation set. */
  readonly metrics?: readonly Metric[];
  /** Rows of a training batch. Default 64, fastai's. */
  readonly bs?: number;
  /** Which fastai's habits to follow; default the data's. */
  readonly recipe?: RecipeName;
  /** Of initial weights, the order of rows and dropout. Default 42. */
  readonly seed?: number;
  /** Told while the GPU's pipelines compile; on the CPU there is nothing to wait for. */
  readonly onProgress?: (progress: Progress) => void;
}

/** All names of LearnerOptions: one that is misspelt must not be passed over, for it may be the one that matters. */
const OPTION_NAMES: Readonly<Record<keyof LearnerOptions, true>> = {
  layers: true,
  ps: true,
  embDrop: true,
  yRange: true,
  embeddingSizes: true,
  useBn: true,
  bnFinal: true,
  bnCont: true,
  linearBias: true,
  layout: true,
  gpu: true,
  device: true,
  powerPreference: true,
  backend: true,
  onFallback: true,
  metrics: true,
  bs: true,
  recipe: true,
  seed: true,
  onProgress: true,
};

export interface FitOptions {
  /** Weight decay. v1: 0.01 for each fit that gives none. v2: stays as it was, 0.01 at first. */
  readonly wd?: number;
  readonly callbacks?: readonly Callback[];
  readonly onProgress?: (progress: Progress) => void;
  readonly onEpoch?: (row: EpochRow) => void;
  /** Ends the fit between two steps; the fit rejects with the signal's reason, the model keeps what it learned. */
  readonly signal?: AbortSignal;
  /**
   * Asked between training steps, some milliseconds apart: while a promise that it returned is pending the fit waits,
   * weights and all; null goes on. `signal` ends the wait too. Seconds, speed and time left do not count it.
   */
  readonly pause?: () => Promise<void> | null | undefined;
}

export type { DispatchProfile, Profile } from "../scheduler/profile.ts";
export type { LrFindResult } from "./lr_find.ts";

export interface ValidationResult {
  readonly loss: number;
  readonly metrics: Record<string, number>;
  /** [rows, outputs] in the order of `data.validRows`: y_range applied, before softmax or sigmoid; log targets in log space. */
  readonly predictions: Float32Array;
  /** [rows, targets], encoded as the model learns them. */
  readonly targets: Float32Array;
}

/**
 * A model about to be trained on `data`: as fastai's `tabular_learner`.
 * @throws {OptionError} for an option that does not exist or is outside its range
 * @throws {DeviceError} unless `backend` says otherwise, where there is no WebGPU, no adapter, or one too small for the
 *   table
 */
export async function tabularLearner(data: TabularData, options: LearnerOptions = {}): Promise<Learner> {
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(OPTION_NAMES, name));
  if (unknown !== undefined) {
    throw new OptionError(
      `There is no option "${unknown}". The options are ${Object.keys(OPTION_NAMES).join(", ")}.`,
    );
  }
  const recipe = recipes[options.recipe ?? data.recipe];
  if (!recipe) throw new OptionError(`recipe is "${options.recipe}"; it must be "v1" or "v2".`);
  const config = modelConfig(data, options, recipe);
  const { task } = data.preprocessing.target;
  const { metrics = [] } = options;
  if (!Array.isArray(metrics))
    throw new OptionError("metrics must be a list, as in { metrics: [expRmspe] }.");
  for (const metric of metrics) checkMetric(metric, task, config.outputs);
  const { bs = 64, seed = 42 } = options;
  if (!Number.isInteger(seed)) throw new OptionError(`seed is ${seed}; it must be an integer.`);

  const weights = initParameters(config, seed);
  const { adamEps, sqrMom, decayAll } = recipe;
  const none = { epoch: 0, epochs: 0, rowsPerSecond: 0, secondsLeft: Number.NaN, trainLoss: Number.NaN };
  const onCompile = (step: number, steps: number) =>
    options.onProgress?.({ phase: "compile", step, steps, ...none });
  const trainerOptions = { task, bs, seed, adamEps, sqrMom, decayAll, onCompile };
  const trainerOn = async (runtime: Runtime) => {
    const { encoded, trainRows, validRows } = data;
    try {
      return await Trainer.create(
        runtime,
        config,
        weights,
        encoded,
        trainRows.length,
        validRows,
        trainerOptions,
      );
    } catch (error) {
      runtime.dispose();
      throw error;
    }
  };
  const trainer = await chooseBackend(
    options.backend ?? "webgpu",
    {
      webgpu: async () => trainerOn(await GpuRuntime.open(options)),
      // Loaded where it is asked for: few pages train without WebGPU.
      cpu: async () => {
        const { CpuRuntime } = await import("../cpu/cpu_runtime.ts");
        return trainerOn(new CpuRuntime());
      },
    },
    options.onFallback,
  );
  return new Learner(data, trainer, recipe, metrics, seed);
}

/** Trains a model on the GPU or the CPU, epoch by epoch. Made by `tabularLearner`. */
export class Learner {
  readonly data: TabularData;
  /** The model as it is now; it sees every training step. */
  readonly model: TabularModel;
  readonly recipe: Recipe;
  readonly metrics: readonly Metric[];
  /** Every epoch of every fit so far. */
  readonly history: EpochRow[] = [];
  readonly #trainer: Trainer;
  readonly #seed: number;
  #wd: number;
  #mom: number;
  #busy = false;
  #disposed = false;

  constructor(data: TabularData, trainer: Trainer, recipe: Recipe, metrics: readonly Metric[], seed: number) {
    this.data = data;
    this.recipe = recipe;
    this.metrics = metrics;
    this.#trainer = trainer;
    this.#seed = seed;
    this.#wd = recipe.wdDefault;
    this.#mom = recipe.mom;
    const { runtime, network } = trainer;
    const engine = new LearnerEngine(trainer, () => {
      trainer.dispose();
      runtime.dispose();
    });
    this.model = new TabularModel(network.config, data.preprocessing, engine, saveLater);
  }

  /** Where training runs, and the model's predictions with it. */
  get backend(): "webgpu" | "cpu" {
    return this.#trainer.runtime.backend;
  }

  /** What training runs on; without a GPU it says so. */
  get adapter(): AdapterDescription {
    return this.#trainer.runtime.adapter;
  }

  /** The adapter in one line, saying so where it is software. */
  get adapterLine(): string {
    return adapterLine(this.adapter);
  }

  /** The dispatches of a training step, one a line. */
  describe(): string {
    return describe(this.#trainer.trainStep.recording);
  }

  /**
   * Where the time of a training step goes, dispatch by dispatch; the model stays as it was. The GPU's own clock measures
   * where the browser offers it ("timestamp-query"), else each dispatch is submitted and awaited alone, which adds the
   * price of a submit to it.
   * @param options.steps steps to measure; the medians are given. Default 8
   */
  profile({ steps = 8 }: { steps?: number } = {}): Promise<Profile> {
    if (!Number.isInteger(steps) || steps < 1) {
      throw new OptionError(`steps is ${steps}; it must be a positive whole number.`);
    }
    return this.#alone("profile", async () => {
      this.#trainer.setOrder(this.#order(ORDER_STREAM + this.history.length));
      return this.#trainer.profile(steps);
    });
  }

  /** Trains with a constant learning rate. @param lr default: the recipe's (v1 3e-3, v2 1e-3) */
  fit(epochs: number, lr = this.recipe.lrDefault, options: FitOptions = {}): Promise<void> {
    return this.#fit(epochs, () => constant(lr, this.#mom), options);
  }

  /**
   * Trains by fastai's one-cycle policy (Smith 2018): the rate climbs to lrMax and sinks again, the momentum the other
   * way round.
   * @throws {DataError} if the loss is no longer finite: training diverged
   */
  fitOneCycle(
    epochs: number,
    lrMax = this.recipe.lrDefault,
    options: FitOptions & OneCycleOptions = {},
  ): Promise<void> {
    return this.#fit(epochs, (steps) => oneCycle(this.recipe, steps, lrMax, options), options);
  }

  /** Trains at a flat rate that sinks along a cosine at the end (v2 fit_flat_cos, v1 fit_fc). */
  fitFlatCos(
    epochs: number,
    lr = this.recipe.lrDefault,
    options: FitOptions & FlatCosOptions = {},
  ): Promise<void> {
    return this.#fit(epochs, (steps) => flatCos(this.recipe, steps, lr, this.#mom, options), options);
  }

  /**
   * fastai's lr_find: trains with a rate that grows from step to step until the loss explodes, then puts weights and
   * optimizer back as they were.
   */
  lrFind(options: LrFindOptions & Pick<FitOptions, "onProgress" | "signal"> = {}): Promise<LrFindResult> {
    const hypers = { mom: this.#mom, wd: this.#wd };
    const orderOf = (pass: number) => this.#order(LR_FIND_STREAM + pass);
    return this.#alone("lrFind", async () => {
      const { findLearningRate } = await import("./lr_find.ts");
      return findLearningRate(this.#trainer, hypers, orderOf, options);
    });
  }

  /** Loss and metrics over the whole validation set, in double precision. @throws {OptionError} without such rows */
  validate(options: Pick<FitOptions, "signal"> = {}): Promise<ValidationResult> {
    if (this.data.validRows.length === 0) {
      throw new OptionError('There are no validation rows: make the data with a "valid" split to validate.');
    }
    return this.#alone("validate", () => this.#validate(options.signal));
  }

  /**
   * Mean, standard deviation, share near zero and histogram of every layer's activations, on a batch of training rows,
   * as training sees them (batch statistics) but without dropout. The model stays as it is. `activationStats` does it
   * while a fit runs.
   * @throws {OptionError} for options outside their range
   */
  activations(options: ActivationOptions = {}): Promise<LayerActivations[]> {
    return this.#alone("activations", () => {
      this.#trainer.setOrder(this.#order(ORDER_STREAM + this.history.length));
      return this.#activations(0, options);
    });
  }

  /** The trained model as one file; see `TabularModel.save`. */
  save(): Promise<Uint8Array<ArrayBuffer>> {
    const last = this.history.at(-1);
    if (last) {
      this.model.training = {
        recipe: this.recipe.name,
        epochs: this.history.length,
        metrics: { train_loss: last.trainLoss, valid_loss: last.validLoss, ...last.metrics },
        seed: this.#seed,
        tabgpu: VERSION,
        date: new Date().toISOString(),
      };
    }
    return this.model.save();
  }

  /** Frees what training holds; learner and model cannot be used afterwards. */
  dispose(): void {
    this.#disposed = true;
    this.model.dispose();
  }

  async #fit(epochs: number, scheduleOf: (steps: number) => Schedule, options: FitOptions): Promise<void> {
    if (!Number.isInteger(epochs) || epochs < 1) {
      throw new OptionError(`epochs is ${epochs}; it must be a positive whole number.`);
    }
    const wd = options.wd ?? (this.recipe.wdPersists ? this.#wd : this.recipe.wdDefault);
    if (!(wd >= 0 && Number.isFinite(wd)))
      throw new OptionError(`wd is ${wd}; weight decay must not be negative.`);
    const trainer = this.#trainer;
    const steps = epochs * trainer.batches;
    const schedule = scheduleOf(steps);
    await this.#alone("fit", async () => {
      this.#wd = wd;
      const callbacks = options.callbacks ?? [];
      const weights = this.#weights();
      const smoothed = new SmoothedLoss();
      const meter = new ProgressMeter(options.onProgress, epochs, trainer.batches, trainer.options.bs);
      const stopped = new AbortController();
      const signal = options.signal ? AbortSignal.any([options.signal, stopped.signal]) : stopped.signal;
      const ended = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
      let told = 0;
      const onLosses = (losses: Float32Array) => {
        for (const loss of losses) {
          const step = told++;
          const row: StepRow = { step, loss, smoothedLoss: smoothed.add(loss), ...schedule(step) };
          if (!Number.isFinite(loss)) throw diverged(step, row.lr);
          for (const callback of callbacks) if (callback.onStepEnd?.(row) === "stop") stopped.abort();
        }
        meter.trainLoss = smoothed.value;
      };

      const looks = callbacks.some(({ onLook }) => onLook)
        ? new (await import("./looks.ts")).Looks(callbacks, steps)
        : null;
      const look = async (step: number, batch: number) => {
        if (await looks?.at(step, (how = {}) => this.#activations(batch, how))) stopped.abort();
      };
      const pause = () => {
        const wait = options.pause?.();
        return wait && meter.leaveOut(Promise.race([wait, ended]));
      };

      for (const callback of callbacks) callback.onFitBegin?.({ epochs, steps });
      for (let epoch = 0; epoch < epochs && !stopped.signal.aborted; epoch++) {
        meter.beginEpoch(epoch);
        trainer.setOrder(this.#order(ORDER_STREAM + this.history.length));
        const first = epoch * trainer.batches;
        const hypers = (i: number) => ({ ...schedule(first + i), wd });
        try {
          for (let batch = 0; batch < trainer.batches && !stopped.signal.aborted; ) {
            const step = first + batch;
            await meter.leaveOut(look(step, batch));
            const begin = batch;
            batch = Math.min(trainer.batches, batch + (looks?.until(step) ?? trainer.batches));
            await trainer.train(begin, batch - begin, (i) => hypers(begin + i), {
              onLosses,
              onDone: (done) => meter.train(begin + done),
              pause,
              signal,
            });
          }
        } catch (error) {
          if (!stopped.signal.aborted || options.signal?.aborted) throw error; // a callback's stop is no error
        }
        if (!meter.trainedSteps) break; // a look stopped before the epoch's first step
        this.#mom = schedule(Math.min(first + trainer.batches, steps) - 1).mom;
        const valid = this.data.validRows.length > 0 ? await this.#validate(options.signal, meter) : null;
        const row: EpochRow = {
          epoch,
          trainLoss: smoothed.value,
          validLoss: valid?.loss ?? null,
          metrics: valid?.metrics ?? {},
          seconds: meter.endEpoch(),
          rowsPerSecond: meter.rowsPerSecond,
        };
        this.history.push(row);
        options.onEpoch?.(row);
        for (const callback of callbacks)
          if ((await callback.onEpochEnd?.(row, weights)) === "stop") stopped.abort();
      }
      if (!stopped.signal.aborted) await look(steps, trainer.batches - 1);
      for (const callback of callbacks) await callback.onFitEnd?.(weights);
    });
  }

  async #validate(signal?: AbortSignal, meter?: ProgressMeter): Promise<ValidationResult> {
    const { encoded, validRows, preprocessing } = this.data;
    const { task } = preprocessing.target;
    const { outputs } = this.model.config;
    const width = task === "classification" ? 1 : outputs;
    const targets = new Float32Array(validRows.length * width);
    validRows.forEach((row, i) => {
      targets.set(encoded.targets!.subarray(row * width, (row + 1) * width), i * width);
    });
    const onDone = (done: number, all: number) => meter?.valid(done, all);
    const predictions = await this.#trainer.evaluate({ onDone, signal });
    const shape = { rows: validRows.length, outputs };
    const metrics = this.metrics.map((m) => [m.name, m.compute(predictions, targets, shape, task)] as const);
    const loss = lossValue(task, predictions, targets, outputs);
    return { loss, metrics: Object.fromEntries(metrics), predictions, targets };
  }

  /** On batch `batch` of the current order. */
  async #activations(batch: number, options: ActivationOptions): Promise<LayerActivations[]> {
    const { activationsOf } = await import("./activation_probe.ts");
    return activationsOf(this.#trainer, batch * this.#trainer.options.bs, options);
  }

  /** A fresh permutation of the training rows. */
  #order(stream: number): Uint32Array {
    return new Random(this.#seed, stream).shuffle(this.data.trainRows.slice());
  }

  #weights(): Weights {
    const trainer = this.#trainer;
    let kept: Awaited<ReturnType<Trainer["snapshot"]>> | undefined;
    return {
      keep: async () => {
        kept = await trainer.snapshot();
      },
      putBack: () => {
        if (kept) trainer.restore(kept);
      },
    };
  }

  /** Two fits at once would tread on each other's weights. */
  async #alone<T>(what: string, work: () => Promise<T>): Promise<T> {
    if (this.#disposed) throw new OptionError(`${what}: this learner was disposed; make another.`);
    if (this.#busy)
      throw new OptionError(`${what}: this learner is busy. Await the fit or lrFind under way first.`);
    this.#busy = true;
    try {
      return await work();
    } finally {
      this.#busy = false;
    }
  }
}

function diverged(step: number, lr: number): DataError {
  return new DataError(
    `Training diverged: the loss of step ${step} (counted from 0, lr ${lr.toExponential(2)}) is not finite. Use a ` +
      "lower learning rate (lrFind suggests one), or look for extreme values in the continuous columns or the target.",
  );
}
