import { OptionError } from "../errors.ts";

/**
 * fastai's width for the embedding of a column with `n` levels, "#na#" included: min(600, round(1.6 · n^0.56)).
 * Reaches 600 at n = 39432. (Python rounds halves to even and JavaScript upwards, but no integer n gives a half.)
 */
export function embeddingSizeRule(n: number): number {
  if (!Number.isInteger(n) || n < 1) {
    throw new OptionError(`embeddingSizeRule got ${n} levels; a column has a positive number of them.`);
  }
  return Math.min(600, Math.round(1.6 * n ** 0.56));
}

/**
 * `[num_embeddings, embedding_dim]` of each categorical column, in order: the rule's width, or the one given for
 * that column's name in `overrides` (fastai's `emb_szs`).
 *
 * @param cardinalities levels of each column, "#na#" included
 * @throws {OptionError} for an override that names no categorical column or is no positive integer
 */
export function embeddingSizesFor(
  cardinalities: readonly number[],
  names: readonly string[],
  overrides: Readonly<Record<string, number>> = {},
): [number, number][] {
  if (cardinalities.length !== names.length) {
    throw new OptionError(
      `embeddingSizesFor got ${cardinalities.length} cardinalities and ${names.length} names; give one of each per column.`,
    );
  }
  for (const [name, width] of Object.entries(overrides)) {
    if (!names.includes(name)) {
      throw new OptionError(
        `embeddingSizes names "${name}", which is no categorical column; they are: ${names.join(", ") || "none"}.`,
      );
    }
    if (!Number.isInteger(width) || width < 1) {
      throw new OptionError(`embeddingSizes["${name}"] is ${width}; a width is a positive integer.`);
    }
  }
  return cardinalities.map((n, i) => {
    const width = Object.hasOwn(overrides, names[i]) ? overrides[names[i]] : embeddingSizeRule(n);
    return [n, width];
  });
}
