/** What the charts show of runs. */
import type { Line, Lines } from "../charts/line_chart.ts";
import { score } from "../ui/format.ts";
import type { Run } from "./types.ts";

/** Part of a run's steps that may run off the top once as many more are drawn: they would flatten all that follows. */
const SKIPPED = 0.15;

const COLOURS = 6;

export function colourOf(id: number): `--${string}` {
  return `--series-${((id - 1) % COLOURS) + 1}`;
}

/** Training and validation losses over the epochs. One run has a colour for each, several a colour per run. */
export function lossLines(runs: readonly Run[]): Lines {
  const several = runs.length > 1;
  const lines = runs.flatMap((run): Line[] => {
    const perEpoch = run.steps / run.epochs || 1;
    const epochs = (steps: readonly number[]) => steps.map((step) => step / perEpoch);
    const of = several ? ` ${run.id}` : "";
    const training: Line = {
      label: `training${of}`,
      colour: several ? colourOf(run.id) : "--training",
      x: epochs(run.train.step),
      y: run.train.loss,
      width: several ? 1.25 : 2,
      dash: several ? [5, 3] : undefined,
    };
    const validation: Line = {
      label: `validation${of}`,
      colour: several ? colourOf(run.id) : "--validation",
      x: epochs(run.valid.step),
      y: run.valid.loss,
      dots: true,
      end: several ? String(run.id) : undefined,
    };
    return [training, validation];
  });
  const best = runs[0]?.best ?? null;
  return {
    lines,
    x: { label: "epoch", range: [0, Math.max(1, ...runs.map(spanOf))], whole: true },
    y: { log: true, range: lossRange(runs, best?.loss ?? null) },
    level: best ? { y: best.loss, label: "what noise leaves to the best model" } : undefined,
    read: score,
    height: 320,
    summary: lossSummary(runs),
  };
}

/** Epochs to make room for: all that are to come, or those that a run ended with. */
function spanOf({ state, epochs, steps, train }: Run): number {
  if (state === "running" || state === "paused" || steps === 0) return epochs;
  return Math.ceil(((train.step.at(-1) ?? 0) * epochs) / steps);
}

/** What the losses reach, without the first steps' once there are enough others; with room above and below. */
function lossRange(runs: readonly Run[], floor: number | null): [number, number] {
  let min = floor ?? Number.POSITIVE_INFINITY;
  let max = floor === null ? Number.NEGATIVE_INFINITY : 4 * floor;
  for (const { train, valid, steps } of runs) {
    const skipped = SKIPPED * steps;
    const enough = (train.step.at(-1) ?? 0) > 2 * skipped;
    const take = (step: number, loss: number) => {
      if (!(loss > 0 && Number.isFinite(loss)) || (enough && step <= skipped)) return;
      min = Math.min(min, loss);
      max = Math.max(max, loss);
    };
    train.loss.forEach((loss, i) => {
      take(train.step[i], loss);
    });
    valid.loss.forEach((loss, i) => {
      take(valid.step[i], loss);
    });
  }
  if (!(min <= max)) return [0.1, 1];
  return [floor === null ? min / 1.25 : min / 2, max * 1.25];
}

function lossSummary(runs: readonly Run[]): string {
  const each = runs.map(({ id, name, train, valid }) => {
    const [last, checked] = [train.loss.at(-1), valid.loss.at(-1)];
    const losses = `training loss ${score(last ?? Number.NaN)}, validation loss ${score(checked ?? Number.NaN)}`;
    return runs.length > 1 ? `Run ${id}, ${name}: ${losses}.` : `Latest ${losses}.`;
  });
  return `Losses over the epochs, on a log scale. ${each.join(" ")} The tables have the numbers.`;
}

/** Learning rate and momentum, step by step. */
export function scheduleLines({ schedule, steps }: Run): Lines {
  const { step, lr, mom } = schedule;
  return {
    lines: [
      { label: "learning rate", colour: "--series-1", x: step, y: lr },
      { label: "momentum", colour: "--series-2", x: step, y: mom, dash: [6, 4], right: true },
    ],
    x: { label: "step", range: [0, Math.max(1, steps)], whole: true },
    y: { range: [0, 1.05 * Math.max(Number.MIN_VALUE, ...lr)] },
    right: { range: [0.8, 1] },
    read: (value) => value.toPrecision(3),
    readRight: (value) => value.toFixed(3),
    height: 220,
    summary:
      `Learning rate and momentum by step: after ${step.at(-1) ?? 0} of ${steps} steps the rate is ` +
      `${lr.at(-1)?.toPrecision(3) ?? "–"}, the momentum ${mom.at(-1)?.toFixed(3) ?? "–"}.`,
  };
}

/** The numbers of a run's end: those it ended with, or those of its last epoch so far. */
export function scoresOf({ metrics, history }: Run): Readonly<Record<string, number>> {
  if (Object.keys(metrics).length > 0) return metrics;
  const last = history.at(-1);
  return last && last.validLoss !== null ? { valid_loss: last.validLoss, ...last.metrics } : {};
}
