// tile: an 8 by 8 block of a matrix product in registers. Named fields, not an array: an indexed local array would be
// spilled to memory by most compilers.
struct Tile {
  a0: vec4f, b0: vec4f,
  a1: vec4f, b1: vec4f,
  a2: vec4f, b2: vec4f,
  a3: vec4f, b3: vec4f,
  a4: vec4f, b4: vec4f,
  a5: vec4f, b5: vec4f,
  a6: vec4f, b6: vec4f,
  a7: vec4f, b7: vec4f,
}

// tile += (u, v) ⊗ (p, q): rows u.x … u.w, v.x … v.w; columns p, then q.
fn add_outer(tile: ptr<function, Tile>, u: vec4f, v: vec4f, p: vec4f, q: vec4f) {
  (*tile).a0 = fma(vec4f(u.x), p, (*tile).a0); (*tile).b0 = fma(vec4f(u.x), q, (*tile).b0);
  (*tile).a1 = fma(vec4f(u.y), p, (*tile).a1); (*tile).b1 = fma(vec4f(u.y), q, (*tile).b1);
  (*tile).a2 = fma(vec4f(u.z), p, (*tile).a2); (*tile).b2 = fma(vec4f(u.z), q, (*tile).b2);
  (*tile).a3 = fma(vec4f(u.w), p, (*tile).a3); (*tile).b3 = fma(vec4f(u.w), q, (*tile).b3);
  (*tile).a4 = fma(vec4f(v.x), p, (*tile).a4); (*tile).b4 = fma(vec4f(v.x), q, (*tile).b4);
  (*tile).a5 = fma(vec4f(v.y), p, (*tile).a5); (*tile).b5 = fma(vec4f(v.y), q, (*tile).b5);
  (*tile).a6 = fma(vec4f(v.z), p, (*tile).a6); (*tile).b6 = fma(vec4f(v.z), q, (*tile).b6);
  (*tile).a7 = fma(vec4f(v.w), p, (*tile).a7); (*tile).b7 = fma(vec4f(v.w), q, (*tile).b7);
}
