// product_tn, wide: 16 by 16 as four tiles.
fn product_tn(n: u32, k4: u32, rows: u32) {
  let n_stride4 = (dims.fan_out + 3u) / 4u;
  let n4 = min(vec4u(n / 4u) + vec4u(0u, 1u, 2u, 3u), vec4u(n_stride4 - 1u));
  let k = min(vec4u(k4) + vec4u(0u, 1u, 2u, 3u), vec4u(dims.fan_in4 - 1u));
  var upper_left: Tile;
  var upper_right: Tile;
  var lower_left: Tile;
  var lower_right: Tile;
  for (var row = 0u; row < rows; row++) {
    let d = row * n_stride4 + n4;
    let i = row * dims.fan_in4 + k;
    let u0 = d_z[d.x]; let u1 = d_z[d.y]; let u2 = d_z[d.z]; let u3 = d_z[d.w];
    let p0 = x[i.x]; let p1 = x[i.y]; let p2 = x[i.z]; let p3 = x[i.w];
    add_outer(&upper_left, u0, u1, p0, p1);
    add_outer(&upper_right, u0, u1, p2, p3);
    add_outer(&lower_left, u2, u3, p0, p1);
    add_outer(&lower_right, u2, u3, p2, p3);
  }
  emit_tile(&upper_left, n, dims.fan_out, k4);
  emit_tile(&upper_right, n, dims.fan_out, k4 + 2u);
  emit_tile(&lower_left, n + 8u, dims.fan_out, k4);
  emit_tile(&lower_right, n + 8u, dims.fan_out, k4 + 2u);
}
