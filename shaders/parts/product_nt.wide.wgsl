// product_nt, wide: 16 rows by 8 columns as two tiles. Of x an invocation loads every fourth row. Four neighbours
// that are all past the last column leave; one that is alone there loads for the others.
fn product_nt(row: u32, column4: u32, rows: u32, slice: u32) {
  let lane = column4 / 2u % 4u;
  if (row >= rows || 4u * (column4 - 2u * lane) >= dims.fan_out) {
    return;
  }
  let own = min(vec4u(row + lane) + vec4u(0u, 4u, 8u, 12u), vec4u(rows - 1u)) * dims.fan_in4;
  let columns = places(4u * column4, dims.fan_out - 1u, dims.fan_in4);
  var upper: Tile;
  var lower: Tile;
  for (var k = 0u; k < dims.fan_in4; k++) {
    let a = x[own.x + k];
    let b = x[own.y + k];
    let c = x[own.z + k];
    let d = x[own.w + k];
    let w = weight_at(columns, k);
    add_rows_by_rows(&upper, shared_by_four(a, b), w);
    add_rows_by_rows(&lower, shared_by_four(c, d), w);
  }
  emit_tile(&upper, row, rows, column4);
  emit_tile(&lower, row + 8u, rows, column4);
}
