// lin_bn_drop_forward_train: r = relu(x · weightᵀ + bias), y = dropout(batchnorm(r)), with the batch's own statistics.
//   One workgroup owns 8 columns over all rows of the batch, so the statistics need no second dispatch; an invocation
//   owns 8 rows by 8 columns, and again every 8 · THREADS rows.
// Shapes    x [rows, fan_in]  weight [fan_out, fan_in]  bias, gamma, beta [fan_out]  r, y [rows, fan_out]
//           saved [2, fan_out]: mean, 1/√(var + eps); f32, row-major, rows padded with zeros to a multiple of 4
// Bindings  params: the arena, tensors by offset (in vec4); running: running_mean and running_var by offset, moved by
//           momentum, the variance unbiased; r is kept for the backward pass
// Dispatch  ceil(fan_out / 8) × 1 × 1
// Error     r: P = (fan_in + 1) · 2⁻²³ · (Σ|x·weight| + |bias|). Mean first, then centred squares: with
//           S = (rows / THREADS + 16) · 2⁻²³ and D = max P + S · mean|r| of the column
//           |y − exact| ≤ |gamma| · ((1 + |x̂|) · D/σ + S · |x̂|) + 4 · 2⁻²³ · |beta|, times 1 / (1 − p)
// Source    fastai LinBnDrop(lin_first=True) = torch Linear, ReLU, BatchNorm1d, Dropout. Gradient: lin_bn_drop_backward
// Parts     step, tile, product_forward, column_sum, dropout
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

// Bias and ReLU for one row of a tile, stored to r. Columns past fan_out become 0, and stay 0 in all that follows.
// Returns what the row adds to the column sums: nothing where the row is past the end.
fn finish_row(row: u32, rows: u32, column4: u32, a: vec4f, b: vec4f) -> Columns {
  if (row >= rows) {
    return Columns();
  }
  let lanes = vec4u(0u, 1u, 2u, 3u);
  var z = Columns(a, b);
  if (dims.has_bias != 0u) {
    z.a += params[dims.bias + column4];
    z.b += params[dims.bias + column4 + 1u];
  }
  if (dims.has_relu != 0u) {
    z.a = max(z.a, vec4f());
    z.b = max(z.b, vec4f());
  }
  z.a = select(vec4f(), z.a, vec4u(4u * column4) + lanes < vec4u(dims.fan_out));
  z.b = select(vec4f(), z.b, vec4u(4u * column4 + 4u) + lanes < vec4u(dims.fan_out));
  let stride4 = (dims.fan_out + 3u) / 4u;
  r[row * stride4 + column4] = z.a;
  if (column4 + 1u < stride4) {
    r[row * stride4 + column4 + 1u] = z.b;
  }
  return z;
}

@compute @workgroup_size(THREADS)
fn lin_bn_drop_forward_train(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let rows = step.rows;
  let column4 = 2u * group.x;
  let stride4 = (dims.fan_out + 3u) / 4u;
  let both = column4 + 1u < stride4;     // whether the second half of the 8 columns exists
  let second = select(column4, column4 + 1u, both);

  var sum = Columns();
  for (var row = 8u * thread; row < rows; row += 8u * THREADS) {
    let tile = product_forward(row, 4u * column4, rows);
    let r0 = finish_row(row, rows, column4, tile.a0, tile.b0);
    let r1 = finish_row(row + 1u, rows, column4, tile.a1, tile.b1);
    let r2 = finish_row(row + 2u, rows, column4, tile.a2, tile.b2);
    let r3 = finish_row(row + 3u, rows, column4, tile.a3, tile.b3);
    let r4 = finish_row(row + 4u, rows, column4, tile.a4, tile.b4);
    let r5 = finish_row(row + 5u, rows, column4, tile.a5, tile.b5);
    let r6 = finish_row(row + 6u, rows, column4, tile.a6, tile.b6);
    let r7 = finish_row(row + 7u, rows, column4, tile.a7, tile.b7);
    sum.a += ((r0.a + r1.a) + (r2.a + r3.a)) + ((r4.a + r5.a) + (r6.a + r7.a));
    sum.b += ((r0.b + r1.b) + (r2.b + r3.b)) + ((r4.b + r5.b) + (r6.b + r7.b));
  }

  var mean = Columns();
  var scale = Columns(vec4f(1.0), vec4f(1.0));
  var shift = Columns();
  if (dims.has_batch_norm != 0u) {
    let n = f32(rows);
    let total = column_sum(thread, sum);
    mean = Columns(total.a / n, total.b / n);
    var squares = Columns();
    for (var row = 8u * thread; row < rows; row += 8u * THREADS) {
      for (var i = row; i < min(row + 8u, rows); i++) {
        let a = r[i * stride4 + column4] - mean.a;
        let b = r[i * stride4 + second] - mean.b;
        squares.a += a * a;
        squares.b += b * b;
      }
    }
    let centred = column_sum(thread, squares);
    let variance = Columns(centred.a / n, centred.b / n);
    let inverse = Columns(inverseSqrt(variance.a + dims.eps), inverseSqrt(variance.b + dims.eps));
    scale = Columns(inverse.a * params[dims.gamma + column4], inverse.b * params[dims.gamma + second]);
    shift = Columns(params[dims.beta + column4], params[dims.beta + second]);
    if (thread == 0u) {
      let unbiased = n / (n - 1.0);
      let rm = dims.running_mean + column4;
      let rv = dims.running_var + column4;
      saved[column4] = mean.a;
      saved[stride4 + column4] = inverse.a;
      running[rm] += dims.momentum * (mean.a - running[rm]);
      running[rv] += dims.momentum * (variance.a * unbiased - running[rv]);
      if (both) {
        saved[column4 + 1u] = mean.b;
        saved[stride4 + column4 + 1u] = inverse.b;
        running[rm + 1u] += dims.momentum * (mean.b - running[rm + 1u]);
        running[rv + 1u] += dims.momentum * (variance.b * unbiased - running[rv + 1u]);
      }
    }
  }

  for (var row = 8u * thread; row < rows; row += 8u * THREADS) {
    for (var i = row; i < min(row + 8u, rows); i++) {
      let at = i * stride4 + column4;
      let keep = dropout_factors(at, dims.layer, step.number, step.seed, dims.drop_threshold, dims.drop_scale);
      y[at] = fma(r[at] - mean.a, scale.a, shift.a) * keep;
      if (both) {
        let keep_b = dropout_factors(at + 1u, dims.layer, step.number, step.seed, dims.drop_threshold, dims.drop_scale);
        y[at + 1u] = fma(r[at + 1u] - mean.b, scale.b, shift.b) * keep_b;
      }
    }
  }
}
