// linear_backward_weight: d_weight = d_zᵀ · x and d_bias = Σ d_z, both over the rows of the batch, in row order. One
//   workgroup owns 64 rows by 64 columns of the weight; those of the first columns also add up the bias.
// Shapes    d_z [rows, fan_out]  x [rows, fan_in]  d_weight [fan_out, fan_in]  d_bias [fan_out]; rows padded with zeros
// Bindings  grads: the arena, d_weight and d_bias by offset (in vec4)
// Dispatch  ceil(fan_in / 64) × ceil(fan_out / 64) × 1
// Error     |d_weight − exact| ≤ rows · 2⁻²³ · Σ|d_z·x|, |d_bias − exact| ≤ rows · 2⁻²³ · Σ|d_z|
// Source    torch.nn.Linear backward
// Parts     step, block, tile, eight, emit_tile, slab, product_tn
// Variants  wide, staged
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

fn emit(n: u32, k4: u32, sums: vec4f) {
  if (k4 < dims.fan_in4) {
    grads[dims.d_weight + n * dims.fan_in4 + k4] = sums;
  }
}

@compute @workgroup_size(64)
fn linear_backward_weight(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let rows = step.rows;
  let n = 64u * group.y + BLOCK_ROWS * (thread / BESIDE);
  let k4 = 16u * group.x + BLOCK_COLUMNS4 * (thread % BESIDE);
  product_tn(n, k4, rows);

  let n_stride4 = (dims.fan_out + 3u) / 4u;
  let n4 = 16u * group.y + thread;
  if (dims.has_bias != 0u && group.x == 0u && thread < 16u && n4 < n_stride4) {
    var sum = vec4f();
    for (var row = 0u; row < rows; row++) {
      sum += d_z[row * n_stride4 + n4];
    }
    grads[dims.d_bias + n4] = sum;
  }
}
