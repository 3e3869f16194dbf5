// eight: eight vec4 that belong together, and an 8 by 8 tile of a product from two of them. Structs, not arrays: see tile.
struct Eight {
  v0: vec4f, v1: vec4f, v2: vec4f, v3: vec4f, v4: vec4f, v5: vec4f, v6: vec4f, v7: vec4f,
}

// Where eight rows of `stride` vec4 begin. Rows past the last one repeat it: what they add is dropped.
struct Places { a: vec4u, b: vec4u }

fn places(first: u32, last: u32, stride: u32) -> Places {
  let a = vec4u(first) + vec4u(0u, 1u, 2u, 3u);
  return Places(min(a, vec4u(last)) * stride, min(a + 4u, vec4u(last)) * stride);
}

// tile += r · cᵀ, both eight rows of four values.
fn add_rows_by_rows(tile: ptr<function, Tile>, r: Eight, c: Eight) {
  add_outer(tile, vec4f(r.v0.x, r.v1.x, r.v2.x, r.v3.x), vec4f(r.v4.x, r.v5.x, r.v6.x, r.v7.x),
    vec4f(c.v0.x, c.v1.x, c.v2.x, c.v3.x), vec4f(c.v4.x, c.v5.x, c.v6.x, c.v7.x));
  add_outer(tile, vec4f(r.v0.y, r.v1.y, r.v2.y, r.v3.y), vec4f(r.v4.y, r.v5.y, r.v6.y, r.v7.y),
    vec4f(c.v0.y, c.v1.y, c.v2.y, c.v3.y), vec4f(c.v4.y, c.v5.y, c.v6.y, c.v7.y));
  add_outer(tile, vec4f(r.v0.z, r.v1.z, r.v2.z, r.v3.z), vec4f(r.v4.z, r.v5.z, r.v6.z, r.v7.z),
    vec4f(c.v0.z, c.v1.z, c.v2.z, c.v3.z), vec4f(c.v4.z, c.v5.z, c.v6.z, c.v7.z));
  add_outer(tile, vec4f(r.v0.w, r.v1.w, r.v2.w, r.v3.w), vec4f(r.v4.w, r.v5.w, r.v6.w, r.v7.w),
    vec4f(c.v0.w, c.v1.w, c.v2.w, c.v3.w), vec4f(c.v4.w, c.v5.w, c.v6.w, c.v7.w));
}

// tile += r · w: eight rows of four values by four rows of eight, each row of w two vec4.
fn add_rows_by_columns(tile: ptr<function, Tile>, r: Eight, w: Eight) {
  add_outer(tile, vec4f(r.v0.x, r.v1.x, r.v2.x, r.v3.x), vec4f(r.v4.x, r.v5.x, r.v6.x, r.v7.x), w.v0, w.v1);
  add_outer(tile, vec4f(r.v0.y, r.v1.y, r.v2.y, r.v3.y), vec4f(r.v4.y, r.v5.y, r.v6.y, r.v7.y), w.v2, w.v3);
  add_outer(tile, vec4f(r.v0.z, r.v1.z, r.v2.z, r.v3.z), vec4f(r.v4.z, r.v5.z, r.v6.z, r.v7.z), w.v4, w.v5);
  add_outer(tile, vec4f(r.v0.w, r.v1.w, r.v2.w, r.v3.w), vec4f(r.v4.w, r.v5.w, r.v6.w, r.v7.w), w.v6, w.v7);
}
