// linear_backward_weight: d_weight = d_zᵀ · x and d_bias = Σ d_z, both over the rows of the batch, in row order. One
//   invocation owns 8 rows by 8 columns of the weight; those of the first column tile also add up the bias.
// Shapes    d_z [rows, fan_out]  x [rows, fan_in]  d_weight [fan_out, fan_in]  d_bias [fan_out]; rows padded with zeros
// Bindings  grads: the arena, d_weight and d_bias by offset (in vec4)
// Dispatch  ceil(fan_in / 64) × ceil(fan_out / 64) × 1
// Error     |d_weight − exact| ≤ rows · 2⁻²³ · Σ|d_z·x|, |d_bias − exact| ≤ rows · 2⁻²³ · Σ|d_z|
// Source    torch.nn.Linear backward
// Parts     step, tile
struct Dims {
  fan_in4: u32,
  fan_out: u32,
  d_weight: u32,
  d_bias: u32,
  has_bias: u32,
}
@group(1) @binding(0) var<uniform> dims: Dims;
@group(1) @binding(1) var<storage, read> d_z: array<vec4f>;
@group(1) @binding(2) var<storage, read> x: array<vec4f>;
@group(1) @binding(3) var<storage, read_write> grads: array<vec4f>;

fn store_row(n: u32, k4: u32, a: vec4f, b: vec4f) {
  if (n >= dims.fan_out) {
    return;
  }
  let at = dims.d_weight + n * dims.fan_in4 + k4;
  grads[at] = a;
  if (k4 + 1u < dims.fan_in4) {
    grads[at + 1u] = b;
  }
}

@compute @workgroup_size(8, 8)
fn linear_backward_weight(@builtin(global_invocation_id) id: vec3u) {
  let rows = step.rows;
  let n = 8u * id.y;
  let k4 = 2u * id.x;
  if (n >= dims.fan_out || k4 >= dims.fan_in4) {
    return;
  }
  let n_stride4 = (dims.fan_out + 3u) / 4u;
  let n_a = n / 4u;
  let n_b = min(n_a + 1u, n_stride4 - 1u);
  let k_b = min(k4 + 1u, dims.fan_in4 - 1u);
  var tile: Tile;
  for (var row = 0u; row < rows; row++) {
    let d = row * n_stride4;
    let i = row * dims.fan_in4;
    add_outer(&tile, d_z[d + n_a], d_z[d + n_b], x[i + k4], x[i + k_b]);
  }
  store_row(n, k4, tile.a0, tile.b0);
  store_row(n + 1u, k4, tile.a1, tile.b1);
  store_row(n + 2u, k4, tile.a2, tile.b2);
  store_row(n + 3u, k4, tile.a3, tile.b3);
  store_row(n + 4u, k4, tile.a4, tile.b4);
  store_row(n + 5u, k4, tile.a5, tile.b5);
  store_row(n + 6u, k4, tile.a6, tile.b6);
  store_row(n + 7u, k4, tile.a7, tile.b7);

  if (dims.has_bias != 0u && k4 == 0u) {
    var a = vec4f();
    var b = vec4f();
    for (var row = 0u; row < rows; row++) {
      a += d_z[row * n_stride4 + n_a];
      b += d_z[row * n_stride4 + n_b];
    }
    grads[dims.d_bias + n_a] = a;
    if (n_a + 1u < n_stride4) {
      grads[dims.d_bias + n_a + 1u] = b;
    }
  }
}
