// dropout: keep decisions for four neighbouring elements from one evaluation of pcg4d (Jarzynski & Olano 2020, "Hash
// Functions for GPU Rendering"): integers only, so every adapter keeps the same elements, and the backward pass draws
// the same bits instead of reading a mask.
fn pcg4d(key: vec4u) -> vec4u {
  var v = key * 1664525u + 1013904223u;
  v.x += v.y * v.w;
  v.y += v.z * v.x;
  v.z += v.x * v.y;
  v.w += v.y * v.z;
  v ^= v >> vec4u(16u);
  v.x += v.y * v.w;
  v.y += v.z * v.x;
  v.z += v.x * v.y;
  v.w += v.y * v.z;
  return v;
}

// The factors of inverted dropout for elements 4·element4 … 4·element4 + 3 of a layer: 0, or scale = 1 / (1 - p).
// threshold = p · 2³².
fn dropout_factors(element4: u32, layer: u32, number: u32, seed: u32, threshold: u32, scale: f32) -> vec4f {
  if (threshold == 0u) {
    return vec4f(1.0);
  }
  let bits = pcg4d(vec4u(element4, layer, number, seed));
  return select(vec4f(), vec4f(scale), bits >= vec4u(threshold));
}
