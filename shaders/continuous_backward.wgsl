// continuous_backward: d_gamma = Σ d_x·x̂ and d_beta = Σ d_x of the BatchNorm on the continuous columns. Its input is
//   data and needs no gradient. One workgroup owns one column over all rows.
// Shapes    d_x [rows, width + n_continuous] padded to a multiple of 4  continuous [table rows, n_continuous]
//           saved [2, n_continuous]: mean, 1/√(var + eps)  d_gamma, d_beta [n_continuous]
// Bindings  grads: the arena, d_gamma and d_beta by offset (in f32)
// Dispatch  n_continuous × 1 × 1
// Error     (rows / THREADS + 16) · 2⁻²³ · Σ|d_x|·(1 + |x̂|)
// Source    torch BatchNorm1d backward
// Parts     step, sum
override THREADS: u32 = 64;

struct Dims {
  width: u32,
  n_continuous: u32,
  d_gamma: u32,
  d_beta: u32,
}
@group(1) @binding(0) var<uniform> dims: Dims;
@group(1) @binding(1) var<storage, read> d_x: array<f32>;
@group(1) @binding(2) var<storage, read> continuous: array<f32>;
@group(1) @binding(3) var<storage, read> row_index: array<u32>;
@group(1) @binding(4) var<storage, read> saved: array<f32>;
@group(1) @binding(5) var<storage, read_write> grads: array<f32>;

@compute @workgroup_size(THREADS)
fn continuous_backward(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let rows = step.rows;
  let c = group.x;
  let stride = 4u * ((dims.width + dims.n_continuous + 3u) / 4u);
  let mean = saved[c];
  let inverse = saved[dims.n_continuous + c];
  var d_beta = 0.0;
  var d_gamma = 0.0;
  for (var row = thread; row < rows; row += THREADS) {
    let d = d_x[row * stride + dims.width + c];
    let x_hat = (continuous[row_index[step.row_start + row] * dims.n_continuous + c] - mean) * inverse;
    d_beta += d;
    d_gamma += d * x_hat;
  }
  d_beta = workgroup_sum(thread, d_beta);
  d_gamma = workgroup_sum(thread, d_gamma);
  if (thread == 0u) {
    grads[dims.d_beta + c] = d_beta;
    grads[dims.d_gamma + c] = d_gamma;
  }
}
