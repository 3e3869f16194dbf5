import { OptionError } from "../errors.ts";

/**
 * The order of the modules inside a hidden block, and with it the names of the saved tensors.
 * `A` is fastai v1: a flat Sequential in which every Linear has a bias. `C` is fastai v2 since 2.3.1: nested
 * LinBnDrop blocks whose Linear has a bias only where no BatchNorm follows. (`B`, v2 before 2.3.1, puts BatchNorm
 * first and is not supported.)
 */
export type Layout = "A" | "C";

/** The whole shape of a tabular model as plain data: what is needed to allocate, initialise, print and run it. */
export interface TabularModelConfig {
  readonly layout: Layout;
  /** One `[num_embeddings, embedding_dim]` per categorical column; num_embeddings includes row 0, "#na#". */
  readonly embeddingSizes: readonly (readonly [number, number])[];
  /** Number of continuous columns. */
  readonly continuous: number;
  /** Width of the output: targets, classes or labels. */
  readonly outputs: number;
  /** Widths of the hidden layers; may be empty. */
  readonly layers: readonly number[];
  /** Dropout probability after each hidden block; as long as `layers`. */
  readonly ps: readonly number[];
  /** Dropout probability on the concatenated embeddings. */
  readonly embDrop: number;
  /** Squashes outputs into (low, high) by a sigmoid; null for none. */
  readonly yRange: readonly [number, number] | null;
  /** BatchNorm in the hidden blocks. */
  readonly useBn: boolean;
  /** One more BatchNorm after the last Linear. */
  readonly bnFinal: boolean;
  /** BatchNorm on the continuous columns. */
  readonly bnCont: boolean;
  /** Bias of the hidden Linears: "auto" follows the layout (A: always; C: only where no BatchNorm follows). */
  readonly linearBias: boolean | "auto";
  /** Initial bias of the hidden BatchNorms: 0 in v1, 0.001 in v2. */
  readonly bnBiasInit: number;
}

/** BatchNorm's constants, PyTorch's defaults. */
export const BATCHNORM_EPS = 1e-5;
export const BATCHNORM_MOMENTUM = 0.1;

/** Columns of the concatenated embeddings. */
export function embeddingWidth(config: TabularModelConfig): number {
  return config.embeddingSizes.reduce((sum, [, width]) => sum + width, 0);
}

/** One block of `layers`: a Linear and what follows it. The last block is the head. */
export interface BlockConfig {
  readonly index: number;
  readonly fanIn: number;
  readonly fanOut: number;
  readonly bias: boolean;
  readonly relu: boolean;
  readonly batchNorm: boolean;
  readonly dropout: number;
}

/** The blocks of `layers` in the order they run; the same for both layouts (Linear → ReLU → BatchNorm → Dropout). */
export function blocksOf(config: TabularModelConfig): BlockConfig[] {
  const sizes = [embeddingWidth(config) + config.continuous, ...config.layers, config.outputs];
  return sizes.slice(1).map((fanOut, index) => {
    const head = index === config.layers.length;
    const batchNorm = head ? config.bnFinal : config.useBn;
    const auto = config.layout === "A" || !batchNorm;
    return {
      index,
      fanIn: sizes[index],
      fanOut,
      bias: config.linearBias === "auto" || head ? auto : config.linearBias,
      relu: !head,
      batchNorm,
      dropout: head ? 0 : config.ps[index],
    };
  });
}

/** @throws {OptionError} for a config no model can have. */
export function checkConfig(config: TabularModelConfig): void {
  const positive = (what: string, n: number) => {
    if (!Number.isInteger(n) || n < 1)
      throw new OptionError(`${what} is ${n}; it must be a positive integer.`);
  };
  const probability = (what: string, p: number) => {
    if (!(p >= 0 && p < 1))
      throw new OptionError(`${what} is ${p}; a dropout probability is at least 0 and below 1.`);
  };
  positive("outputs", config.outputs);
  config.layers.forEach((n, i) => {
    positive(`layers[${i}]`, n);
  });
  if (config.ps.length !== config.layers.length) {
    throw new OptionError(
      `ps has ${config.ps.length} values but layers has ${config.layers.length}; give one dropout probability per hidden layer.`,
    );
  }
  config.ps.forEach((p, i) => {
    probability(`ps[${i}]`, p);
  });
  probability("embDrop", config.embDrop);
  config.embeddingSizes.forEach(([n, d], i) => {
    positive(`embeddingSizes[${i}][0]`, n);
    positive(`embeddingSizes[${i}][1]`, d);
  });
  if (!Number.isInteger(config.continuous) || config.continuous < 0) {
    throw new OptionError(`continuous is ${config.continuous}; it must be a number of columns.`);
  }
  if (embeddingWidth(config) + config.continuous === 0) {
    throw new OptionError("The model has no input: give at least one categorical or continuous column.");
  }
  if (config.yRange) {
    const [low, high] = config.yRange;
    if (!(Number.isFinite(low) && Number.isFinite(high) && low < high)) {
      throw new OptionError(`yRange is [${low}, ${high}]; give two finite numbers, the lower first.`);
    }
  }
}
