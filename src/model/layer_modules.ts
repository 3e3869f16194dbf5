import { type BlockConfig, blocksOf, type TabularModelConfig } from "./config.ts";

/** A module of PyTorch's `layers`, named as PyTorch names it: "layers.4" in layout A, "layers.1.0" in layout C. */
export interface LayerModule {
  readonly name: string;
  readonly kind: "linear" | "relu" | "batch_norm" | "dropout";
  /** The block it belongs to; `layers.length` is the head. */
  readonly block: BlockConfig;
}

/**
 * The modules of `layers` in the order they are registered and run. Modules without tensors (ReLU, Dropout) take
 * an index too, and a Dropout with p = 0 is never created, so in layout A a dropout probability decides the names
 * of all that follows. The printed form and the tensor names both come from this list.
 */
export function layerModules(config: TabularModelConfig): LayerModule[] {
  const modules: LayerModule[] = [];
  for (const block of blocksOf(config)) {
    const kinds: LayerModule["kind"][] = ["linear"];
    if (block.relu) kinds.push("relu");
    if (block.batchNorm) kinds.push("batch_norm");
    if (block.dropout !== 0) kinds.push("dropout");
    kinds.forEach((kind, i) => {
      const name = config.layout === "A" ? `layers.${modules.length}` : `layers.${block.index}.${i}`;
      modules.push({ name, kind, block });
    });
  }
  return modules;
}

/** A block with the names under which its tensors are saved. */
export interface NamedBlock extends BlockConfig {
  /** Its Linear, e.g. "layers.0.0"; the tensors are `${linear}.weight` and, where `bias`, `${linear}.bias`. */
  readonly linear: string;
  /** Its BatchNorm, null where it has none. */
  readonly norm: string | null;
}

/** The blocks in the order they run, named. */
export function namedBlocks(config: TabularModelConfig): NamedBlock[] {
  const modules = layerModules(config);
  const nameOf = (index: number, kind: LayerModule["kind"]) =>
    modules.find((module) => module.block.index === index && module.kind === kind)?.name ?? null;
  return blocksOf(config).map((block) => {
    return { ...block, linear: nameOf(block.index, "linear")!, norm: nameOf(block.index, "batch_norm") };
  });
}
