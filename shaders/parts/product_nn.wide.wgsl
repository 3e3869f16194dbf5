// product_nn, wide: 16 by 16 as four tiles.
fn product_nn(row: u32, column4: u32, rows: u32, slice: u32) {
  if (row >= rows || column4 >= dims.fan_in4) {
    return;
  }
  let n_end = (dims.fan_out + 3u) / 4u;
  let upper = places(row, rows - 1u, n_end);
  let lower = places(row + 8u, rows - 1u, n_end);
  var upper_left: Tile;
  var upper_right: Tile;
  var lower_left: Tile;
  var lower_right: Tile;
  for (var n4 = 0u; n4 < n_end; n4++) {
    let r = d_z_at(upper, n4);
    let s = d_z_at(lower, n4);
    let w = weight_rows(n4, column4);
    let v = weight_rows(n4, column4 + 2u);
    add_rows_by_columns(&upper_left, r, w);
    add_rows_by_columns(&upper_right, r, v);
    add_rows_by_columns(&lower_left, s, w);
    add_rows_by_columns(&lower_right, s, v);
  }
  emit_tile(&upper_left, row, rows, column4);
  emit_tile(&upper_right, row, rows, column4 + 2u);
  emit_tile(&lower_left, row + 8u, rows, column4);
  emit_tile(&lower_right, row + 8u, rows, column4 + 2u);
}
