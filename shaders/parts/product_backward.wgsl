// product_backward: an 8 by 8 tile of d_z · weight, rows first: the gradient at a Linear's input. Uses the kernel's
// `d_z` [rows, fan_out], `params`, dims.weight (offset), dims.fan_in4 and dims.fan_out. column4 counts groups of 4
// columns of the input. Rows past the end repeat the last one: the caller drops them. d_z's row ends are padded with
// zeros to a multiple of 4; there the last row of the weight is read again, to be multiplied by 0.
fn product_backward(row: u32, column4: u32, rows: u32) -> Tile {
  let n_end = (dims.fan_out + 3u) / 4u;
  let last_row = rows - 1u;
  let d0 = row * n_end;
  let d1 = min(row + 1u, last_row) * n_end;
  let d2 = min(row + 2u, last_row) * n_end;
  let d3 = min(row + 3u, last_row) * n_end;
  let d4 = min(row + 4u, last_row) * n_end;
  let d5 = min(row + 5u, last_row) * n_end;
  let d6 = min(row + 6u, last_row) * n_end;
  let d7 = min(row + 7u, last_row) * n_end;
  let last_weight_row = dims.fan_out - 1u;
  let p = dims.weight + column4;
  let q = dims.weight + min(column4 + 1u, dims.fan_in4 - 1u);
  var tile: Tile;
  for (var n = 0u; n < n_end; n++) {
    let r0 = d_z[d0 + n]; let r1 = d_z[d1 + n]; let r2 = d_z[d2 + n]; let r3 = d_z[d3 + n];
    let r4 = d_z[d4 + n]; let r5 = d_z[d5 + n]; let r6 = d_z[d6 + n]; let r7 = d_z[d7 + n];
    let w0 = 4u * n * dims.fan_in4;
    let w1 = min(4u * n + 1u, last_weight_row) * dims.fan_in4;
    let w2 = min(4u * n + 2u, last_weight_row) * dims.fan_in4;
    let w3 = min(4u * n + 3u, last_weight_row) * dims.fan_in4;
    add_outer(&tile, vec4f(r0.x, r1.x, r2.x, r3.x), vec4f(r4.x, r5.x, r6.x, r7.x), params[p + w0], params[q + w0]);
    add_outer(&tile, vec4f(r0.y, r1.y, r2.y, r3.y), vec4f(r4.y, r5.y, r6.y, r7.y), params[p + w1], params[q + w1]);
    add_outer(&tile, vec4f(r0.z, r1.z, r2.z, r3.z), vec4f(r4.z, r5.z, r6.z, r7.z), params[p + w2], params[q + w2]);
    add_outer(&tile, vec4f(r0.w, r1.w, r2.w, r3.w), vec4f(r4.w, r5.w, r6.w, r7.w), params[p + w3], params[q + w3]);
  }
  return tile;
}
