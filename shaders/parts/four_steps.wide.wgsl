// four_steps, wide: the four steps first, then what they are added to, as add_column does (tile.wide).
fn four_steps(sums: vec4f, v: vec4f, a: vec4f, b: vec4f, c: vec4f, d: vec4f) -> vec4f {
  return sums + vec4f(dot(a, v), dot(b, v), dot(c, v), dot(d, v));
}
