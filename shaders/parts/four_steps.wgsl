// four_steps: four columns' sums with four more steps each, x's values v times the weight's a, b, c and d, in the order of
// product_nt: a row gives the same bits alone and among others.
fn four_steps(sums: vec4f, v: vec4f, a: vec4f, b: vec4f, c: vec4f, d: vec4f) -> vec4f {
  let first = fma(vec4f(v.x), vec4f(a.x, b.x, c.x, d.x), sums);
  let second = fma(vec4f(v.y), vec4f(a.y, b.y, c.y, d.y), first);
  let third = fma(vec4f(v.z), vec4f(a.z, b.z, c.z, d.z), second);
  return fma(vec4f(v.w), vec4f(a.w, b.w, c.w, d.w), third);
}
