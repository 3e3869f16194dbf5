import type { TabularData } from "../data/tabular_data.ts";
import { OptionError } from "../errors.ts";
import { checkConfig, type Layout, type TabularModelConfig } from "../model/config.ts";
import { embeddingSizesFor } from "../model/embedding_sizes.ts";
import type { Recipe } from "./recipe.ts";

/** The model's shape; fastai's words and defaults. */
export interface ModelOptions {
  /** Widths of the hidden layers. Default [200, 100]. */
  readonly layers?: readonly number[];
  /** Dropout after each hidden block; one number for all. Default 0. */
  readonly ps?: number | readonly number[];
  /** Dropout on the embeddings (v1 emb_drop, v2 embed_p). Default 0. */
  readonly embDrop?: number;
  /** Squash regression outputs into (low, high); in log space where the target is logged. Default none. */
  readonly yRange?: readonly [number, number] | null;
  /** Widths of embeddings by column, where the rule's shall not be used (emb_szs). */
  readonly embeddingSizes?: Readonly<Record<string, number>>;
  /** BatchNorm in the hidden blocks. Default true. */
  readonly useBn?: boolean;
  /** BatchNorm after the last Linear. Default false. */
  readonly bnFinal?: boolean;
  /** BatchNorm on the continuous columns. Default true. */
  readonly bnCont?: boolean;
  /** Bias of the hidden Linears. Default as the layout has it. */
  readonly linearBias?: boolean | "auto";
  /** Order and names of the modules. Default the recipe's: v1 A, v2 C. */
  readonly layout?: Layout;
}

/** The model's shape for a data set. @throws {OptionError} for an option outside its range */
export function modelConfig(data: TabularData, options: ModelOptions, recipe: Recipe): TabularModelConfig {
  const { layers = [200, 100], ps = 0 } = options;
  const { categorical, continuous, target } = data.preprocessing;
  if (options.yRange && target.task !== "regression") {
    throw new OptionError(`yRange is for regression, but the target is ${target.task}. Leave it out.`);
  }
  const names = categorical.map(({ name }) => name);
  const config: TabularModelConfig = {
    layout: options.layout ?? recipe.layout,
    embeddingSizes: embeddingSizesFor(data.cardinalities, names, options.embeddingSizes),
    continuous: continuous.length,
    outputs: data.outputs,
    layers,
    ps: typeof ps === "number" ? layers.map(() => ps) : ps.length === 1 ? layers.map(() => ps[0]) : ps,
    embDrop: options.embDrop ?? 0,
    yRange: options.yRange ?? null,
    useBn: options.useBn ?? true,
    bnFinal: options.bnFinal ?? false,
    bnCont: options.bnCont ?? true,
    linearBias: options.linearBias ?? "auto",
    bnBiasInit: recipe.bnBiasInit,
  };
  checkConfig(config);
  return config;
}
