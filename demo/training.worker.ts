/** Everything heavy: makes the sample, builds the model, trains it. The page only asks and draws. */
import {
  adapterLine,
  type Callback,
  DeviceError,
  expRmspe,
  isSoftware,
  type Learner,
  type Progress,
  tabularLearner,
} from "tabgpu";
import { LossReporter } from "./loss_reporter.ts";
import type { Failure, Reply, Request, Result, Settings } from "./messages.ts";
import { makeSampleData } from "./sample_data.ts";

interface WorkerScope {
  postMessage(reply: Reply, transfer?: Transferable[]): void;
  onmessage: ((event: MessageEvent<Request>) => void) | null;
}

const scope = self as unknown as WorkerScope;
const tell = (reply: Reply, transfer: Transferable[] = []) => scope.postMessage(reply, transfer);

const sample = makeSampleData();
tell({ kind: "data", data: sample.summary });
/** One thing after the other; a request that fails must not hold up the next. */
let work: Promise<void> = findAdapter();
let training: AbortController | undefined;
/** The learner built last, what it was built for, and whether it is still as it was initialised. */
let current: { learner: Learner; key: string; fresh: boolean } | undefined;

scope.onmessage = ({ data: request }) => {
  if (request.kind === "stop") {
    training?.abort();
    return;
  }
  const { kind, settings } = request;
  if (kind === "prepare") {
    enqueue(kind, async () => void (await learnerFor(settings)));
  } else {
    const controller = new AbortController();
    training = controller;
    enqueue(kind, () => train(settings, controller.signal));
  }
};

function enqueue(doing: Failure["doing"], job: () => Promise<void>): void {
  work = work.then(job).catch((error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    tell({ kind: "failed", doing: error instanceof DeviceError ? "device" : doing, message });
  });
}

/** Says what the shaders will run on before the first of them is compiled. */
async function findAdapter(): Promise<void> {
  const adapter = await navigator.gpu?.requestAdapter({ powerPreference: "high-performance" });
  if (adapter) tell({ kind: "adapter", line: adapterLine(adapter.info), software: isSoftware(adapter.info) });
  // Without one, the library says so, and what to do, when the first model is built.
}

/** A learner that has not learned yet; the one at hand if it was built for the same settings. */
async function learnerFor({ layers, bs }: Settings): Promise<Learner> {
  const key = JSON.stringify({ layers, bs });
  if (current?.fresh && current.key === key) return current.learner;
  current?.learner.dispose();
  current = undefined;
  const onProgress = (progress: Progress) => tell({ kind: "progress", progress });
  const learner = await tabularLearner(sample.data, { layers, bs, metrics: [expRmspe], onProgress });
  current = { learner, key, fresh: true };
  tell({ kind: "model", text: String(learner.model) });
  return learner;
}

async function train(settings: Settings, signal: AbortSignal): Promise<void> {
  const learner = await learnerFor(settings);
  const begin: Callback = { onFitBegin: (fit) => tell({ kind: "begin", ...fit }) };
  const losses = new LossReporter((first, values) => tell({ kind: "losses", first, losses: values }));
  if (current) current.fresh = false;
  let learned = false;
  let stopped = false;
  try {
    await learner.fitOneCycle(settings.epochs, settings.lr, {
      wd: settings.wd,
      signal,
      callbacks: [begin, losses],
      onProgress: (progress) => {
        learned = true; // steps finish before their losses are known
        losses.flush();
        tell({ kind: "progress", progress });
      },
      onEpoch: (row) => tell({ kind: "epoch", row }),
    });
  } catch (error) {
    if (!signal.aborted) throw error;
    stopped = true;
  }
  losses.flush();
  if (!learned) tell({ kind: "nothing" });
  else {
    const result = await resultOf(learner, stopped);
    tell({ kind: "result", result }, [result.bytes.buffer]);
  }
}

async function resultOf(learner: Learner, stopped: boolean): Promise<Result> {
  // After a stop the last epoch's score is older than the weights.
  const last = stopped ? undefined : learner.history.at(-1);
  const metrics = last?.metrics ?? (await learner.validate()).metrics;
  const predictions = await learner.model.predict(sample.examples);
  const records = sample.examples.toRecords();
  return {
    stopped,
    expRmspe: metrics[expRmspe.name],
    bestPossible: sample.bestPossible,
    predictions: predictions.map(({ prediction }, i) => ({
      row: records[i],
      predicted: Number(prediction),
      truth: Number(records[i][sample.summary.target]),
    })),
    bytes: await learner.save(),
  };
}
