// product_tn, staged. To load, an invocation takes every fourth row of d_z and of x, neighbours the columns beside it.
fn product_tn(n: u32, k4: u32, rows: u32) {
  let n_stride4 = (dims.fan_out + 3u) / 4u;
  let thread = n % 64u + k4 % 16u / 2u;
  let n4 = min((n - n % 64u) / 4u + thread % 16u, n_stride4 - 1u);
  let i4 = min(k4 - k4 % 16u + thread % 16u, dims.fan_in4 - 1u);
  var tile: Tile;
  for (var first = 0u; first < rows; first += SLAB) {
    for (var step = thread / 16u; step < SLAB; step += 4u) {
      let row = min(first + step, rows - 1u);
      let at = 16u * step + place(thread % 16u);
      slab[at] = d_z[row * n_stride4 + n4];
      slab[RIGHT + at] = x[row * dims.fan_in4 + i4];
    }
    add_slab(&tile, thread, min(SLAB, rows - first));
  }
  emit_tile(&tile, n, dims.fan_out, k4);
}
