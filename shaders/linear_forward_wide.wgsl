// linear_forward_wide: as linear_forward, but one invocation owns 16 rows by 16 columns: half the loads per product, for
//   adapters that have room for 256 sums but pay for every load. Those are software ones; GPUs would spill registers.
// Shapes    x [rows, fan_in]  weight [fan_out, fan_in]  bias [fan_out]  y [rows, fan_out]; f32, row-major, rows padded
//           with zeros to a multiple of 4
// Bindings  params: the folded weights and biases by offset (in vec4)
// Dispatch  ceil(fan_out / 64) × ceil(rows / 64) × 1
// Error     P = (fan_in + 1) · 2⁻²³ · (Σ|x·weight| + |bias|); y_range makes (high − low) · (P / 4 + 8 · 2⁻²³) +
//           2⁻²³ · |low| of it
// Source    torch.nn.Linear, ReLU, fastai SigmoidRange
// Parts     step, tile, linear_finish, tile_store, sigmoid
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

// Where eight rows begin, and four values of each.
struct Places {
  a: vec4u,
  b: vec4u,
}
struct Eight {
  v0: vec4f, v1: vec4f, v2: vec4f, v3: vec4f, v4: vec4f, v5: vec4f, v6: vec4f, v7: vec4f,
}

// Rows past the last one repeat it: `store` drops them.
fn places(first: u32, last: u32) -> Places {
  let a = vec4u(first) + vec4u(0u, 1u, 2u, 3u);
  return Places(min(a, vec4u(last)) * dims.fan_in4, min(a + 4u, vec4u(last)) * dims.fan_in4);
}

fn x_at(at: Places, k: u32) -> Eight {
  return Eight(
    x[at.a.x + k], x[at.a.y + k], x[at.a.z + k], x[at.a.w + k],
    x[at.b.x + k], x[at.b.y + k], x[at.b.z + k], x[at.b.w + k]);
}

fn weight_at(at: Places, k: u32) -> Eight {
  let w = dims.weight + k;
  return Eight(
    params[at.a.x + w], params[at.a.y + w], params[at.a.z + w], params[at.a.w + w],
    params[at.b.x + w], params[at.b.y + w], params[at.b.z + w], params[at.b.w + w]);
}

fn add_products(tile: ptr<function, Tile>, r: Eight, c: Eight) {
  add_outer(tile, vec4f(r.v0.x, r.v1.x, r.v2.x, r.v3.x), vec4f(r.v4.x, r.v5.x, r.v6.x, r.v7.x),
    vec4f(c.v0.x, c.v1.x, c.v2.x, c.v3.x), vec4f(c.v4.x, c.v5.x, c.v6.x, c.v7.x));
  add_outer(tile, vec4f(r.v0.y, r.v1.y, r.v2.y, r.v3.y), vec4f(r.v4.y, r.v5.y, r.v6.y, r.v7.y),
    vec4f(c.v0.y, c.v1.y, c.v2.y, c.v3.y), vec4f(c.v4.y, c.v5.y, c.v6.y, c.v7.y));
  add_outer(tile, vec4f(r.v0.z, r.v1.z, r.v2.z, r.v3.z), vec4f(r.v4.z, r.v5.z, r.v6.z, r.v7.z),
    vec4f(c.v0.z, c.v1.z, c.v2.z, c.v3.z), vec4f(c.v4.z, c.v5.z, c.v6.z, c.v7.z));
  add_outer(tile, vec4f(r.v0.w, r.v1.w, r.v2.w, r.v3.w), vec4f(r.v4.w, r.v5.w, r.v6.w, r.v7.w),
    vec4f(c.v0.w, c.v1.w, c.v2.w, c.v3.w), vec4f(c.v4.w, c.v5.w, c.v6.w, c.v7.w));
}

@compute @workgroup_size(4, 4)
fn linear_forward_wide(@builtin(global_invocation_id) id: vec3u) {
  let rows = step.rows;
  let row = 16u * id.y;
  let column = 16u * id.x;
  if (row >= rows || column >= dims.fan_out) {
    return;
  }
  let upper = places(row, rows - 1u);
  let lower = places(row + 8u, rows - 1u);
  let left = places(column, dims.fan_out - 1u);
  let right = places(column + 8u, dims.fan_out - 1u);
  var upper_left: Tile;
  var upper_right: Tile;
  var lower_left: Tile;
  var lower_right: Tile;
  for (var k = 0u; k < dims.fan_in4; k++) {
    let r = x_at(upper, k);
    let s = x_at(lower, k);
    let c = weight_at(left, k);
    let d = weight_at(right, k);
    add_products(&upper_left, r, c);
    add_products(&upper_right, r, d);
    add_products(&lower_left, s, c);
    add_products(&lower_right, s, d);
  }
  store_tile(&upper_left, row, rows, column / 4u);
  store_tile(&upper_right, row, rows, column / 4u + 2u);
  store_tile(&lower_left, row + 8u, rows, column / 4u);
  store_tile(&lower_right, row + 8u, rows, column / 4u + 2u);
}
