// product_tn: a block of d_zᵀ · x over the rows of the batch, in their order: the gradient of a Linear's weight, to the
// kernel's `emit(n, k4, value)`. Uses `d_z` [rows, fan_out], `x` [rows, fan_in], dims.fan_out and dims.fan_in4.
// All invocations of a workgroup must call it together.
fn product_tn(n: u32, k4: u32, rows: u32) {
  if (n >= dims.fan_out) {
    return;
  }
  let n_stride4 = (dims.fan_out + 3u) / 4u;
  let n_a = min(n / 4u, n_stride4 - 1u);
  let n_b = min(n / 4u + 1u, n_stride4 - 1u);
  let k_a = min(k4, dims.fan_in4 - 1u);
  let k_b = min(k4 + 1u, dims.fan_in4 - 1u);
  var tile: Tile;
  for (var row = 0u; row < rows; row++) {
    let d = row * n_stride4;
    let i = row * dims.fan_in4;
    add_outer(&tile, d_z[d + n_a], d_z[d + n_b], x[i + k_a], x[i + k_b]);
  }
  emit_tile(&tile, n, dims.fan_out, k4);
}
