// linear_forward_row: as linear_forward, for a batch of one or two rows, or for so few columns that a block would compute
//   mostly padding: one invocation owns 4 columns of one row, so that nothing is computed twice and nothing waits for a
//   barrier. Sums run in linear_forward's order: a row gives the same
//   bits alone and among others.
// Shapes    x [rows, fan_in]  weight [fan_out, fan_in]  bias [fan_out]  y [rows, fan_out]; f32, row-major, rows padded
//           with zeros to a multiple of 4
// Bindings  params: the folded weights and biases by offset (in vec4)
// Dispatch  ceil(rows · ceil(fan_out / 4) / 16), folded over x and y
// Error     P = (fan_in + 1) · 2⁻²³ · (Σ|x·weight| + |bias|); y_range makes (high − low) · (P / 4 + 8 · 2⁻²³) +
//           2⁻²³ · |low| of it
// Source    torch.nn.Linear, ReLU, fastai SigmoidRange
// Parts     step, four_steps, linear_finish, sigmoid
// Variants  wide
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

@compute @workgroup_size(16)
fn linear_forward_row(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let item = id.y * groups.x * 16u + id.x;
  let stride4 = (dims.fan_out + 3u) / 4u;
  let row = item / stride4;
  let column4 = item % stride4;
  if (row >= step.rows) {
    return;
  }
  let columns = min(vec4u(4u * column4) + vec4u(0u, 1u, 2u, 3u), vec4u(dims.fan_out - 1u));
  let w = dims.weight + columns * dims.fan_in4;
  let begin = row * dims.fan_in4;
  var sums = vec4f();
  let end = dims.fan_in4;   // read once: software adapters fetch a uniform in every round
  for (var k = 0u; k < end; k++) {
    let v = x[begin + k];
    let a = params[w.x + k];
    let b = params[w.y + k];
    let c = params[w.z + k];
    let d = params[w.w + k];
    sums = four_steps(sums, v, a, b, c, d);
  }
  y[row * stride4 + column4] = finish(sums, column4);
}
