// input_column: one column of the concatenated embeddings, and the code that a row of the resident table has for it. Uses
// the kernel's `codes` and dims.words.
struct InputColumn {
  word: u32,           // of the packed row
  shift_bits: u32,     // shift + 256 · bits
  embedding: u32,      // where the embedding begins in the parameter arena, in floats
  width: u32,          // embedding_dim
  d: u32,              // which of the embedding's dimensions
  category: u32,       // which categorical column
}

fn code_of(column: InputColumn, source: u32) -> u32 {
  let word = codes[source * dims.words + column.word];
  return extractBits(word, column.shift_bits & 255u, column.shift_bits >> 8u);
}
