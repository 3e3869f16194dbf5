// product_nn, staged. To load, an invocation takes a vec4 of four rows of d_z, neighbours the steps beside it, and four rows
// of the weight, neighbours the columns beside it. A workgroup whose rows are all past the end loads nothing.
fn product_nn(row: u32, column4: u32, rows: u32, slice: u32) {
  let n_end = (dims.fan_out + 3u) / 4u;
  let thread = row % 64u + column4 % 16u / 2u;
  let four = thread / 4u;
  let ahead = thread % 4u;
  let d_rows = min(vec4u(row - row % 64u + 4u * four) + vec4u(0u, 1u, 2u, 3u), vec4u(rows - 1u)) * n_end;
  let w = dims.weight + min(column4 - column4 % 16u + thread % 16u, dims.fan_in4 - 1u);
  let to = 64u * ahead + place(four);
  let end = uniform_end(thread, select(0u, n_end, row - row % 64u < rows));
  var tile: Tile;
  for (var first = 0u; first < end; first += SLAB / 4u) {
    let n4 = min(first + ahead, end - 1u);
    stage(to, d_z[d_rows.x + n4], d_z[d_rows.y + n4], d_z[d_rows.z + n4], d_z[d_rows.w + n4]);
    for (var step = thread / 16u; step < SLAB; step += 4u) {
      let n = min(4u * first + step, dims.fan_out - 1u);
      slab[RIGHT + 16u * step + place(thread % 16u)] = params[w + n * dims.fan_in4];
    }
    add_slab(&tile, thread, min(SLAB, 4u * (end - first)));
  }
  emit_tile(&tile, row, rows, column4);
}
