// product_nn: a block of d_z · weight, the gradient at a Linear's input, to the kernel's `emit`. Uses load_nn and
// dims.fan_out; column4 counts groups of 4 columns of the input. All invocations of a workgroup must call it
// together.
fn product_nn(row: u32, column4: u32, rows: u32, slice: u32) {
  let n_end = (dims.fan_out + 3u) / 4u;
  let d_rows = places(row, rows - 1u, n_end);
  var tile: Tile;
  if (row < rows && column4 < dims.fan_in4) {
    for (var n4 = slice; n4 < n_end; n4 += SLICES) {
      add_rows_by_columns(&tile, d_z_at(d_rows, n4), weight_rows(n4, column4));
    }
  }
  for (var s = 0u; s < SLICES; s++) {
    turn = s;
    if (s == slice) {
      emit_tile(&tile, row, rows, column4);
    }
    storageBarrier();
  }
}
