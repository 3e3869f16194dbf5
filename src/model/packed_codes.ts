/** Where a column's code sits in a packed row. */
export interface CodePlace {
  readonly word: number;
  readonly shift: number;
  readonly bits: 8 | 16 | 32;
}

/** How a row of category codes is packed: 8, 16 or 32 bits a column, never across a word. */
export interface CodeLayout {
  readonly words: number;
  readonly places: readonly CodePlace[];
}

/** The narrowest layout for columns with these vocabulary lengths: wide columns first, so that words fill up. */
export function codeLayout(cardinalities: readonly number[]): CodeLayout {
  const bitsOf = (n: number) => (n <= 256 ? 8 : n <= 65536 ? 16 : 32);
  const order = cardinalities
    .map((_, column) => column)
    .sort((a, b) => bitsOf(cardinalities[b]) - bitsOf(cardinalities[a]));
  const places: CodePlace[] = [];
  let bit = 0;
  for (const column of order) {
    const bits = bitsOf(cardinalities[column]);
    places[column] = { word: Math.floor(bit / 32), shift: bit % 32, bits };
    bit += bits;
  }
  return { words: Math.ceil(bit / 32), places };
}

/**
 * Packs codes [rows, columns] into [rows, words].
 * @param codes row-major, one u32 each
 */
export function packCodes(codes: Uint32Array, rows: number, layout: CodeLayout, start = 0): Uint32Array {
  const { words, places } = layout;
  const columns = places.length;
  const wordOf = Int32Array.from(places, ({ word }) => word);
  const shiftOf = Int32Array.from(places, ({ shift }) => shift);
  const packed = new Uint32Array(rows * words);
  let from = start * columns;
  for (let row = 0; row < rows; row++) {
    const to = row * words;
    for (let column = 0; column < columns; column++)
      packed[to + wordOf[column]] |= codes[from++] << shiftOf[column];
  }
  return packed;
}
