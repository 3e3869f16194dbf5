export interface LrCurve {
  readonly lrs: readonly number[];
  /** Smoothed, as fastai records them. */
  readonly losses: readonly number[];
  /** By fastai's names (valley, steep, minimum, slide), where they exist. */
  readonly suggestions: readonly { readonly name: string; readonly lr: number }[];
  /** Batches in a pass over the training rows. */
  readonly batches: number;
  /** Whether the loss blew up before the last step. */
  readonly exploded: boolean;
  /** What it was found for, see `curveKey`: another model or batch size wants another curve. */
  readonly of: string;
}

export interface LrFinderSettings {
  readonly startLr: number;
  readonly endLr: number;
  readonly numIt: number;
}

/** fastai's. */
export const DEFAULT_LR_FINDER_SETTINGS: LrFinderSettings = { startLr: 1e-7, endLr: 10, numIt: 100 };
