// lin_bn_drop_forward_train: r = relu(x · weightᵀ + bias), y = dropout(batchnorm(r)), with the batch's own statistics.
//   One workgroup owns whole columns, 8 or (wide) 16, over all rows of the batch, so the statistics need no second
//   dispatch. First the product, block by block; then its invocations go down the columns: bias and ReLU, mean, variance,
//   and at last the result.
// Shapes    x [rows, fan_in]  weight [fan_out, fan_in]  bias, gamma, beta [fan_out]  r, y [rows, fan_out]
//           saved [2, fan_out]: mean, 1/√(var + eps); f32, row-major, rows padded with zeros to a multiple of 4
// Bindings  params: the arena, tensors by offset (in vec4); running: running_mean and running_var by offset, moved by
//           momentum, the variance unbiased; r is kept for the backward pass
// Dispatch  ceil(fan_out / 8) × 1 × 1, wide ceil(fan_out / 16) × 1 × 1; THREADS a power of two, at least COLUMNS4
// Error     r: P = (fan_in + 1) · 2⁻²³ · (Σ|x·weight| + |bias|). Mean first, then centred squares: with
//           S = (COLUMNS4 · rows / THREADS + 16) · 2⁻²³ and D = max P + S · mean|r| of the column
//           |y − exact| ≤ |gamma| · ((1 + |x̂|) · D/σ + S · |x̂|) + 4 · 2⁻²³ · |beta|, times 1 / (1 − p)
// Source    fastai LinBnDrop(lin_first=True) = torch Linear, ReLU, BatchNorm1d, Dropout. Gradient: lin_bn_drop_backward
// Parts     step, block, tile, eight, emit_tile, load_nt, share, product_nt, column_sum, dropout
// Variants  wide
override THREADS: u32 = 64;

struct Dims {
  fan_in4: u32,
  fan_out: u32,
  weight: u32,
  bias: u32,
  gamma: u32,
  beta: u32,
  running_mean: u32,
  running_var: u32,
  has_bias: u32,
  has_relu: u32,
  has_batch_norm: u32,
  layer: u32,              // keys dropout
  drop_threshold: u32,     // p · 2³²
  drop_scale: f32,         // 1 / (1 − p)
  eps: f32,
  momentum: f32,
}
@group(1) @binding(0) var<uniform> dims: Dims;
@group(1) @binding(1) var<storage, read> params: array<vec4f>;
@group(1) @binding(2) var<storage, read> x: array<vec4f>;
@group(1) @binding(3) var<storage, read_write> r: array<vec4f>;
@group(1) @binding(4) var<storage, read_write> y: array<vec4f>;
@group(1) @binding(5) var<storage, read_write> saved: array<vec4f>;
@group(1) @binding(6) var<storage, read_write> running: array<vec4f>;

// The bare product, read back below.
fn emit(row: u32, column4: u32, sums: vec4f) {
  let stride4 = (dims.fan_out + 3u) / 4u;
  let at = row * stride4 + column4;
  if (column4 < stride4) {
    var z = sums;
    if (turn > 0u) {
      z += r[at];
    }
    r[at] = z;
  }
}

@compute @workgroup_size(THREADS)
fn lin_bn_drop_forward_train(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let rows = step.rows;
  let stride4 = (dims.fan_out + 3u) / 4u;
  let first4 = COLUMNS4 * group.x;
  let block4 = first4 + BLOCK_COLUMNS4 * (thread % LANES);
  let slice = thread / LANES % SLICES;
  let own = BLOCK_ROWS * (thread / (LANES * SLICES));
  for (var row = 0u; row < rows; row += BLOCK_ROWS * (THREADS / (LANES * SLICES))) {
    product_nt(row + own, block4, rows, slice);
  }
  storageBarrier();

  // From here an invocation owns every (THREADS / COLUMNS4)-th row of four columns; those past the last own nothing.
  let column4 = first4 + thread % COLUMNS4;
  let begin = select(rows, thread / COLUMNS4, column4 < stride4);
  let here4 = min(column4, stride4 - 1u);
  let real = vec4u(4u * column4) + vec4u(0u, 1u, 2u, 3u) < vec4u(dims.fan_out);
  let bias = select(vec4f(), params[dims.bias + here4], vec4<bool>(dims.has_bias != 0u) & real);
  let least = select(f32(-3.0e38), 0.0, dims.has_relu != 0u);
  var sum = vec4f();
  for (var row = begin; row < rows; row += THREADS / COLUMNS4) {
    let at = row * stride4 + column4;
    let z = select(vec4f(), max(r[at] + bias, vec4f(least)), real);
    r[at] = z;
    sum += z;
  }

  var mean = vec4f();
  var scale = vec4f(1.0);
  var shift = vec4f();
  if (dims.has_batch_norm != 0u) {
    let n = f32(rows);
    mean = column_sum(thread, sum) / n;
    var squares = vec4f();
    for (var row = begin; row < rows; row += THREADS / COLUMNS4) {
      let centred = r[row * stride4 + column4] - mean;
      squares += centred * centred;
    }
    let variance = column_sum(thread, squares) / n;
    let inverse = inverseSqrt(variance + dims.eps);
    scale = inverse * params[dims.gamma + here4];
    shift = params[dims.beta + here4];
    if (thread < COLUMNS4 && column4 < stride4) {
      let rm = dims.running_mean + column4;
      let rv = dims.running_var + column4;
      saved[column4] = mean;
      saved[stride4 + column4] = inverse;
      running[rm] += dims.momentum * (mean - running[rm]);
      running[rv] += dims.momentum * (variance * (n / (n - 1.0)) - running[rv]);
    }
  }

  let dropout = dropout_of_step();
  for (var row = begin; row < rows; row += THREADS / COLUMNS4) {
    let at = row * stride4 + column4;
    let keep = dropout_factors(at, dropout);
    y[at] = fma(r[at] - mean, scale, shift) * keep;
  }
}
