// emit_tile, wide: hands a tile, row by row, to the kernel's `emit(row, column4, value)`; rows from row_end on are dropped. `flip`
// tells where row i of the tile lies in the block: at i ^ flip.
fn emit_tile(tile: ptr<function, Tile>, row: u32, row_end: u32, column4: u32, flip: u32) {
  for (var i = 0u; i < 16u; i++) {
    var p: vec4f;
    var q: vec4f;
    var r: vec4f;
    var s: vec4f;
    switch i / 4u {
      case 0u: { p = (*tile).p.a; q = (*tile).q.a; r = (*tile).r.a; s = (*tile).s.a; }
      case 1u: { p = (*tile).p.b; q = (*tile).q.b; r = (*tile).r.b; s = (*tile).s.b; }
      case 2u: { p = (*tile).p.c; q = (*tile).q.c; r = (*tile).r.c; s = (*tile).s.c; }
      default: { p = (*tile).p.d; q = (*tile).q.d; r = (*tile).r.d; s = (*tile).s.d; }
    }
    let at = row + (i ^ flip);
    if (at < row_end) {
      emit(at, column4, vec4f(p[i % 4u], q[i % 4u], r[i % 4u], s[i % 4u]));
    }
  }
}
