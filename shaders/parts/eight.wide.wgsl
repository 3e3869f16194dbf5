// eight, wide: four vec4 that belong together, and a tile of a product from sixteen rows and four of them.
struct Four { a: vec4f, b: vec4f, c: vec4f, d: vec4f }

// Where four rows of `stride` vec4 begin, `apart` from each other. Rows past the last one repeat it: what they add is dropped.
fn places(first: u32, apart: u32, last: u32, stride: u32) -> vec4u {
  return min(vec4u(first) + apart * vec4u(0u, 1u, 2u, 3u), vec4u(last)) * stride;
}

// tile += r · cᵀ, both rows of four values.
fn add_rows_by_rows(tile: ptr<function, Tile>, r: Sixteen, c: Four) {
  add_column(&(*tile).p, r, c.a);
  add_column(&(*tile).q, r, c.b);
  add_column(&(*tile).r, r, c.c);
  add_column(&(*tile).s, r, c.d);
}

// tile += r · w: rows of four values by four rows of four.
fn add_rows_by_columns(tile: ptr<function, Tile>, r: Sixteen, w: Four) {
  add_column(&(*tile).p, r, vec4f(w.a.x, w.b.x, w.c.x, w.d.x));
  add_column(&(*tile).q, r, vec4f(w.a.y, w.b.y, w.c.y, w.d.y));
  add_column(&(*tile).r, r, vec4f(w.a.z, w.b.z, w.c.z, w.d.z));
  add_column(&(*tile).s, r, vec4f(w.a.w, w.b.w, w.c.w, w.d.w));
}
