// linear_forward: y = y_range(relu(x · weightᵀ + bias)) of a folded Linear; relu and y_range may be off. One invocation
//   owns 8 rows by 8 columns.
// Shapes    x [rows, fan_in]  weight [fan_out, fan_in]  bias [fan_out]  y [rows, fan_out]; f32, row-major, rows padded
//           with zeros to a multiple of 4
// Bindings  params: the folded weights and biases by offset (in vec4)
// Dispatch  ceil(fan_out / (8 · COLUMN_LANES)) × ceil(rows / (512 / COLUMN_LANES)) × 1: a workgroup's 64 invocations lie
//           COLUMN_LANES (1 to 64, a power of two) beside each other, the rest below; 1 where the layer is narrow
// Error     P = (fan_in + 1) · 2⁻²³ · (Σ|x·weight| + |bias|); y_range makes (high − low) · (P / 4 + 8 · 2⁻²³) +
//           2⁻²³ · |low| of it
// Source    torch.nn.Linear, ReLU, fastai SigmoidRange
// Parts     step, tile, product_forward, linear_finish, tile_store, sigmoid
override COLUMN_LANES: u32 = 8;

struct Dims {
  fan_in4: u32,
  fan_out: u32,
  weight: u32,
  bias: u32,
  has_relu: u32,
  has_y_range: u32,
  low: f32,
  high: f32,
}
@group(1) @binding(0) var<uniform> dims: Dims;
@group(1) @binding(1) var<storage, read> params: array<vec4f>;
@group(1) @binding(2) var<storage, read> x: array<vec4f>;
@group(1) @binding(3) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(64)
fn linear_forward(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let rows = step.rows;
  let column = 8u * (group.x * COLUMN_LANES + thread % COLUMN_LANES);
  let row = 8u * (group.y * (64u / COLUMN_LANES) + thread / COLUMN_LANES);
  if (row >= rows || column >= dims.fan_out) {
    return;
  }
  var tile = product_forward(row, column, rows);
  store_tile(&tile, row, rows, column / 4u);
}
