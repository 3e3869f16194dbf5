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
