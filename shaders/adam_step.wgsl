// adam_step: Adam with decoupled weight decay over the whole parameter arena at once. One invocation owns 4 parameters.
//   The arena holds first what decays, then what does not: one boundary instead of a mask.
// Shapes    params, grads, moments1, moments2 [count]
// Bindings  all in vec4; the hyperparameters come with the step
// Dispatch  ceil(count4 / 64), folded over x and y
// Error     moments 4 · 2⁻²³ of mom·|moment1| + (1 − mom)·|grad| and of moment2; params 16 · 2⁻²³ of the update that this
//           magnitude gives, plus 3 · 2⁻²³ · |param|
// Source    fastai Adam (v2) = torch AdamW(betas=(mom, sqr_mom)), Loshchilov & Hutter 2019; v1 decays everything
// Parts     step
struct Dims {
  count4: u32,
  decay_end4: u32,
}
@group(1) @binding(0) var<uniform> dims: Dims;
@group(1) @binding(1) var<storage, read> grads: array<vec4f>;
@group(1) @binding(2) var<storage, read_write> params: array<vec4f>;
@group(1) @binding(3) var<storage, read_write> moments1: array<vec4f>;
@group(1) @binding(4) var<storage, read_write> moments2: array<vec4f>;

@compute @workgroup_size(64)
fn adam_step(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.y * groups.x * 64u + id.x;
  if (i >= dims.count4) {
    return;
  }
  let g = grads[i];
  let m = step.mom * moments1[i] + (1.0 - step.mom) * g;
  let v = step.sqr_mom * moments2[i] + (1.0 - step.sqr_mom) * g * g;
  let denominator = sqrt(v * step.sqr_mom_correction) + step.eps;
  moments1[i] = m;
  moments2[i] = v;
  let decayed = params[i] * select(1.0, step.decay, i < dims.decay_end4);
  params[i] = decayed - step.lr * step.mom_correction * m / denominator;
}
