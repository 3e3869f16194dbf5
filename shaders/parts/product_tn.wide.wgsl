// product_tn, wide: 16 by 8 as two tiles. Of d_z's sixteen columns an invocation loads four. Four neighbours that are all past
// the last column leave; one that is alone there loads for the others.
fn product_tn(n: u32, k4: u32, rows: u32) {
  let lane = k4 / 2u % 4u;
  if (n >= dims.fan_out || k4 - 2u * lane >= dims.fan_in4) {
    return;
  }
  let n_stride4 = (dims.fan_out + 3u) / 4u;
  let n4 = min(n / 4u + lane, n_stride4 - 1u);
  let k_a = min(k4, dims.fan_in4 - 1u);
  let k_b = min(k4 + 1u, dims.fan_in4 - 1u);
  var upper: Tile;
  var lower: Tile;
  for (var row = 0u; row < rows; row++) {
    let i = row * dims.fan_in4;
    let u = d_z[row * n_stride4 + n4];
    let p = x[i + k_a];
    let q = x[i + k_b];
    add_outer(&upper, subgroupBroadcast(u, 0u), subgroupBroadcast(u, 1u), p, q);
    add_outer(&lower, subgroupBroadcast(u, 2u), subgroupBroadcast(u, 3u), p, q);
  }
  emit_tile(&upper, n, dims.fan_out, k4);
  emit_tile(&lower, n + 8u, dims.fan_out, k4);
}
