import type { TabularModelConfig } from "./config.ts";
import { type LayerModule, layerModules } from "./layer_modules.ts";

/** Which PyTorch's wording `modelRepr` uses. */
export interface ReprOptions {
  /**
   * "2.x" (default) collapses runs of equal embeddings. "1.x" prints each. "2.13" collapses and prints BatchNorm's
   * `bias=True`, as PyTorch does since about then.
   */
  readonly torch?: "1.x" | "2.x" | "2.13";
}

/** The model as PyTorch prints fastai's: module by module, in the layout's own nesting. No newline at the end. */
export function modelRepr(config: TabularModelConfig, options: ReprOptions = {}): string {
  const torch = options.torch ?? "2.x";
  const embeddings = config.embeddingSizes.map(([n, width]) => `Embedding(${n}, ${width})`);
  const children = [
    `(embeds): ${container("ModuleList", torch === "1.x" ? numbered(embeddings) : collapsed(embeddings))}`,
    `(emb_drop): ${dropout(config.embDrop)}`,
  ];
  if (config.bnCont) children.push(`(bn_cont): ${batchNorm(config.continuous, torch)}`);
  const lines = layerModules(config).map((module) => ({ module, line: moduleLine(module, torch) }));
  if (config.layout === "A") {
    children.push(`(layers): ${container("Sequential", numbered(lines.map(({ line }) => line)))}`);
  } else {
    const blocks: string[][] = [];
    for (const { module, line } of lines) {
      blocks[module.block.index] ??= [];
      blocks[module.block.index].push(line);
    }
    const entries = blocks.map((block) => container("LinBnDrop", numbered(block)));
    // v1 squashes in `forward`, unseen; v2 has a module for it.
    if (config.yRange) entries.push(`SigmoidRange(low=${config.yRange[0]}, high=${config.yRange[1]})`);
    children.push(`(layers): ${container("Sequential", numbered(entries))}`);
  }
  return container("TabularModel", children);
}

function moduleLine({ kind, block }: LayerModule, torch: string): string {
  switch (kind) {
    case "linear": {
      const bias = block.bias ? "True" : "False";
      return `Linear(in_features=${block.fanIn}, out_features=${block.fanOut}, bias=${bias})`;
    }
    case "relu":
      return "ReLU(inplace=True)";
    case "batch_norm":
      return batchNorm(block.fanOut, torch);
    case "dropout":
      return dropout(block.dropout);
  }
}

function batchNorm(features: number, torch: string): string {
  const bias = torch === "2.13" ? "bias=True, " : "";
  return `BatchNorm1d(${features}, eps=1e-05, momentum=0.1, affine=True, ${bias}track_running_stats=True)`;
}

function dropout(p: number): string {
  return `Dropout(p=${pythonFloat(p)}, inplace=False)`;
}

/** `name(`, the children one level deeper, `)`; `name()` without any. */
function container(name: string, children: readonly string[]): string {
  if (children.length === 0) return `${name}()`;
  const indented = children.map((child) => `  ${child.replaceAll("\n", "\n  ")}`);
  return `${name}(\n${indented.join("\n")}\n)`;
}

function numbered(modules: readonly string[]): string[] {
  return modules.map((module, i) => `(${i}): ${module}`);
}

/** Like `numbered`, but neighbours that print alike share a line: `(9-10): 2 x Embedding(4, 3)`. */
function collapsed(modules: readonly string[]): string[] {
  const lines: string[] = [];
  for (let first = 0; first < modules.length; ) {
    let last = first;
    while (modules[last + 1] === modules[first]) last++;
    const count = last - first + 1;
    lines.push(
      count > 1 ? `(${first}-${last}): ${count} x ${modules[first]}` : `(${first}): ${modules[first]}`,
    );
    first = last + 1;
  }
  return lines;
}

/** A probability as Python prints a float: 0.0, 0.04, 1e-05. */
function pythonFloat(x: number): string {
  if (Number.isInteger(x)) return x.toFixed(1);
  if (x >= 1e-4) return String(x);
  const [digits, exponent] = x.toExponential().split("e-");
  return `${digits}e-${exponent.padStart(2, "0")}`;
}
