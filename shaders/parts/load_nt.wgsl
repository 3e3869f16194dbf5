// load_nt: eight rows of x and of the weight, four values each, for product_nt. Uses `x`, `params` and dims.weight.
fn x_at(at: Places, k: u32) -> Eight {
  return Eight(
    x[at.a.x + k], x[at.a.y + k], x[at.a.z + k], x[at.a.w + k],
    x[at.b.x + k], x[at.b.y + k], x[at.b.z + k], x[at.b.w + k]);
}

fn weight_at(at: Places, k: u32) -> Eight {
  let w = dims.weight + k;
  return Eight(
    params[at.a.x + w], params[at.a.y + w], params[at.a.z + w], params[at.a.w + w],
    params[at.b.x + w], params[at.b.y + w], params[at.b.z + w], params[at.b.w + w]);
}
