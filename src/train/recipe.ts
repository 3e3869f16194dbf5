import type { Layout } from "../model/config.ts";

/** Which fastai generation's habits a training follows. */
export type RecipeName = "v1" | "v2";

/** Everything in which fastai v1 and v2 train alike models differently, as plain data. */
export interface Recipe {
  readonly name: RecipeName;
  /** Order of the modules and their names; see `Layout`. */
  readonly layout: Layout;
  /** Initial bias of the BatchNorms inside `layers`. */
  readonly bnBiasInit: number;
  /** Learning rate where a fit gives none. */
  readonly lrDefault: number;
  /** Weight decay where a fit gives none. */
  readonly wdDefault: number;
  /** v2: a `wd` given to one fit stays for later ones. v1: every fit without one goes back to the default. */
  readonly wdPersists: boolean;
  /** Weight decay on every trainable tensor (v1) or on embeddings and Linear weights only (v2). */
  readonly decayAll: boolean;
  readonly adamEps: number;
  /** Adam's momentum (β₁) before any schedule sets it. */
  readonly mom: number;
  /** Adam's β₂. */
  readonly sqrMom: number;
  /** fit_one_cycle: fraction of the steps spent warming up, in [0, 1]. */
  readonly pctStart: number;
  /** fit_one_cycle starts at lr_max / div. */
  readonly div: number;
  /** fit_one_cycle ends at lr_max / divFinal. */
  readonly divFinal: number;
  /** v1 derives divFinal from div where only div is given: divFinal = 1e4 · div. */
  readonly divFinalFollowsDiv: boolean;
  /** fit_one_cycle's momentum at the start, the peak and the end. */
  readonly moms: readonly [number, number, number];
  /** v1 ends the warm-up at a whole step, v2 at a real-valued fraction of training. */
  readonly integerPhases: boolean;
  /** fit_flat_cos (v1: fit_fc): fraction of the steps at the full rate. */
  readonly flatCosPctStart: number;
  /** fit_flat_cos ends at lr / flatCosDivFinal; v1 anneals to zero. */
  readonly flatCosDivFinal: number;
  /** fit_fc's momentum in its two phases; v2 leaves the momentum as it is. */
  readonly flatCosMoms: readonly [number, number] | null;
}

/** fastai 1.0.x. */
export const v1: Recipe = {
  name: "v1",
  layout: "A",
  bnBiasInit: 0,
  lrDefault: 3e-3,
  wdDefault: 1e-2,
  wdPersists: false,
  decayAll: true,
  adamEps: 1e-8,
  mom: 0.9,
  sqrMom: 0.99,
  pctStart: 0.3,
  div: 25,
  divFinal: 25 * 1e4,
  divFinalFollowsDiv: true,
  moms: [0.95, 0.85, 0.95],
  integerPhases: true,
  flatCosPctStart: 0.72,
  flatCosDivFinal: Number.POSITIVE_INFINITY,
  flatCosMoms: [0.95, 0.85],
};

/** fastai 2.x since 2.3.1. */
export const v2: Recipe = {
  name: "v2",
  layout: "C",
  bnBiasInit: 1e-3,
  lrDefault: 1e-3,
  wdDefault: 1e-2,
  wdPersists: true,
  decayAll: false,
  adamEps: 1e-5,
  mom: 0.9,
  sqrMom: 0.99,
  pctStart: 0.25,
  div: 25,
  divFinal: 1e5,
  divFinalFollowsDiv: false,
  moms: [0.95, 0.85, 0.95],
  integerPhases: false,
  flatCosPctStart: 0.75,
  flatCosDivFinal: 1e5,
  flatCosMoms: null,
};

/** The recipes by name. */
export const recipes: Readonly<Record<RecipeName, Recipe>> = { v1, v2 };
