// product_nt, staged. To load, an invocation takes four rows of x and four of the weight, a vec4 of each; neighbours take
// the steps beside them. A workgroup whose rows are all past the end loads nothing.
fn product_nt(row: u32, column4: u32, rows: u32, slice: u32) {
  let thread = row % 64u + column4 % 16u / 2u;
  let four = thread / 4u;
  let ahead = thread % 4u;
  let lanes = vec4u(4u * four) + vec4u(0u, 1u, 2u, 3u);
  let x_rows = min(row - row % 64u + lanes, vec4u(rows - 1u)) * dims.fan_in4;
  let w_rows = min(4u * (column4 - column4 % 16u) + lanes, vec4u(dims.fan_out - 1u)) * dims.fan_in4 + dims.weight;
  let to = 64u * ahead + place(four);
  let end = uniform_end(thread, select(0u, dims.fan_in4, row - row % 64u < rows));
  var tile: Tile;
  for (var first = 0u; first < end; first += SLAB / 4u) {
    let k = min(first + ahead, end - 1u);
    stage(to, x[x_rows.x + k], x[x_rows.y + k], x[x_rows.z + k], x[x_rows.w + k]);
    stage(RIGHT + to, params[w_rows.x + k], params[w_rows.y + k], params[w_rows.z + k], params[w_rows.w + k]);
    add_slab(&tile, thread, min(SLAB, 4u * (end - first)));
  }
  emit_tile(&tile, row, rows, column4);
}
