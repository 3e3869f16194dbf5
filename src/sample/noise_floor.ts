/**
 * What is left to the best predictor of sales = e^(f + σ·ε) with ε standard normal, in closed form. With the
 * prediction p = f + c of ln sales, exp_rmspe² = E[(1 − e^(c − σ·ε))²] = 1 − 2·e^(c + σ²/2) + e^(2c + 2σ²).
 */
export interface NoiseFloor {
  /** σ: the standard deviation of ln sales around its mean. */
  readonly sigma: number;
  /** exp_rmspe of p = f, the mean of ln sales, which training by mean squared error aims at. */
  readonly expRmspe: number;
  /** The smallest exp_rmspe of any predictor, √(1 − e^(−σ²)); it predicts 1.5·σ² below the mean. */
  readonly smallestExpRmspe: number;
  /** rmse of p = f, in ln sales: σ itself. */
  readonly rmse: number;
}

/** @param sigma standard deviation of the noise on ln sales, at least 0. */
export function noiseFloor(sigma: number): NoiseFloor {
  const variance = sigma * sigma;
  return {
    sigma,
    expRmspe: Math.sqrt(1 - 2 * Math.exp(variance / 2) + Math.exp(2 * variance)),
    smallestExpRmspe: Math.sqrt(-Math.expm1(-variance)),
    rmse: sigma,
  };
}
