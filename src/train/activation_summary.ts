import { OptionError } from "../errors.ts";

/** How activations are summed up. */
export interface SummaryOptions {
  /** Bins of the histogram. Default 40, as in fastai's ActivationStats. */
  readonly bins?: number;
  /** The histogram's range, [low, high]. Default [-10, 10]: BatchNorm's outputs are on both sides of 0. */
  readonly range?: readonly [low: number, high: number];
  /** Activations of at most this size count as near zero. Default 0.05. */
  readonly zero?: number;
}

const DEFAULTS = { bins: 40, range: [-10, 10], zero: 0.05 } as const;

/** @throws {OptionError} for options outside their range */
export function checkSummaryOptions(options: SummaryOptions): void {
  const { bins, range, zero } = { ...DEFAULTS, ...options };
  if (!Number.isInteger(bins) || bins < 1) {
    throw new OptionError(`bins is ${bins}; a histogram has a positive whole number of bins.`);
  }
  if (!(range[0] < range[1] && Number.isFinite(range[1] - range[0]))) {
    throw new OptionError(`range is ${range.join(" to ")}; it must go from a lower number to a higher one.`);
  }
  if (!(zero >= 0)) throw new OptionError(`zero is ${zero}; it must not be negative.`);
}

/** What a matrix of activations [rows, width] comes to, in double precision. */
export interface ActivationSummary {
  readonly mean: number;
  /** Over all values, by n − 1, as torch's `std`. */
  readonly std: number;
  /** Share of the values with |x| ≤ `zero`. (fastai counts x ≤ 0.05, which takes in whatever is negative.) */
  readonly nearZero: number;
  /** Values by equal bins of the range; the last bin has the upper end, as torch's `histc` has it. */
  readonly histogram: {
    readonly low: number;
    readonly high: number;
    readonly counts: Uint32Array;
    readonly below: number;
    readonly above: number;
  };
  /** Mean and standard deviation of each unit (column) over the rows: what BatchNorm works on. */
  readonly units: { readonly mean: Float64Array; readonly std: Float64Array };
}

/**
 * Sums up columns `first` … `first + width` of a matrix.
 * @param values [rows, stride], row by row
 */
export function summarise(
  values: Float32Array,
  { rows, stride, first, width }: { rows: number; stride: number; first: number; width: number },
  options: SummaryOptions = {},
): ActivationSummary {
  const { bins, range, zero } = { ...DEFAULTS, ...options };
  const [low, high] = range;
  const counts = new Uint32Array(bins);
  const mean = new Float64Array(width);
  const squares = new Float64Array(width);
  const n = rows * width;
  let [below, above, near] = [0, 0, 0];
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < width; j++) {
      const x = values[row * stride + first + j];
      mean[j] += x / rows;
      if (Math.abs(x) <= zero) near++;
      if (x < low) below++;
      else if (x > high) above++;
      else if (x >= low) counts[Math.min(bins - 1, Math.floor(((x - low) / (high - low)) * bins))]++;
    }
  }
  const average = mean.reduce((sum, m) => sum + m, 0) / width;
  let around = 0; // squares around the mean of all
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < width; j++) {
      const x = values[row * stride + first + j];
      squares[j] += (x - mean[j]) ** 2;
      around += (x - average) ** 2;
    }
  }
  return {
    mean: average,
    std: Math.sqrt(around / (n - 1)),
    nearZero: near / n,
    histogram: { low, high, counts, below, above },
    units: { mean, std: squares.map((sum) => Math.sqrt(sum / (rows - 1))) },
  };
}
