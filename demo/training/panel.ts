import { computed } from "@preact/signals-core";
import { html, nothing } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import { chart } from "../charts/chart.ts";
import { LineChart } from "../charts/line_chart.ts";
import { busy, model, runs } from "../session.ts";
import { textField } from "../ui/field.ts";
import { duration, score, signedPercent } from "../ui/format.ts";
import { asked, chosen, cpuReason, pause, resume, running, stop, train } from "./actions.ts";
import { trainingForm as form, trainingFieldId } from "./form.ts";
import { canAsk, mayBegin, refusalOf } from "./hindrance.ts";
import { comparableRuns, learnedWords, sameLearned } from "./learned.ts";
import { lossLines, scheduleLines, scoresOf } from "./run_charts.ts";
import { runTable } from "./run_table.ts";
import { TRAINING_LABELS, type TrainingField } from "./settings.ts";
import type { Run } from "./types.ts";

/** Losses of runs that learned other things do not compare: those are drawn that are like the one under way or chosen. */
const shown = computed(() => {
  const all = runs.value.filter((run) => run.shown && (run.train.step.length > 0 || run.state === "running"));
  const groups = comparableRuns(all);
  const like = running.value ?? chosen.value;
  return groups.find(([{ learned }]) => like && sameLearned(learned, like.learned)) ?? groups.at(-1) ?? [];
});
const losses = computed(() => lossLines(shown.value));
const schedule = computed(() => (chosen.value ? scheduleLines(chosen.value) : null));

export const trainingPanel = () => html`
  <div class="beside">
    ${settingsForm()}
    <div class="stack">${progressOf(chosenOrRunning())} ${lossChart()}</div>
  </div>
  ${runs.value.length > 0 ? results() : nothing}
`;

const chosenOrRunning = () => running.value ?? runs.value.at(-1) ?? null;

function settingsForm() {
  const training = busy.value === "training";
  const refusal = refusalOf("training");
  const field = (name: TrainingField, help: string) => {
    const whole = name === "epochs" || name === "bs" || name === "seed";
    const inputmode = whole ? "numeric" : "decimal";
    const about = { id: trainingFieldId(name), label: TRAINING_LABELS[name], help, inputmode } as const;
    return textField(form, name, about);
  };
  const submit = (event: Event) => {
    event.preventDefault();
    if (form.insist()) {
      if (mayBegin("training")) void begin();
    } else (event.target as HTMLElement).querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  };
  return html`<form id="training-settings" class="card" novalidate @submit=${submit}>
    <fieldset class="stack" ?disabled=${busy.value !== null}>
      <legend class="visually-hidden">Settings of the training</legend>
      <div class="pair">
        ${field("epochs", "Passes over all rows")} ${field("bs", "Rows in a step")}
      </div>
      <div class="pair">
        ${field("lr", "At its highest")} ${field("wd", "0 for none")}
      </div>
      ${field("seed", "The same seed trains the same model again")}
    </fieldset>
    <div class="buttons">
      <button id="training-start" type="submit" class="primary" ?disabled=${!canAsk.value}>Train</button>
      ${
        running.value?.state === "paused"
          ? html`<button id="training-resume" type="button" ?disabled=${asked.value === "stop"} @click=${resume}>
              Resume
            </button>`
          : html`<button
              id="training-pause"
              type="button"
              ?disabled=${!training || asked.value !== null}
              @click=${pause}
            >
              Pause
            </button>`
      }
      <button id="training-stop" type="button" ?disabled=${!training || asked.value === "stop"} @click=${stop}>
        Stop
      </button>
    </div>
    ${refusal === null ? nothing : html`<p id="training-refusal" class="notice error" role="alert">${refusal}</p>`}
    <p id="training-hint" class="help">${hint()}</p>
    ${cpuReason.value === null ? nothing : html`<p class="notice">Training runs on the CPU. ${cpuReason.value}</p>`}
  </form>`;
}

/** The keyboard's focus goes from Train, which is disabled now, to Stop, and back when the training ends. */
async function begin(): Promise<void> {
  const start = document.querySelector<HTMLButtonElement>("#training-start")!;
  const stopButton = document.querySelector<HTMLButtonElement>("#training-stop")!;
  const held = document.activeElement === start;
  const ended = train();
  if (held) stopButton.focus();
  await ended;
  // Drawn a few frames later; a button that was disabled while it had the focus left it to the body.
  for (let frame = 0; frame < 60 && start.disabled; frame++) await new Promise(requestAnimationFrame);
  const { activeElement } = document;
  if (activeElement === stopButton || activeElement === document.body) start.focus({ preventScroll: true });
}

function hint(): string {
  if (busy.value === "training") {
    if (asked.value === "pause" && running.value?.state === "running")
      return "Pausing after the steps under way…";
    if (asked.value === "stop") return "Stopping, then scoring the model as it is…";
    return "The model of this run is in use below when it ends, or when you stop it.";
  }
  if (busy.value === "lr_finder") return "The LR finder is running.";
  if (busy.value === "inside") return "The comparison under “Inside” is running.";
  if (model.value.state === "loading") return "The model is being built.";
  if (model.value.state !== "ready") return "Training starts once data and model are right.";
  return "Every press on Train starts a fresh model; its run joins the others.";
}

function progressOf(run: Run | null) {
  const status = run === null ? "Nothing was trained yet." : `Run ${run.id} ${statusOf(run)}`;
  return html`<div class="stack training-progress">
    <p id="training-status" role="status">${status}</p>
    <progress id="training-progress" max="1" .value=${run?.progress.fraction ?? 0} aria-label="Training done"></progress>
    <p id="training-speed" class="muted">${run === null ? "\u00a0" : run.progress.text}</p>
    ${
      run?.state === "cut off"
        ? html`<p id="training-cut-off" class="notice">
            What it had learned is gone; its losses so far are below. The settings are as they were: Train begins again.
          </p>`
        : nothing
    }
    ${run?.message ? html`<p id="training-failure" class="notice error" role="alert">${run.message}</p>` : nothing}
  </div>`;
}

/** Told aloud: only what a listener wants to be interrupted for. */
function statusOf({ state, history, epochs }: Run): string {
  const last = history.at(-1);
  const loss = last && last.validLoss !== null ? ` Validation loss ${score(last.validLoss)}.` : "";
  switch (state) {
    case "running":
      return last ? `has done epoch ${history.length} of ${epochs}.${loss}` : "is training.";
    case "paused":
      return "is paused.";
    case "done":
      return `is trained.${loss}`;
    case "stopped":
      return "was stopped. The model keeps what it has learned.";
    case "failed":
      return "failed.";
    case "cut off":
      return "was cut off: the page was closed or loaded anew while it trained.";
  }
}

function lossChart() {
  const drawn = shown.value;
  if (drawn.length === 0) return html`<p class="empty">The loss is drawn here while a model trains.</p>`;
  const left = runs.value.some((run) => run.shown && !sameLearned(run.learned, drawn[0].learned));
  const fresh = running.value?.train.step.length === 0 ? running.value : null;
  const before = drawn.filter((run) => run !== fresh).length;
  return html`<figure class="card chart-card ${fresh && before > 0 ? "outdated" : ""}">
    <figcaption>
      ${
        fresh && before > 0
          ? html`<strong id="training-before">Of the ${before > 1 ? "runs" : "run"} before, until run ${fresh.id} has losses.</strong>`
          : nothing
      }
      Loss of ${learnedWords(drawn[0].learned)}, on a log scale.
      ${
        drawn.length > 1
          ? "Dashed: training; solid with dots: validation; the number at the end of a line is the run’s."
          : "The training line averages the last twenty steps or so; train_loss in the table is fastai’s slower average."
      }
    </figcaption>
    <div id="training-loss" class="chart" ${chart(LineChart, losses.value)}></div>
    ${
      left
        ? html`<p id="training-left-out" class="help">
            Runs that learned something else, or were held against other rows, are not drawn: their losses do not compare.
          </p>`
        : nothing
    }
  </figure>`;
}

function results() {
  const run = chosen.value;
  return html`
    ${run ? bestPossible(run) : nothing}
    ${runTable()}
    ${
      run
        ? html`<div class="grid training-details">
            <section class="card" aria-labelledby="training-epochs-title">
              <h3 id="training-epochs-title">Epochs of run ${run.id}</h3>
              ${epochTable(run)}
            </section>
            <section class="card" aria-labelledby="training-schedule-title">
              <h3 id="training-schedule-title">Learning rate and momentum of run ${run.id}</h3>
              ${
                run.schedule.step.length === 0
                  ? html`<p class="empty">
                      ${run.state === "running" ? "They are drawn here with the first steps." : "It ended before its first steps."}
                    </p>`
                  : html`<div id="training-schedule" class="chart" ${chart(LineChart, schedule.value!)}></div>`
              }
            </section>
          </div>`
        : nothing
    }
  `;
}

/** A row per epoch under fastai's column names; counted from 1, as the progress and the chart's axis do. */
function epochTable({ history, state }: Run) {
  if (history.length === 0) {
    const underWay = state === "running" || state === "paused";
    const words = underWay ? "A row per epoch appears here." : "It ended before its first epoch did.";
    return html`<p class="empty">${words}</p>`;
  }
  const metrics = Object.keys(history[0].metrics);
  const columns = ["epoch", "train_loss", "valid_loss", ...metrics, "time"];
  return html`<div class="table epochs" tabindex="0" role="region" aria-label="Table of epochs">
    <table id="training-epoch-table">
      <thead>
        <tr>
          ${columns.map((name) => html`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${repeat(
          history,
          ({ epoch }) => epoch,
          ({ epoch, trainLoss, validLoss, metrics: values, seconds }) => html`<tr>
            <th scope="row">${epoch + 1}</th>
            <td>${score(trainLoss)}</td>
            <td>${score(validLoss ?? Number.NaN)}</td>
            ${metrics.map((name) => html`<td>${score(values[name] ?? Number.NaN)}</td>`)}
            <td>${duration(seconds)}</td>
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** On the sample the truth is known: how near the model came to what noise allows. */
function bestPossible(run: Run) {
  if (!run.best) return nothing;
  const { metric, value } = run.best;
  const reached = scoresOf(run)[metric];
  if (reached === undefined) return nothing;
  const gap = Math.max(0, reached / value - 1);
  return html`<div class="card" id="training-score">
    <dl class="facts big">
      <div><dt>Run ${run.id}, ${metric}</dt><dd id="training-reached">${score(reached)}</dd></div>
      <div><dt>Best possible</dt><dd id="training-possible">${score(value)}</dd></div>
      <div><dt>Gap</dt><dd id="training-gap">${signedPercent(gap).replace("+", "")}</dd></div>
    </dl>
    <p class="help">
      The sample’s sales follow a formula plus noise of known size, so the best score that any model can reach on the
      rows held out is known: the noise itself.
    </p>
  </div>`;
}
