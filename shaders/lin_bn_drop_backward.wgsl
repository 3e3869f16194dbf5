// lin_bn_drop_backward: from the gradient at the next Linear's output back to the gradient at this block's Linear's
//   output: d_y = d_z · weight, then back through dropout, BatchNorm and ReLU. One workgroup owns 8 columns over all
//   rows, as in lin_bn_drop_forward_train, and needs both sums of BatchNorm's gradient over the same rows.
// Shapes    d_z [rows, fan_out]  weight [fan_out, fan_in] of the next Linear; fan_in is this block's width
//           r, d_r [rows, fan_in]  saved [2, fan_in]: mean, 1/√(var + eps)  d_gamma, d_beta [fan_in]
// Bindings  params and grads: the arenas, tensors by offset (in vec4). Where dims.fan_out is 0, d_z itself is d_y
//           [rows, fan_in] (a BatchNorm after the last Linear). d_r is the gradient at the ReLU's input
// Dispatch  ceil(fan_in / 8) × 1 × 1
// Error     A = Σ|d_z·weight| / (1 − p), S = (fan_out + rows / THREADS + 32) · 2⁻²³: d_beta S · ΣA, d_gamma S · Σ A·|x̂|,
//           d_r S · |gamma|/σ · (A + mean A + |x̂| · mean(A·|x̂|)); without BatchNorm (fan_out + 2) · 2⁻²³ · A
// Source    torch BatchNorm1d backward: dx = γ/(N·s)·(N·dy − Σdy − x̂·Σ(dy·x̂)); dropout draws the forward pass's bits
// Parts     step, tile, product_backward, column_sum, dropout
override THREADS: u32 = 64;

struct Dims {
  fan_in4: u32,
  fan_out: u32,
  weight: u32,
  gamma: u32,
  d_gamma: u32,
  d_beta: u32,
  has_relu: u32,
  has_batch_norm: u32,
  layer: u32,
  drop_threshold: u32,
  drop_scale: f32,
}
@group(1) @binding(0) var<uniform> dims: Dims;
@group(1) @binding(1) var<storage, read> params: array<vec4f>;
@group(1) @binding(2) var<storage, read> d_z: array<vec4f>;
@group(1) @binding(3) var<storage, read> r: array<vec4f>;
@group(1) @binding(4) var<storage, read> saved: array<vec4f>;
@group(1) @binding(5) var<storage, read_write> d_r: array<vec4f>;
@group(1) @binding(6) var<storage, read_write> grads: array<vec4f>;

// Dropout's gradient for one row of a tile, stored to d_r for the second pass. Returns what the row adds to Σdy.
fn finish_row(row: u32, rows: u32, column4: u32, a: vec4f, b: vec4f) -> Columns {
  if (row >= rows) {
    return Columns();
  }
  let at = row * dims.fan_in4 + column4;
  let keep = dropout_factors(at, dims.layer, step.number, step.seed, dims.drop_threshold, dims.drop_scale);
  var d = Columns(a * keep, vec4f());
  d_r[at] = d.a;
  if (column4 + 1u < dims.fan_in4) {
    let keep_b = dropout_factors(at + 1u, dims.layer, step.number, step.seed, dims.drop_threshold, dims.drop_scale);
    d.b = b * keep_b;
    d_r[at + 1u] = d.b;
  }
  return d;
}

@compute @workgroup_size(THREADS)
fn lin_bn_drop_backward(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let rows = step.rows;
  let column4 = 2u * group.x;
  let stride4 = dims.fan_in4;
  let both = column4 + 1u < stride4;
  let second = select(column4, column4 + 1u, both);

  var sum = Columns();
  for (var row = 8u * thread; row < rows; row += 8u * THREADS) {
    if (dims.fan_out == 0u) {
      for (var i = row; i < min(row + 8u, rows); i++) {
        let d = finish_row(i, rows, column4, d_z[i * stride4 + column4], d_z[i * stride4 + second]);
        sum.a += d.a;
        sum.b += d.b;
      }
    } else {
      let tile = product_backward(row, column4, rows);
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
  }

  var mean = Columns();
  var inverse = Columns(vec4f(1.0), vec4f(1.0));
  var scale = Columns(vec4f(1.0), vec4f(1.0));
  var mean_d = Columns();       // Σdy / rows
  var mean_dx = Columns();      // Σ(dy·x̂) / rows
  if (dims.has_batch_norm != 0u) {
    let n = f32(rows);
    mean = Columns(saved[column4], saved[second]);
    inverse = Columns(saved[stride4 + column4], saved[stride4 + second]);
    scale = Columns(params[dims.gamma + column4] * inverse.a, params[dims.gamma + second] * inverse.b);
    var weighted = Columns();
    for (var row = 8u * thread; row < rows; row += 8u * THREADS) {
      for (var i = row; i < min(row + 8u, rows); i++) {
        let at = i * stride4;
        weighted.a += d_r[at + column4] * ((r[at + column4] - mean.a) * inverse.a);
        weighted.b += d_r[at + second] * ((r[at + second] - mean.b) * inverse.b);
      }
    }
    let d_beta = column_sum(thread, sum);
    let d_gamma = column_sum(thread, weighted);
    mean_d = Columns(d_beta.a / n, d_beta.b / n);
    mean_dx = Columns(d_gamma.a / n, d_gamma.b / n);
    if (thread == 0u) {
      grads[dims.d_beta + column4] = d_beta.a;
      grads[dims.d_gamma + column4] = d_gamma.a;
      if (both) {
        grads[dims.d_beta + column4 + 1u] = d_beta.b;
        grads[dims.d_gamma + column4 + 1u] = d_gamma.b;
      }
    }
  }

  for (var row = 8u * thread; row < rows; row += 8u * THREADS) {
    for (var i = row; i < min(row + 8u, rows); i++) {
      let at = i * stride4 + column4;
      let r_a = r[at];
      var d_a = d_r[at];
      if (dims.has_batch_norm != 0u) {
        d_a = scale.a * (d_a - mean_d.a - (r_a - mean.a) * inverse.a * mean_dx.a);
      }
      d_r[at] = select(d_a, vec4f(), vec4<bool>(dims.has_relu != 0u) & (r_a <= vec4f()));
      if (both) {
        let r_b = r[at + 1u];
        var d_b = d_r[at + 1u];
        if (dims.has_batch_norm != 0u) {
          d_b = scale.b * (d_b - mean_d.b - (r_b - mean.b) * inverse.b * mean_dx.b);
        }
        d_r[at + 1u] = select(d_b, vec4f(), vec4<bool>(dims.has_relu != 0u) & (r_b <= vec4f()));
      }
    }
  }
}
