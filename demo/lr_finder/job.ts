import type { LrFindResult } from "tabgpu";
import { freshLearner, type LearnerSettings, type OnCompile } from "../model/learner_for.ts";
import type { ModelSettings } from "../model/types.ts";
import type { Workbench } from "../worker/workbench.ts";
import type { LrCurve, LrFinderSettings } from "./types.ts";

const NAMES = ["valley", "steep", "minimum", "slide"] as const satisfies readonly (keyof LrFindResult)[];

export function lrFinderJobs(bench: Workbench) {
  let controller: AbortController | null = null;

  return {
    /**
     * Runs the LR finder on the model that training would use, which stays fresh.
     * @returns null where it was stopped
     */
    findLr(
      model: ModelSettings,
      training: LearnerSettings,
      settings: LrFinderSettings,
      onProgress: (done: number, loss: number) => void,
      onCompile: OnCompile,
    ): Promise<Omit<LrCurve, "of"> | null> {
      const mine = new AbortController();
      controller = mine;
      return bench.turns.run(async () => {
        const learner = await freshLearner(bench, model, training, onCompile);
        try {
          const found = await learner.lrFind({
            ...settings,
            signal: mine.signal,
            onProgress: ({ step, trainLoss }) => onProgress(step, trainLoss),
          });
          return {
            lrs: found.lrs,
            losses: found.losses,
            suggestions: NAMES.flatMap((name) => {
              const lr = found[name];
              return lr === null ? [] : [{ name, lr }];
            }),
            batches: Math.floor(learner.data.trainRows.length / training.bs),
            exploded: found.lrs.length < settings.numIt,
          };
        } catch (error) {
          if (mine.signal.aborted) return null;
          throw error;
        } finally {
          if (controller === mine) controller = null;
        }
      });
    },

    stopLrFinder(): void {
      controller?.abort();
    },
  };
}
