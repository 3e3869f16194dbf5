export interface LrCurve {
  readonly lrs: readonly number[];
  readonly losses: readonly number[];
  /** By fastai's names (valley, steep, minimum, slide), where they exist. */
  readonly suggestions: readonly { readonly name: string; readonly lr: number }[];
}
