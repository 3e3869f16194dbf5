// product_forward: an 8 by 8 tile of x · weightᵀ, rows first, both read along fan_in. Uses the kernel's `x`, `params`,
// dims.weight (offset), dims.fan_in4 and dims.fan_out. Rows and columns past the end repeat the last one: the caller
// drops them. Row ends are padded with zeros to a multiple of 4 on both sides.
fn product_forward(row: u32, column: u32, rows: u32) -> Tile {
  let k_end = dims.fan_in4;
  let last_row = rows - 1u;
  let x0 = row * k_end;
  let x1 = min(row + 1u, last_row) * k_end;
  let x2 = min(row + 2u, last_row) * k_end;
  let x3 = min(row + 3u, last_row) * k_end;
  let x4 = min(row + 4u, last_row) * k_end;
  let x5 = min(row + 5u, last_row) * k_end;
  let x6 = min(row + 6u, last_row) * k_end;
  let x7 = min(row + 7u, last_row) * k_end;
  let last_column = dims.fan_out - 1u;
  let w0 = dims.weight + column * k_end;
  let w1 = dims.weight + min(column + 1u, last_column) * k_end;
  let w2 = dims.weight + min(column + 2u, last_column) * k_end;
  let w3 = dims.weight + min(column + 3u, last_column) * k_end;
  let w4 = dims.weight + min(column + 4u, last_column) * k_end;
  let w5 = dims.weight + min(column + 5u, last_column) * k_end;
  let w6 = dims.weight + min(column + 6u, last_column) * k_end;
  let w7 = dims.weight + min(column + 7u, last_column) * k_end;
  var tile: Tile;
  for (var k = 0u; k < k_end; k++) {
    let r0 = x[x0 + k]; let r1 = x[x1 + k]; let r2 = x[x2 + k]; let r3 = x[x3 + k];
    let r4 = x[x4 + k]; let r5 = x[x5 + k]; let r6 = x[x6 + k]; let r7 = x[x7 + k];
    let c0 = params[w0 + k]; let c1 = params[w1 + k]; let c2 = params[w2 + k]; let c3 = params[w3 + k];
    let c4 = params[w4 + k]; let c5 = params[w5 + k]; let c6 = params[w6 + k]; let c7 = params[w7 + k];
    add_outer(&tile, vec4f(r0.x, r1.x, r2.x, r3.x), vec4f(r4.x, r5.x, r6.x, r7.x), vec4f(c0.x, c1.x, c2.x, c3.x), vec4f(c4.x, c5.x, c6.x, c7.x));
    add_outer(&tile, vec4f(r0.y, r1.y, r2.y, r3.y), vec4f(r4.y, r5.y, r6.y, r7.y), vec4f(c0.y, c1.y, c2.y, c3.y), vec4f(c4.y, c5.y, c6.y, c7.y));
    add_outer(&tile, vec4f(r0.z, r1.z, r2.z, r3.z), vec4f(r4.z, r5.z, r6.z, r7.z), vec4f(c0.z, c1.z, c2.z, c3.z), vec4f(c4.z, c5.z, c6.z, c7.z));
    add_outer(&tile, vec4f(r0.w, r1.w, r2.w, r3.w), vec4f(r4.w, r5.w, r6.w, r7.w), vec4f(c0.w, c1.w, c2.w, c3.w), vec4f(c4.w, c5.w, c6.w, c7.w));
  }
  return tile;
}
