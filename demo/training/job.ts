import { type Learner, loadModel } from "tabgpu";
import { freshLearner } from "../model/learner_for.ts";
import type { ModelSettings } from "../model/types.ts";
import { placeModel } from "../worker/place_model.ts";
import type { LoadedTable, PreparedData, Workbench } from "../worker/workbench.ts";
import { Gate } from "./gate.ts";
import { StepReporter } from "./step_reporter.ts";
import type { BestPossible, TrainingEvent, TrainingResult, TrainingSettings } from "./types.ts";

/** Milliseconds between two reports of progress: the page draws each. */
const TELL_MS = 200;

export function trainingJobs(bench: Workbench) {
  let underWay: { readonly gate: Gate; readonly controller: AbortController } | null = null;

  return {
    /**
     * Trains a fresh model by the one-cycle policy; when it ends, or is stopped, the model becomes the current one.
     * @param name of the model that comes of it
     * @param onEvent told a few times a second
     */
    train(
      name: string,
      model: ModelSettings,
      settings: TrainingSettings,
      onEvent: (event: TrainingEvent) => void,
    ): Promise<TrainingResult> {
      let told: unknown;
      const tell = (event: TrainingEvent) => {
        told = onEvent(event);
      };
      const controller = new AbortController();
      const gate = new Gate(() => tell({ kind: "paused" }));
      underWay = { gate, controller };
      return bench.turns.run(async () => {
        try {
          return await run(bench, name, model, settings, tell, gate, controller.signal);
        } finally {
          await told; // events go another way than the result: none may come after it
          if (underWay?.controller === controller) underWay = null;
        }
      });
    },

    /** Holds the training between two steps; the event "paused" tells when. */
    pauseTraining(): void {
      underWay?.gate.close();
    },

    resumeTraining(): void {
      underWay?.gate.open();
    },

    stopTraining(): void {
      underWay?.controller.abort();
    },
  };
}

async function run(
  bench: Workbench,
  name: string,
  model: ModelSettings,
  settings: TrainingSettings,
  tell: (event: TrainingEvent) => void,
  gate: Gate,
  signal: AbortSignal,
): Promise<TrainingResult> {
  const onCompile = (done: number, total: number) => tell({ kind: "compile", done, total });
  // What the learner learns from; while it is made, another table may come to lie on the bench.
  const prepared = bench.prepared!;
  const source = bench.table;
  const learner = await freshLearner(bench, model, settings, onCompile);
  const best = bestPossible(source, prepared);
  const steps = new StepReporter();
  let lastTold = Number.NEGATIVE_INFINITY;
  let learned = false;
  let stopped = false;
  bench.learner = null; // it is no longer fresh, and goes when the training ends
  try {
    try {
      await learner.fitOneCycle(settings.epochs, settings.lr, {
        wd: settings.wd,
        signal,
        pause: gate.pause,
        callbacks: [steps, { onFitBegin: (fit) => tell({ kind: "begin", ...fit, best }) }],
        onProgress: (progress) => {
          learned = true; // steps finish before their losses are known
          const now = performance.now();
          if (progress.step < progress.steps && now - lastTold < TELL_MS) return;
          lastTold = now;
          tell({ kind: "progress", progress, block: steps.take() });
        },
        onEpoch: (row) => tell({ kind: "epoch", row }),
      });
    } catch (error) {
      if (!signal.aborted) throw error;
      stopped = true;
    }
    const block = steps.take();
    if (!learned) return { stopped, current: null, block };
    tell({ kind: "finishing" });
    // After a stop the last epoch's score is older than the weights.
    const metrics = stopped ? await scoresOf(learner) : lastScores(learner);
    const bytes = await learner.save();
    const trained = {
      model: await loadModel(bytes),
      bytes,
      trainedOn: prepared,
    };
    return {
      stopped,
      block,
      current: placeModel(bench, trained, { name, origin: "trained", table: source?.name ?? null, metrics }),
    };
  } finally {
    learner.dispose();
  }
}

async function scoresOf(learner: Learner): Promise<Record<string, number>> {
  if (learner.data.validRows.length === 0) return {};
  const { loss, metrics } = await learner.validate();
  return { valid_loss: loss, ...metrics };
}

function lastScores({ history }: Learner): Record<string, number> {
  const last = history.at(-1);
  if (!last || last.validLoss === null) return {};
  return { valid_loss: last.validLoss, ...last.metrics };
}

/** Of the sample the truth is known: what is left of the error when only noise is. */
function bestPossible(source: LoadedTable | null, prepared: PreparedData): BestPossible | null {
  const sample = source?.sample;
  const { target } = prepared.data.preprocessing;
  if (!sample || prepared.table.rows !== sample.table.rows || prepared.data.validRows.length === 0)
    return null;
  if (target.task !== "regression" || !target.log || target.names[0] !== sample.options.target) return null;
  return {
    metric: "exp_rmspe",
    value: sample.expRmspeOfTruth(prepared.data.validRows),
    loss: sample.noiseFloor.sigma ** 2,
  };
}
