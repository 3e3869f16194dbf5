// product_nt: a block of x · weightᵀ, both read along fan_in, to the kernel's `emit`. Uses load_nt, dims.fan_in4 and
// dims.fan_out; column4 counts groups of 4 rows of the weight. Row ends are padded with zeros on both sides. All
// invocations of a workgroup must call it together.
fn product_nt(row: u32, column4: u32, rows: u32, slice: u32) {
  let x_rows = places(row, rows - 1u, dims.fan_in4);
  let columns = places(4u * column4, dims.fan_out - 1u, dims.fan_in4);
  var tile: Tile;
  if (row < rows && 4u * column4 < dims.fan_out) {
    for (var k = slice; k < dims.fan_in4; k += SLICES) {
      add_rows_by_rows(&tile, x_at(x_rows, k), weight_at(columns, k));
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
