import { computed, signal } from "@preact/signals-core";
import { proxy } from "comlink";
import { busy, canTrain, data, lrCurve, modelSettings, trainingSettings } from "../session.ts";
import { studio } from "../studio.ts";
import { latest, messageOf, ready } from "../ui/loadable.ts";
import { curveKey, failureWords } from "./curve.ts";
import { tidyRate } from "./settings.ts";
import { DEFAULT_LR_FINDER_SETTINGS, type LrFinderSettings } from "./types.ts";

export const lrFinderSettings = signal<LrFinderSettings>(DEFAULT_LR_FINDER_SETTINGS);

/** Stop was pressed, and the steps under way have not ended yet. */
export const stopping = signal(false);

/** What the curve would be of now. */
export const keyNow = computed(() => {
  const { bs, seed } = trainingSettings.value;
  return curveKey(modelSettings.value, bs, seed, latest(data.value)?.version ?? 0);
});

export async function find(): Promise<void> {
  if (!canTrain.value) return;
  const before = latest(lrCurve.value);
  const settings = lrFinderSettings.value;
  const of = keyNow.value;
  busy.value = "lr_finder";
  const tell = (note: string, fraction: number) => {
    if (busy.value === "lr_finder") lrCurve.value = { state: "loading", note, fraction, value: before };
  };
  const onStep = (done: number, loss: number) => {
    const reached = Number.isFinite(loss) ? `, loss ${loss.toPrecision(3)}` : "";
    tell(`Step ${done} of ${settings.numIt}${reached}`, done / settings.numIt);
  };
  const onCompile = (done: number, total: number) => tell(`Compiling shaders: ${done} of ${total}`, 0);
  onStep(0, Number.NaN);
  try {
    const { bs, seed } = trainingSettings.value;
    const training = { bs, seed };
    const found = await studio.findLr(
      modelSettings.value,
      training,
      settings,
      proxy(onStep),
      proxy(onCompile),
    );
    if (found) lrCurve.value = ready({ ...found, of });
    else lrCurve.value = before ? ready(before) : { state: "empty" };
  } catch (error) {
    lrCurve.value = { state: "failed", message: failureWords(messageOf(error)), value: before };
  } finally {
    stopping.value = false;
    busy.value = null;
  }
}

export function stopFinding(): void {
  stopping.value = true;
  void studio.stopLrFinder();
}

/** Into the training's settings. */
export function takeRate(lr: number): void {
  trainingSettings.value = { ...trainingSettings.value, lr: tidyRate(lr) };
}
