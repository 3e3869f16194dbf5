// lin_bn_drop_backward: from the gradient at the next Linear's output back to the gradient at this block's Linear's
//   output: d_y = d_z · weight, then back through dropout, BatchNorm and ReLU. One workgroup owns whole columns,
//   8 or (wide) 16, over all rows, as in lin_bn_drop_forward_train: BatchNorm's gradient needs two sums over them.
// Shapes    d_z [rows, fan_out]  weight [fan_out, fan_in] of the next Linear; fan_in is this block's width
//           r, d_r [rows, fan_in]  saved [2, fan_in]: mean, 1/√(var + eps)  d_gamma, d_beta [fan_in]
// Bindings  params and grads: the arenas, tensors by offset (in vec4). Where dims.fan_out is 0, d_z itself is d_y
//           [rows, fan_in] (a BatchNorm after the last Linear). d_r is the gradient at the ReLU's input
// Dispatch  ceil(fan_in / 8) × 1 × 1, wide ceil(fan_in / 16) × 1 × 1; THREADS a power of two, at least COLUMNS4
// Error     A = Σ|d_z·weight| / (1 − p), S = (fan_out + COLUMNS4 · rows / THREADS + 32) · 2⁻²³: d_beta S · ΣA, d_gamma S · Σ A·|x̂|,
//           d_r S · |gamma|/σ · (A + mean A + |x̂| · mean(A·|x̂|)); without BatchNorm (fan_out + 2) · 2⁻²³ · A
// Source    torch BatchNorm1d backward: dx = γ/(N·s)·(N·dy − Σdy − x̂·Σ(dy·x̂)); dropout draws the forward pass's bits
// Parts     step, block, tile, eight, emit_tile, load_nn, share, product_nn, column_sum, dropout
// Variants  wide
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

// The bare product, read back below.
fn emit(row: u32, column4: u32, sums: vec4f) {
  let at = row * dims.fan_in4 + column4;
  if (column4 < dims.fan_in4) {
    var d = sums;
    if (turn > 0u) {
      d += d_r[at];
    }
    d_r[at] = d;
  }
}

@compute @workgroup_size(THREADS)
fn lin_bn_drop_backward(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let rows = step.rows;
  let stride4 = dims.fan_in4;
  let first4 = COLUMNS4 * group.x;
  let block4 = first4 + BLOCK_COLUMNS4 * (thread % LANES);
  let slice = thread / LANES % SLICES;
  let own = BLOCK_ROWS * (thread / (LANES * SLICES));
  if (dims.fan_out != 0u) {
    for (var row = 0u; row < rows; row += BLOCK_ROWS * (THREADS / (LANES * SLICES))) {
      product_nn(row + own, block4, rows, slice);
    }
  }
  storageBarrier();

  // From here an invocation owns every (THREADS / COLUMNS4)-th row of four columns; those past the last own nothing.
  let column4 = first4 + thread % COLUMNS4;
  let begin = select(rows, thread / COLUMNS4, column4 < stride4);
  if (dims.fan_out == 0u) {
    for (var row = begin; row < rows; row += THREADS / COLUMNS4) {
      d_r[row * stride4 + column4] = d_z[row * stride4 + column4];
    }
  }
  let here4 = min(column4, stride4 - 1u);
  var mean = vec4f();
  var inverse = vec4f(1.0);
  var scale = vec4f(1.0);
  if (dims.has_batch_norm != 0u) {
    mean = saved[here4];
    inverse = saved[stride4 + here4];
    scale = params[dims.gamma + here4] * inverse;
  }
  let dropout = dropout_of_step();
  var sum = vec4f();
  var weighted = vec4f();
  for (var row = begin; row < rows; row += THREADS / COLUMNS4) {
    let at = row * stride4 + column4;
    let d = d_r[at] * dropout_factors(at, dropout);
    d_r[at] = d;
    sum += d;
    weighted += d * ((r[at] - mean) * inverse);
  }

  let has_relu = vec4<bool>(dims.has_relu != 0u);
  let has_batch_norm = dims.has_batch_norm != 0u;
  var mean_d = vec4f();       // Σdy / rows
  var mean_dx = vec4f();      // Σ(dy·x̂) / rows
  if (has_batch_norm) {
    let n = f32(rows);
    let d_beta = column_sum(thread, sum);
    let d_gamma = column_sum(thread, weighted);
    mean_d = d_beta / n;
    mean_dx = d_gamma / n;
    if (thread < COLUMNS4 && column4 < stride4) {
      grads[dims.d_beta + column4] = d_beta;
      grads[dims.d_gamma + column4] = d_gamma;
    }
  }

  for (var row = begin; row < rows; row += THREADS / COLUMNS4) {
    let at = row * stride4 + column4;
    let activation = r[at];
    var d = d_r[at];
    if (has_batch_norm) {
      d = scale * (d - mean_d - (activation - mean) * inverse * mean_dx);
    }
    d_r[at] = select(d, vec4f(), has_relu & (activation <= vec4f()));
  }
}
