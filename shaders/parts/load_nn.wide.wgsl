// load_nn, wide: sixteen rows of d_z, four of them loaded here, and four rows of the weight, four columns each, for product_nn.
// Where d_z's rows end in padding, the last row of the weight is read again, to be multiplied by its zeros.
fn d_z_at(at: vec4u, n4: u32) -> Sixteen {
  return shared_by_four(d_z[at.x + n4], d_z[at.y + n4], d_z[at.z + n4], d_z[at.w + n4]);
}

fn weight_rows(n: u32, last: u32, stride: u32, column: u32) -> Four {
  let w = places(n, 1u, last, stride) + column;
  return Four(params[w.x], params[w.y], params[w.z], params[w.w]);
}
