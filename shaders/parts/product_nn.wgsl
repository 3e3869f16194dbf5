// product_nn: a block of d_z · weight, the gradient at a Linear's input, to the kernel's `emit`. Uses load_nn and
// dims.fan_out; column4 counts groups of 4 columns of the input.
fn product_nn(row: u32, column4: u32, rows: u32) {
  let n_end = (dims.fan_out + 3u) / 4u;
  let d_rows = places(row, rows - 1u, n_end);
  var tile: Tile;
  for (var n4 = 0u; n4 < n_end; n4++) {
    add_rows_by_columns(&tile, d_z_at(d_rows, n4), weight_rows(n4, column4));
  }
  emit_tile(&tile, row, rows, column4);
}
