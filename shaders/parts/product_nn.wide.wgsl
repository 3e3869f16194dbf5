// product_nn, wide: 16 rows by 4 columns. Of d_z an invocation loads every fourth row. Four neighbours that are all past the
// last column leave; one that is alone there loads for the others.
fn product_nn(row: u32, column4: u32, rows: u32, slice: u32) {
  let lane = column4 % 4u;
  if (row >= rows || column4 - lane >= dims.fan_in4) {
    return;
  }
  // Read once: a uniform is a load, too.
  let last = dims.fan_out - 1u;
  let stride = dims.fan_in4;
  let n_end = last / 4u + 1u;
  let own = places(row + lane, 4u, rows - 1u, n_end);
  let column = dims.weight + min(column4, stride - 1u);
  var tile: Tile;
  for (var n4 = 0u; n4 < n_end; n4++) {
    add_rows_by_columns(&tile, d_z_at(own, n4), weight_rows(4u * n4, last, stride, column));
  }
  emit_tile(&tile, row, rows, column4, lane);
}
