import type { PageContext } from "../../headless/page_protocol.ts";
import type { LearnerSpec, LrFindOutcome, PageEvent } from "../page_api.ts";
import { makeLearner } from "./make_learner.ts";

/** Runs fastai's lr_find on a fresh model. */
export async function lrFind(spec: LearnerSpec, context: PageContext<PageEvent>): Promise<LrFindOutcome> {
  const { learner } = await makeLearner(spec, context);
  const found = await learner.lrFind({
    signal: context.signal,
    onProgress: (progress) => context.emit({ kind: "progress", progress }),
  });
  learner.dispose();
  return found;
}
