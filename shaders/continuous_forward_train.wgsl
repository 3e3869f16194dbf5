// continuous_forward_train: BatchNorm of the continuous columns with the batch's own statistics, gathered from the
//   resident table and written behind the embeddings. One workgroup owns one column over all rows.
// Shapes    continuous [table rows, n_continuous]  row_index [rows of the epoch]  gamma, beta [n_continuous]
//           x [rows, width + n_continuous] padded to a multiple of 4  saved [2, n_continuous]: mean, 1/√(var + eps)
// Bindings  params: the arena, gamma and beta by offset (in f32); running: running_mean and running_var by offset,
//           moved by momentum, the variance unbiased
// Dispatch  n_continuous × 1 × 1
// Error     |x − exact| ≤ (rows / THREADS + 16) · 2⁻²³ · |gamma| · (mean|continuous| / σ + |x̂|) + 2⁻²³ · |beta|
// Source    torch BatchNorm1d in training. Gradient: continuous_backward
// Parts     step, sum
override THREADS: u32 = 64;

struct Dims {
  width: u32,
  n_continuous: u32,
  gamma: u32,
  beta: u32,
  running_mean: u32,
  running_var: u32,
  eps: f32,
  momentum: f32,
}
@group(1) @binding(0) var<uniform> dims: Dims;
@group(1) @binding(1) var<storage, read> params: array<f32>;
@group(1) @binding(2) var<storage, read> continuous: array<f32>;
@group(1) @binding(3) var<storage, read> row_index: array<u32>;
@group(1) @binding(4) var<storage, read_write> running: array<f32>;
@group(1) @binding(5) var<storage, read_write> saved: array<f32>;
@group(1) @binding(6) var<storage, read_write> x: array<f32>;

@compute @workgroup_size(THREADS)
fn continuous_forward_train(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let rows = step.rows;
  let c = group.x;
  let n = f32(rows);
  let stride = 4u * ((dims.width + dims.n_continuous + 3u) / 4u);
  let column = dims.width + c;

  var sum = 0.0;
  for (var row = thread; row < rows; row += THREADS) {
    let value = continuous[row_index[step.row_start + row] * dims.n_continuous + c];
    x[row * stride + column] = value;
    sum += value;
  }
  let mean = workgroup_sum(thread, sum) / n;
  var squares = 0.0;
  for (var row = thread; row < rows; row += THREADS) {
    let centred = x[row * stride + column] - mean;
    squares += centred * centred;
  }
  let variance = workgroup_sum(thread, squares) / n;
  let inverse = inverseSqrt(variance + dims.eps);
  let scale = inverse * params[dims.gamma + c];
  let shift = params[dims.beta + c];
  for (var row = thread; row < rows; row += THREADS) {
    x[row * stride + column] = fma(x[row * stride + column] - mean, scale, shift);
  }

  if (thread == 0u) {
    saved[c] = mean;
    saved[dims.n_continuous + c] = inverse;
    let rm = dims.running_mean + c;
    let rv = dims.running_var + c;
    running[rm] += dims.momentum * (mean - running[rm]);
    running[rv] += dims.momentum * (variance * (n / (n - 1.0)) - running[rv]);
  }
}
