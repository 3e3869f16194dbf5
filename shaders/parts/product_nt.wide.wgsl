// product_nt, wide: 16 by 16 as four tiles, so that each value loaded serves sixteen sums.
fn product_nt(row: u32, column4: u32, rows: u32, slice: u32) {
  if (row >= rows || 4u * column4 >= dims.fan_out) {
    return;
  }
  let upper = places(row, rows - 1u, dims.fan_in4);
  let lower = places(row + 8u, rows - 1u, dims.fan_in4);
  let left = places(4u * column4, dims.fan_out - 1u, dims.fan_in4);
  let right = places(4u * column4 + 8u, dims.fan_out - 1u, dims.fan_in4);
  var upper_left: Tile;
  var upper_right: Tile;
  var lower_left: Tile;
  var lower_right: Tile;
  for (var k = 0u; k < dims.fan_in4; k++) {
    let r = x_at(upper, k);
    let s = x_at(lower, k);
    let c = weight_at(left, k);
    let d = weight_at(right, k);
    add_rows_by_rows(&upper_left, r, c);
    add_rows_by_rows(&upper_right, r, d);
    add_rows_by_rows(&lower_left, s, c);
    add_rows_by_rows(&lower_right, s, d);
  }
  emit_tile(&upper_left, row, rows, column4);
  emit_tile(&upper_right, row, rows, column4 + 2u);
  emit_tile(&lower_left, row + 8u, rows, column4);
  emit_tile(&lower_right, row + 8u, rows, column4 + 2u);
}
