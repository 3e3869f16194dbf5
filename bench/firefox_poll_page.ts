// What bench/firefox_poll.mjs measures, in a page of the browser.
import { openDevice } from "../src/gpu/device.ts";
import { setNudging, waitFor } from "../src/gpu/wait.ts";
import type { PageContext } from "../src/headless/index.ts";
import { type Learner, loadModel, storeSalesSample, TabularData, tabularLearner } from "../src/index.ts";

export interface Settings {
  readonly rounds: number;
}

/** One measurement of one round: steps per second, or the median of some waits in ms. */
export interface Measurement {
  readonly round: number;
  readonly nudged: boolean;
  readonly values: Readonly<Record<Quantity, number>>;
}

/** Sample rows that a training epoch goes through: 50 steps of 64 rows. */
const ROWS = 3200;

/** How often a latency is taken per round. */
const REPEATS = 10;

const sample = storeSalesSample({ rows: ROWS });

/** The model of `npm start`, and one with hardly anything to compute. */
const MODELS = {
  sample: { data: TabularData.from(sample.table, { ...sample.options, valid: "none" }), layers: [200, 100] },
  small: {
    data: TabularData.from(sample.table, {
      categorical: ["region", "day_of_week"],
      continuous: ["temperature"],
      target: "sales",
      logTarget: true,
      valid: "none",
    }),
    layers: [16],
  },
};

export type Quantity = keyof ReturnType<typeof quantities>;

/** A way to measure each quantity. The learners are this way of waiting's own: each learns how long a step takes. */
function quantities({ device, learners, model }: Bench) {
  const rows = sample.table.toRecords();
  const training = async (learner: Learner) => {
    const start = performance.now();
    await learner.fit(1, 1e-3);
    return Math.floor(ROWS / 64) / ((performance.now() - start) / 1000);
  };
  return {
    "training, sample's model, bs 64 (steps/s)": () => training(learners.sample),
    "training, small model, bs 64 (steps/s)": () => training(learners.small),
    "predict 1 row (ms)": () => latency(() => model.predict(rows.slice(0, 1))),
    "predict 1,000 rows (ms)": () => latency(() => model.predict(rows.slice(0, 1000))),
    "onSubmittedWorkDone, idle (ms)": () =>
      latency(() => waitFor(device, device.queue.onSubmittedWorkDone())),
  };
}

interface Bench {
  readonly device: GPUDevice;
  readonly learners: Readonly<Record<keyof typeof MODELS, Learner>>;
  readonly model: Awaited<ReturnType<typeof loadModel>>;
}

async function open(device: GPUDevice): Promise<Bench> {
  const learner = ({ data, layers }: (typeof MODELS)["sample"]) =>
    tabularLearner(data, { layers, yRange: [5, 11], device });
  const learners = { sample: await learner(MODELS.sample), small: await learner(MODELS.small) };
  return { device, learners, model: await loadModel(await learners.sample.save(), { device }) };
}

/** Median of some repetitions, in ms. */
async function latency(wait: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < REPEATS; i++) {
    const start = performance.now();
    await wait();
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  return (times[REPEATS / 2 - 1] + times[REPEATS / 2]) / 2;
}

/** Measures everything, with and without nudging in turn, round after round; the first round warms up and is not told. */
export async function measure({ rounds }: Settings, { emit }: PageContext<Measurement>): Promise<void> {
  const { device } = await openDevice();
  const ways = [];
  for (const nudged of [true, false]) {
    setNudging(nudged);
    ways.push({ nudged, quantities: quantities(await open(device)) });
  }
  for (let round = 0; round <= rounds; round++) {
    for (const { nudged, quantities } of round % 2 === 0 ? ways : [...ways].reverse()) {
      setNudging(nudged);
      const values: Record<string, number> = {};
      for (const [name, take] of Object.entries(quantities)) values[name] = await take();
      if (round > 0) emit({ round, nudged, values: values as Measurement["values"] });
    }
  }
  device.destroy();
}
