import { dropoutMask } from "../../src/cpu/ops/ops.ts";
import { layerModules } from "../../src/model/layer_modules.ts";
import { batchRows, type ModelFixture } from "../golden/fixtures.ts";
import type { ReferenceBatch, ReferenceMasks } from "../reference/model.reference.ts";

/** All rows of a fixture as one batch. */
export function allRows({ data }: ModelFixture): ReferenceBatch {
  return { rows: data.rows, codes: data.codes, continuous: data.continuous };
}

/** The rows of a training step and their targets. */
export function stepBatch(
  fixture: ModelFixture,
  step: number,
): { batch: ReferenceBatch; targets: Float64Array } {
  const { config, data, task } = fixture;
  const rows = batchRows(fixture, step);
  const take = (values: number[], width: number) =>
    Float64Array.from([...rows].flatMap((row) => values.slice(row * width, (row + 1) * width)));
  return {
    batch: {
      rows: rows.length,
      codes: take(data.codes, config.embeddingSizes.length),
      continuous: take(data.continuous, config.continuous),
    },
    targets: take(data.targets, task === "classification" ? 1 : config.outputs),
  };
}

/** A fixture's 0/1 masks, which go by the Dropout module's name, scaled and in the places they act. */
export function masksOf({ config, masks }: ModelFixture): ReferenceMasks {
  const mask = (name: string, p: number) => (masks[name] ? dropoutMask(masks[name], p) : null);
  const blocks: (Float64Array | null)[] = config.layers.map(() => null);
  for (const { name, kind, block } of layerModules(config)) {
    if (kind === "dropout") blocks[block.index] = mask(name, block.dropout);
  }
  return { embeddings: mask("emb_drop", config.embDrop), blocks };
}
