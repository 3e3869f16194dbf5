// product_tn, wide: 16 by 4, two rows of the batch a round. Of d_z's sixteen columns an invocation loads four beside each other,
// so that here a flip moves by four rows. Four neighbours that are all past the last column leave; one that is alone
// there loads for the others.
fn product_tn(n: u32, k4: u32, rows: u32) {
  let lane = k4 % 4u;
  if (n >= dims.fan_out || k4 - lane >= dims.fan_in4) {
    return;
  }
  let n_stride4 = (dims.fan_out + 3u) / 4u;
  let k_stride4 = dims.fan_in4;   // read once: a uniform is a load, too
  let n4 = min(n / 4u + lane, n_stride4 - 1u);
  let k = min(k4, k_stride4 - 1u);
  var tile: Tile;
  for (var row = 0u; row < rows; row += 2u) {
    // Of an odd number of rows the last is there twice, the second time as 0.
    let next = min(row + 1u, rows - 1u);
    let a = d_z[row * n_stride4 + n4];
    let b = select(vec4f(), d_z[next * n_stride4 + n4], row < next);
    let u = x[row * k_stride4 + k];
    let v = x[next * k_stride4 + k];
    let own = Pair(a, b);
    let second = Pair(quadSwapX(a), quadSwapX(b));
    let third = Pair(quadSwapY(a), quadSwapY(b));
    let fourth = Pair(quadSwapDiagonal(a), quadSwapDiagonal(b));
    add_pairs(&tile.p, own, second, third, fourth, vec2f(u.x, v.x));
    add_pairs(&tile.q, own, second, third, fourth, vec2f(u.y, v.y));
    add_pairs(&tile.r, own, second, third, fourth, vec2f(u.z, v.z));
    add_pairs(&tile.s, own, second, third, fourth, vec2f(u.w, v.w));
  }
  emit_tile(&tile, n, dims.fan_out, k4, 4u * lane);
}

// Four columns of d_z in two rows of the batch.
struct Pair { a: vec4f, b: vec4f }

fn add_pairs(column: ptr<function, Column>, own: Pair, second: Pair, third: Pair, fourth: Pair, w: vec2f) {
  (*column).a = fma(own.b, vec4f(w.y), fma(own.a, vec4f(w.x), (*column).a));
  (*column).b = fma(second.b, vec4f(w.y), fma(second.a, vec4f(w.x), (*column).b));
  (*column).c = fma(third.b, vec4f(w.y), fma(third.a, vec4f(w.x), (*column).c));
  (*column).d = fma(fourth.b, vec4f(w.y), fma(fourth.a, vec4f(w.x), (*column).d));
}
