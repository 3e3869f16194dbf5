// emit_tile: hands an 8 by 8 tile, row by row, to the kernel's `emit(row, column4, value)`; rows from row_end on are
// dropped. A loop, though a tile has no index: software adapters compile what `emit` does once, not sixteen times.
fn emit_tile(tile: ptr<function, Tile>, row: u32, row_end: u32, column4: u32) {
  for (var i = 0u; i < min(8u, row_end - min(row, row_end)); i++) {
    var a: vec4f;
    var b: vec4f;
    switch i {
      case 0u: { a = (*tile).a0; b = (*tile).b0; }
      case 1u: { a = (*tile).a1; b = (*tile).b1; }
      case 2u: { a = (*tile).a2; b = (*tile).b2; }
      case 3u: { a = (*tile).a3; b = (*tile).b3; }
      case 4u: { a = (*tile).a4; b = (*tile).b4; }
      case 5u: { a = (*tile).a5; b = (*tile).b5; }
      case 6u: { a = (*tile).a6; b = (*tile).b6; }
      default: { a = (*tile).a7; b = (*tile).b7; }
    }
    emit(row + i, column4, a);
    emit(row + i, column4 + 1u, b);
  }
}
