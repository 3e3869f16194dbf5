/** Runs as plain data: how one begins, and how it changes by what the worker tells. */
import type { Progress } from "tabgpu";
import type { ModelSettings } from "../model/types.ts";
import { counted, duration, grouped, inPercent } from "../ui/format.ts";
import type { Learned, Run, StepBlock, TrainingEvent, TrainingResult, TrainingSettings } from "./types.ts";

const NOTHING = { step: [], loss: [] } as const;

export function newRun(id: number, model: ModelSettings, settings: TrainingSettings, learned: Learned): Run {
  return {
    id,
    name: runName(model, settings),
    state: "running",
    steps: 0,
    epochs: settings.epochs,
    train: NOTHING,
    valid: NOTHING,
    schedule: { step: [], lr: [], mom: [] },
    history: [],
    progress: { fraction: 0, rowsPerSecond: 0, secondsLeft: Number.NaN, text: "Starting…" },
    message: null,
    settings,
    model,
    learned,
    best: null,
    metrics: {},
    shown: true,
  };
}

/** What tells a run from others: "200, 100 · lr 0.02 · no BatchNorm". */
export function runName(model: ModelSettings, { lr, seed }: TrainingSettings): string {
  const parts = [model.layers.join(", "), `lr ${lr}`];
  if (model.ps.some((p) => p > 0) || model.embDrop > 0) parts.push("dropout");
  if (!model.useBn && !model.bnCont) parts.push("no BatchNorm");
  else if (!model.useBn) parts.push("no BatchNorm in blocks");
  else if (!model.bnCont) parts.push("no BatchNorm on columns");
  if (seed !== 42) parts.push(`seed ${seed}`);
  return parts.join(" · ");
}

/** The run after an event. */
export function afterEvent(run: Run, event: TrainingEvent): Run {
  switch (event.kind) {
    case "compile":
      return withText(run, `Compiling shaders: ${event.done} of ${event.total}`);
    case "begin":
      return { ...run, epochs: event.epochs, steps: event.steps, best: event.best };
    case "progress":
      return { ...withBlock(run, event.block), state: "running", progress: progressOf(event.progress) };
    case "epoch": {
      const history = [...run.history, event.row];
      if (event.row.validLoss === null) return { ...run, history };
      const step = (run.steps / run.epochs) * (event.row.epoch + 1);
      const valid = {
        step: [...run.valid.step, step],
        loss: [...run.valid.loss, event.row.validLoss],
      };
      return { ...run, history, valid };
    }
    case "paused":
      return {
        ...withText(run, `Paused at ${inPercent(Math.round(100 * run.progress.fraction))}`),
        state: "paused",
      };
    case "finishing":
      return withText(run, "Putting the model in place…");
  }
}

/** The run after its end. */
export function afterEnd(run: Run, { stopped, current, block }: TrainingResult): Run {
  const seconds = run.history.reduce((sum, row) => sum + row.seconds, 0);
  const epochs = counted(run.history.length, "epoch");
  const fraction = stopped ? run.progress.fraction : 1;
  const ended = { ...withBlock(run, block), metrics: current?.metrics ?? {} };
  const text = stopped ? stoppedWords(ended) : `${epochs} in ${duration(seconds)}`;
  return {
    ...ended,
    state: stopped ? "stopped" : "done",
    progress: { ...run.progress, fraction, secondsLeft: 0, text },
  };
}

/** Before the first epoch's end in steps, as far as they were told. */
function stoppedWords(run: Run): string {
  if (run.history.length > 0) return `Stopped after ${counted(run.history.length, "epoch")}`;
  const done = stepsDone(run);
  return done === 0 ? "Stopped before the first steps were done" : `Stopped after ${counted(done, "step")}`;
}

/** As far as they were told. */
function stepsDone({ train, steps, progress }: Run): number {
  return Math.max(train.step.at(-1) ?? 0, Math.round(progress.fraction * steps));
}

/** A run that was under way when the page that trained it was closed or loaded anew. */
export function cutOff(run: Run): Run {
  const done = stepsDone(run);
  const epoch = Math.min(run.epochs, Math.floor(run.progress.fraction * run.epochs) + 1);
  const text =
    done === 0
      ? "Cut off before the first steps were done"
      : `Cut off in epoch ${epoch} of ${run.epochs}, after step ${grouped(done)} of ${grouped(run.steps)}`;
  return { ...withText(run, text), state: "cut off" };
}

/** The run after an error. */
export function afterFailure(run: Run, message: string): Run {
  return { ...withText(run, "Failed"), state: "failed", message };
}

function withText(run: Run, text: string): Run {
  return { ...run, progress: { ...run.progress, text } };
}

function withBlock(run: Run, { step, loss, lr, mom }: StepBlock): Run {
  if (step.length === 0) return run;
  const { train, schedule } = run;
  const steps = [...train.step, ...step];
  return {
    ...run,
    train: { step: steps, loss: [...train.loss, ...loss] },
    schedule: { step: steps, lr: [...schedule.lr, ...lr], mom: [...schedule.mom, ...mom] },
  };
}

function progressOf(progress: Progress): Run["progress"] {
  const { phase, epoch, epochs, step, steps, rowsPerSecond, secondsLeft } = progress;
  const left = Number.isFinite(secondsLeft) ? ` · ${duration(secondsLeft)} left` : "";
  const speed = rowsPerSecond > 0 ? ` · ${grouped(rowsPerSecond)} rows/s` : "";
  const doing = phase === "valid" ? ", validating" : "";
  return {
    fraction: (epoch + (phase === "train" ? step / steps : 1)) / epochs,
    rowsPerSecond,
    secondsLeft,
    text: `Epoch ${epoch + 1} of ${epochs}${doing}${speed}${left}`,
  };
}
