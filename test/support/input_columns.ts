/** Where each column's code sits in a packed row: columns in order, never across a word. */
export function codePlaces(bits: readonly (8 | 16 | 32)[]): {
  words: number;
  places: { word: number; shift: number; bits: number }[];
} {
  let next = 0;
  const places = bits.map((n) => {
    if ((next % 32) + n > 32) next = 32 * Math.ceil(next / 32);
    const place = { word: Math.floor(next / 32), shift: next % 32, bits: n };
    next += n;
    return place;
  });
  return { words: Math.ceil(next / 32), places };
}

/** The `columns` buffer of input_forward: word, shift + 256 · bits, embedding, width, d, category of each column. */
export function inputColumns(
  sizes: readonly (readonly [number, number])[],
  places: readonly { word: number; shift: number; bits: number }[],
  offsets: readonly number[],
): Uint32Array {
  return Uint32Array.from(
    sizes.flatMap(([, width], category) => {
      const { word, shift, bits } = places[category];
      return Array.from({ length: width }, (_, d) => [
        word,
        shift + 256 * bits,
        offsets[category],
        width,
        d,
        category,
      ]).flat();
    }),
  );
}
