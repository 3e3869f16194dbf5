/** Categorical columns for the kernels that gather, `[num_embeddings, embedding_dim]` each. */
export const THREE = [
  [5, 4],
  [3, 2],
  [200, 1],
] as const;

/** Codes of 8, 16 and 32 bits, at every place of a word. */
export const PACKED = {
  sizes: [
    [256, 1],
    [70000, 1],
    [65536, 1],
    [256, 2],
    [256, 1],
    [65536, 1],
    [200, 3],
  ],
  bits: [8, 32, 16, 8, 8, 16, 8],
} as const;
