import {
  type ActivationLook,
  activationStats,
  type Callback,
  DataError,
  type LayerActivations,
  type Learner,
  type TabularData,
  tabularLearner,
} from "tabgpu";
import type { ModelSettings } from "../model/types.ts";
import type { TrainingSettings } from "../training/types.ts";
import type { Workbench } from "../worker/workbench.ts";
import { batchRanges, drawBatches } from "./batch_ranges.ts";
import { Rendezvous } from "./rendezvous.ts";
import {
  BINS,
  type ColumnFacts,
  type InsideEvent,
  type InsideResult,
  type InsideSettings,
  type LayerLook,
  type Look,
  RANGE,
  type Side,
  type SideResult,
} from "./types.ts";

/** Looks at each model, spread over its steps. */
const LOOKS = 40;

/** Rows of a batch looked at: enough for a histogram, and read back in no time. */
const MAX_ROWS = 512;

/** fastai's default; the training's own may be so strong that it hides what the switch does. */
const WEIGHT_DECAY = 0.01;

const BATCHES_LOOKED_AT = 50;

/** The loss of one batch is mostly chance; fewer than these would be, too. */
const LEAST_AVERAGED = 5;

export function insideJobs(bench: Workbench) {
  let underWay: AbortController | null = null;

  return {
    /**
     * Trains two models side by side from the same seed, on the same batches, one switch apart. Nothing on the bench is
     * touched by it.
     * @param onEvent told of every look at either model
     */
    compareInside(
      settings: InsideSettings,
      model: Pick<ModelSettings, "yRange">,
      training: Pick<TrainingSettings, "bs" | "seed">,
      onEvent: (event: InsideEvent) => void,
    ): Promise<InsideResult> {
      const controller = new AbortController();
      underWay = controller;
      let told: unknown;
      const tell = (event: InsideEvent) => {
        told = onEvent(event);
      };
      return bench.turns.run(async () => {
        try {
          const { data } = bench;
          if (!data) throw new DataError("There is no data to train on yet.");
          return await compare(data, settings, model, training, tell, controller.signal);
        } finally {
          await told; // events go another way than the result: none may come after it
          if (underWay === controller) underWay = null;
        }
      });
    },

    stopInside(): void {
      underWay?.abort();
    },
  };
}

async function compare(
  data: TabularData,
  settings: InsideSettings,
  { yRange }: Pick<ModelSettings, "yRange">,
  { bs, seed }: Pick<TrainingSettings, "bs" | "seed">,
  tell: (event: InsideEvent) => void,
  signal: AbortSignal,
): Promise<InsideResult> {
  const batch = Math.min(bs, data.trainRows.length);
  const make = (side: Side, done: number) =>
    tabularLearner(data, {
      layers: settings.layers,
      yRange: data.preprocessing.target.task === "regression" ? yRange : null,
      useBn: side === "with" || settings.change === "continuous",
      bnCont: side === "with" || settings.change === "blocks",
      bs: batch,
      seed,
      backend: "auto",
      onProgress: ({ phase, step, steps }) => {
        if (phase === "compile") tell({ kind: "compile", fraction: (done + step / steps) / 2 });
      },
    });
  const learners: Learner[] = [];
  try {
    for (const [i, side] of (["with", "without"] as const).entries()) {
      learners.push(await make(side, i));
      if (signal.aborted) return { stopped: true, sides: { with: NOTHING, without: NOTHING }, columns: [] };
    }
    tell({ kind: "begin", batch });
    const meeting = new Rendezvous(2);
    const units: { last: LayerActivations["units"] | null } = { last: null };
    const failed = new AbortController(); // a fault of one ends the other too
    const either = AbortSignal.any([signal, failed.signal]);
    const watch = async (side: Side, learner: Learner) => {
      try {
        return await watchTraining(learner, batch, settings, meeting, either, (look, layers) => {
          const bnCont = layers.find(({ name }) => name === "bn_cont");
          if (side === "with" && bnCont) units.last = bnCont.units;
          tell({ kind: "look", side, look });
        });
      } catch (error) {
        failed.abort();
        throw error;
      } finally {
        meeting.leave();
      }
    };
    const ended = await Promise.allSettled([watch("with", learners[0]), watch("without", learners[1])]);
    const [withAll, without] = ended.map((end) => {
      if (end.status === "rejected") throw end.reason;
      return end.value;
    });
    return {
      stopped: signal.aborted,
      sides: { with: withAll, without },
      columns: columnFacts(data, batch, units.last),
    };
  } finally {
    for (const learner of learners) learner.dispose();
  }
}

const NOTHING: SideResult = { trainLoss: null, averaged: 0, validLoss: null, divergedAt: null };

async function watchTraining(
  learner: Learner,
  batch: number,
  { lr, steps }: InsideSettings,
  meeting: Rendezvous,
  signal: AbortSignal,
  onLook: (look: Look, layers: readonly LayerActivations[]) => void,
): Promise<SideResult> {
  const perEpoch = Math.floor(learner.data.trainRows.length / batch);
  const losses: number[] = [];
  let told = 0;
  const every = Math.max(1, Math.floor(steps / LOOKS));
  const how = { rows: Math.min(batch, MAX_ROWS), bins: BINS, range: RANGE };
  const see = async ({ step, layers }: ActivationLook) => {
    const since = losses.slice(told);
    told = losses.length;
    onLook({ step, loss: since.length > 0 ? meanOf(since) : null, layers: layersOf(layers) }, layers);
    await meeting.meet();
  };
  const stats = activationStats({ every, ...how, onStats: see });
  const end: Callback = {
    every: steps,
    onStepEnd: ({ loss }) => void losses.push(loss),
    onLook: async ({ step, activations }) => {
      if (step < steps) return;
      if (step % every !== 0) await see({ step, layers: await activations(how) });
      return "stop";
    },
  };
  let divergedAt: number | null = null;
  try {
    await learner.fit(Math.ceil(steps / perEpoch), lr, { wd: WEIGHT_DECAY, callbacks: [stats, end], signal });
  } catch (error) {
    if (error instanceof DataError) divergedAt = losses.length;
    else if (!signal.aborted) throw error;
  }
  const last = losses.slice(-Math.max(LEAST_AVERAGED, Math.round(steps / 10)));
  return {
    trainLoss: divergedAt === null && last.length > 0 ? meanOf(last) : null,
    averaged: last.length,
    validLoss: divergedAt === null ? (learner.history.at(-1)?.validLoss ?? null) : null,
    divergedAt,
  };
}

const meanOf = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;

function layersOf(layers: readonly LayerActivations[]): LayerLook[] {
  return layers.flatMap(({ kind, depth, mean, std, units, nearZero, histogram }) => {
    const { counts, below, above } = histogram;
    const spread = Math.sqrt(meanOf(Array.from(units.std, (x) => x * x)));
    return kind === "input" ? [] : [{ kind, depth, mean, std, spread, nearZero, counts, below, above }];
  });
}

/** @param units of the continuous columns after their BatchNorm */
function columnFacts(
  data: TabularData,
  batch: number,
  units: LayerActivations["units"] | null,
): ColumnFacts[] {
  const { continuous } = data.preprocessing;
  if (!units || batch < 2) return [];
  const batches = drawBatches(data.trainRows, batch, BATCHES_LOOKED_AT);
  const ranges = batchRanges(data.encoded.continuous, continuous.length, batches);
  return continuous.map(({ name }, i) => ({ name, ...ranges[i], shift: units.mean[i], scale: units.std[i] }));
}
