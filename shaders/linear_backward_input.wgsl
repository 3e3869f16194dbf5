// linear_backward_input: d_x = d_z · weight, then dropout's gradient on the first dims.dropped columns (the embeddings).
//   One workgroup owns 64 rows by 64 columns.
// Shapes    d_z [rows, fan_out]  weight [fan_out, fan_in]  d_x [rows, fan_in]; rows padded with zeros to a multiple of 4
// Bindings  params: the arena, the weight by offset (in vec4)
// Dispatch  ceil(fan_in / 64) × ceil(rows / 64) × 1
// Error     |d_x − exact| ≤ (fan_out + 2) · 2⁻²³ · Σ|d_z·weight|, times 1 / (1 − p)
// Source    torch.nn.Linear backward; dropout draws input_forward's bits
// Parts     step, block, tile, eight, emit_tile, load_nn, product_nn, dropout
// Variants  wide
struct Dims {
  fan_in4: u32,
  fan_out: u32,
  weight: u32,
  dropped: u32,
  layer: u32,
  drop_threshold: u32,
  drop_scale: f32,
}
@group(1) @binding(0) var<uniform> dims: Dims;
@group(1) @binding(1) var<storage, read> params: array<vec4f>;
@group(1) @binding(2) var<storage, read> d_z: array<vec4f>;
@group(1) @binding(3) var<storage, read_write> d_x: array<vec4f>;

fn emit(row: u32, column4: u32, sums: vec4f) {
  if (column4 >= dims.fan_in4) {
    return;
  }
  let at = row * dims.fan_in4 + column4;
  let keep = dropout_factors(at, dims.layer, step.number, step.seed, dims.drop_threshold, dims.drop_scale);
  let is_dropped = vec4u(4u * column4) + vec4u(0u, 1u, 2u, 3u) < vec4u(dims.dropped);
  d_x[at] = sums * select(vec4f(1.0), keep, is_dropped);
}

@compute @workgroup_size(THREADS_64)
fn linear_backward_input(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let row = 64u * group.y + BLOCK * (thread / (64u / BLOCK));
  let column4 = 16u * group.x + BLOCK / 4u * (thread % (64u / BLOCK));
  if (row < step.rows && column4 < dims.fan_in4) {
    product_nn(row, column4, step.rows);
  }
}
