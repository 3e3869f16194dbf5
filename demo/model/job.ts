import type { Workbench } from "../worker/workbench.ts";
import { adapterOf, freshLearner, type LearnerSettings, modelInfo, type OnCompile } from "./learner_for.ts";
import type { ModelSettings, Prepared } from "./types.ts";

export function modelJobs(bench: Workbench) {
  return {
    /** Makes the learner that the next training or LR finder uses, and tells what it is. */
    prepareModel(
      settings: ModelSettings,
      training: LearnerSettings,
      onCompile?: OnCompile,
    ): Promise<Prepared> {
      return bench.turns.run(async () => {
        const learner = await freshLearner(bench, settings, training, onCompile);
        return { model: modelInfo(learner), adapter: adapterOf(learner) };
      });
    },
  };
}
