// product_nn, wide: 16 rows by 8 columns as two tiles. Of d_z an invocation loads every fourth row. Four neighbours
// that are all past the last column leave; one that is alone there loads for the others.
fn product_nn(row: u32, column4: u32, rows: u32, slice: u32) {
  let lane = column4 / 2u % 4u;
  if (row >= rows || column4 - 2u * lane >= dims.fan_in4) {
    return;
  }
  let n_end = (dims.fan_out + 3u) / 4u;
  let own = min(vec4u(row + lane) + vec4u(0u, 4u, 8u, 12u), vec4u(rows - 1u)) * n_end;
  var upper: Tile;
  var lower: Tile;
  for (var n4 = 0u; n4 < n_end; n4++) {
    let a = d_z[own.x + n4];
    let b = d_z[own.y + n4];
    let c = d_z[own.z + n4];
    let d = d_z[own.w + n4];
    let w = weight_rows(n4, column4);
    add_rows_by_columns(&upper, shared_by_four(a, b), w);
    add_rows_by_columns(&lower, shared_by_four(c, d), w);
  }
  emit_tile(&upper, row, rows, column4);
  emit_tile(&lower, row + 8u, rows, column4);
}
