/** Wires the page's parts to the worker that trains. */
import { byId, showOrHide } from "./dom.ts";
import { EpochTable } from "./epoch_table.ts";
import { counted, grouped, score } from "./format.ts";
import { LossChart } from "./loss_chart.ts";
import type { DataSummary, Failure, Reply, Request } from "./messages.ts";
import { ProgressView } from "./progress_view.ts";
import { ResultView } from "./result_view.ts";
import { SettingsForm } from "./settings_form.ts";

const worker = new Worker(new URL("./training.worker.ts", import.meta.url), { type: "module" });
const ask = (request: Request) => worker.postMessage(request);

const failure = byId("failure");
const noDevice = byId("no-device");
const progress = new ProgressView();
const epochs = new EpochTable();
const result = new ResultView();
let chart: LossChart | undefined;
let hasAdapter = false;
let training = false;

const form = new SettingsForm({
  onTrain(settings) {
    training = true;
    showOrHide(failure, null);
    showOrHide(noDevice, null);
    epochs.clear();
    result.clear();
    progress.reset();
    progress.say("Starting…");
    form.setState("training");
    ask({ kind: "train", settings });
  },
  onStop() {
    progress.say("Stopping, then scoring the model as it is…");
    form.setState("stopping");
    ask({ kind: "stop" });
  },
  onChange(settings) {
    if (hasAdapter && !training) ask({ kind: "prepare", settings });
  },
});

worker.onmessage = ({ data: reply }: MessageEvent<Reply>) => take(reply);
worker.onerror = (event) => {
  event.preventDefault();
  const message = event.message || "The part of this page that trains could not be loaded. Reload the page.";
  fail({ kind: "failed", doing: "train", message });
};

function take(reply: Reply): void {
  switch (reply.kind) {
    case "data":
      showData(reply.data);
      break;
    case "adapter":
      hasAdapter = true;
      byId("adapter").textContent = reply.line;
      byId("software").hidden = !reply.software;
      break;
    case "model":
      byId("model-text").textContent = reply.text;
      if (!training) {
        progress.reset();
        ready("Ready.");
      }
      break;
    case "begin":
      progress.say(`Training for ${counted(reply.epochs, "epoch")}.`);
      chart?.begin(reply.epochs, reply.steps);
      break;
    case "progress":
      progress.show(reply.progress);
      break;
    case "losses":
      chart?.addTraining(reply.losses);
      break;
    case "epoch":
      epochs.add(reply.row);
      if (reply.row.validLoss !== null) chart?.addValidation(reply.row.validLoss);
      progress.say(
        `Epoch ${epochs.count} done: validation loss ${score(reply.row.validLoss ?? Number.NaN)}.`,
      );
      break;
    case "result":
      training = false;
      result.show(reply.result);
      if (reply.result.stopped) progress.reset();
      else progress.finish(epochs.count, epochs.seconds);
      ready(reply.result.stopped ? "Stopped. The model keeps what it has learned." : "Trained.");
      break;
    case "nothing":
      training = false;
      progress.reset();
      ready("Stopped before the first step.");
      break;
    case "failed":
      fail(reply);
  }
}

function ready(status: string): void {
  progress.say(status);
  form.setState("ready");
}

function showData(data: DataSummary): void {
  byId("data").textContent =
    `${grouped(data.rows)} rows of synthetic sales: ${grouped(data.trainRows)} to train on, the newest ` +
    `${grouped(data.validRows)} to validate. ${data.categorical} categorical and ${data.continuous} continuous columns.`;
  chart = new LossChart(byId("loss-chart"), data.noiseVariance);
  const settings = form.read();
  if (settings) ask({ kind: "prepare", settings });
}

/** Says what went wrong where it can be mended: no WebGPU at the adapter, all else at the settings. */
function fail({ doing, message }: Failure): void {
  training = false;
  progress.reset();
  showOrHide(doing === "device" ? noDevice : failure, message);
  if (doing === "device" && !hasAdapter) {
    byId("adapter").textContent = "Nothing yet: WebGPU is missing here.";
    byId("model-text").textContent = "The model is built once there is a WebGPU adapter.";
    form.setState("waiting");
    progress.say("Training needs WebGPU.");
  } else ready("Not trained.");
}
