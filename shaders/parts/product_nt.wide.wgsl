// product_nt, wide: 16 rows by 4 columns. Of x an invocation loads every fourth row. Four neighbours that are all past the
// last column leave; one that is alone there loads for the others.
fn product_nt(row: u32, column4: u32, rows: u32, slice: u32) {
  let lane = column4 % 4u;
  if (row >= rows || 4u * (column4 - lane) >= dims.fan_out) {
    return;
  }
  let own = places(row + lane, 4u, rows - 1u, dims.fan_in4);
  let columns = places(4u * column4, 1u, dims.fan_out - 1u, dims.fan_in4) + dims.weight;
  let end = dims.fan_in4;   // a uniform is a load, too
  var tile: Tile;
  for (var k = 0u; k < end; k++) {
    add_rows_by_rows(&tile, x_at(own, k), weight_at(columns, k));
  }
  emit_tile(&tile, row, rows, column4, lane);
}
