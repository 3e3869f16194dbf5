// load_nt, wide: sixteen rows of x, four of them loaded here, and four of the weight, four values each, for product_nt. Uses
// `x` and `params`.
fn x_at(at: vec4u, k: u32) -> Sixteen {
  return shared_by_four(x[at.x + k], x[at.y + k], x[at.z + k], x[at.w + k]);
}

fn weight_at(at: vec4u, k: u32) -> Four {
  return Four(params[at.x + k], params[at.y + k], params[at.z + k], params[at.w + k]);
}
