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

// What decides on a layer's elements in this step.
struct Dropout {
  key: vec3u,            // layer, step, seed
  threshold: u32,        // p · 2³²
  scale: f32,            // 1 / (1 - p)
}

// That of the kernel's layer, from dims.layer, drop_threshold and drop_scale. To be called once: software adapters fetch a
// uniform as they fetch from any buffer, and do so again in every round of a loop.
fn dropout_of_step() -> Dropout {
  return Dropout(vec3u(dims.layer, step.number, step.seed), dims.drop_threshold, dims.drop_scale);
}

// The factors of inverted dropout for elements 4·element4 … 4·element4 + 3: 0 or scale.
fn dropout_factors(element4: u32, dropout: Dropout) -> vec4f {
  if (dropout.threshold == 0u) {
    return vec4f(1.0);
  }
  let bits = pcg4d(vec4u(element4, dropout.key));
  return select(vec4f(), vec4f(dropout.scale), bits >= vec4u(dropout.threshold));
}
