/** Random numbers to draw rows with: the same seed gives the same ones (Tommy Ettinger's mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 4294967296;
  };
}

/** 0 … n − 1 in a random order (Fisher and Yates). */
export function permutation(n: number, random: () => number): Uint32Array {
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

/** At most `count` of `rows`, drawn without repetition and in their order; all of them where there are no more. */
export function sampleRows(rows: Uint32Array, count: number, seed = 1): Uint32Array {
  if (rows.length <= count) return rows;
  const random = seeded(seed);
  const chosen = new Uint32Array(count);
  let taken = 0;
  for (let i = 0; i < rows.length && taken < count; i++) {
    if (random() * (rows.length - i) < count - taken) chosen[taken++] = rows[i];
  }
  return chosen;
}
