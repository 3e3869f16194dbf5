// tile, wide: 16 rows by 4 columns of a matrix product in registers, column by column. Rows are counted from the invocation's
// own (share.wide), so that row i of a tile is not row i of the block.
struct Column { a: vec4f, b: vec4f, c: vec4f, d: vec4f }
struct Tile { p: Column, q: Column, r: Column, s: Column }

// Sixteen rows, four steps of the sum each.
struct Sixteen {
  a0: vec4f, a1: vec4f, a2: vec4f, a3: vec4f, b0: vec4f, b1: vec4f, b2: vec4f, b3: vec4f,
  c0: vec4f, c1: vec4f, c2: vec4f, c3: vec4f, d0: vec4f, d1: vec4f, d2: vec4f, d3: vec4f,
}

// column += four steps of the sum. A dot product is a sum that software adapters keep in a register; and what it is
// added to, fetched and put back once in four steps.
fn add_column(column: ptr<function, Column>, rows: Sixteen, w: vec4f) {
  (*column).a += vec4f(dot(w, rows.a0), dot(w, rows.a1), dot(w, rows.a2), dot(w, rows.a3));
  (*column).b += vec4f(dot(w, rows.b0), dot(w, rows.b1), dot(w, rows.b2), dot(w, rows.b3));
  (*column).c += vec4f(dot(w, rows.c0), dot(w, rows.c1), dot(w, rows.c2), dot(w, rows.c3));
  (*column).d += vec4f(dot(w, rows.d0), dot(w, rows.d1), dot(w, rows.d2), dot(w, rows.d3));
}
