// linear_backward_input: d_x = d_z · weight, then dropout's gradient on the first dims.dropped columns (the embeddings).
//   One invocation owns 8 rows by 8 columns.
// Shapes    d_z [rows, fan_out]  weight [fan_out, fan_in]  d_x [rows, fan_in]; rows padded with zeros to a multiple of 4
// Bindings  params: the arena, the weight by offset (in vec4)
// Dispatch  ceil(fan_in / 64) × ceil(rows / 64) × 1
// Error     |d_x − exact| ≤ (fan_out + 2) · 2⁻²³ · Σ|d_z·weight|, times 1 / (1 − p)
// Source    torch.nn.Linear backward; dropout draws input_forward's bits
// Parts     step, tile, product_backward, dropout
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

fn store(row: u32, rows: u32, column4: u32, d: vec4f) {
  if (row >= rows || column4 >= dims.fan_in4) {
    return;
  }
  let at = row * dims.fan_in4 + column4;
  let keep = dropout_factors(at, dims.layer, step.number, step.seed, dims.drop_threshold, dims.drop_scale);
  let is_dropped = vec4u(4u * column4) + vec4u(0u, 1u, 2u, 3u) < vec4u(dims.dropped);
  d_x[at] = d * select(vec4f(1.0), keep, is_dropped);
}

fn store_row(row: u32, rows: u32, column4: u32, a: vec4f, b: vec4f) {
  store(row, rows, column4, a);
  store(row, rows, column4 + 1u, b);
}

@compute @workgroup_size(8, 8)
fn linear_backward_input(@builtin(global_invocation_id) id: vec3u) {
  let rows = step.rows;
  let row = 8u * id.y;
  let column4 = 2u * id.x;
  if (row >= rows || column4 >= dims.fan_in4) {
    return;
  }
  let tile = product_backward(row, column4, rows);
  store_row(row, rows, column4, tile.a0, tile.b0);
  store_row(row + 1u, rows, column4, tile.a1, tile.b1);
  store_row(row + 2u, rows, column4, tile.a2, tile.b2);
  store_row(row + 3u, rows, column4, tile.a3, tile.b3);
  store_row(row + 4u, rows, column4, tile.a4, tile.b4);
  store_row(row + 5u, rows, column4, tile.a5, tile.b5);
  store_row(row + 6u, rows, column4, tile.a6, tile.b6);
  store_row(row + 7u, rows, column4, tile.a7, tile.b7);
}
