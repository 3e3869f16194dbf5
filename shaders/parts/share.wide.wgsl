// share: sixteen rows of which each of four neighbours loaded four, every fourth. The second of a group of four is that of the
// neighbour whose place differs in the lowest bit, the third in the next, the fourth in both: row i is that of place
// i ^ lane. Nothing is lost by an order that differs from lane to lane, and a swap is one instruction where a broadcast is ten.
fn shared_by_four(a: vec4f, b: vec4f, c: vec4f, d: vec4f) -> Sixteen {
  return Sixteen(
    a, quadSwapX(a), quadSwapY(a), quadSwapDiagonal(a), b, quadSwapX(b), quadSwapY(b), quadSwapDiagonal(b),
    c, quadSwapX(c), quadSwapY(c), quadSwapDiagonal(c), d, quadSwapX(d), quadSwapY(d), quadSwapDiagonal(d));
}
