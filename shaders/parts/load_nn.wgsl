// load_nn: eight rows of d_z, four values each, and four rows of the weight, eight columns each, for product_nn. Where
// d_z's rows end in padding, the last row of the weight is read again, to be multiplied by its zeros.
fn d_z_at(at: Places, n4: u32) -> Eight {
  return Eight(
    d_z[at.a.x + n4], d_z[at.a.y + n4], d_z[at.a.z + n4], d_z[at.a.w + n4],
    d_z[at.b.x + n4], d_z[at.b.y + n4], d_z[at.b.z + n4], d_z[at.b.w + n4]);
}

fn weight_rows(n4: u32, column4: u32) -> Eight {
  let w = dims.weight + min(vec4u(4u * n4) + vec4u(0u, 1u, 2u, 3u), vec4u(dims.fan_out - 1u)) * dims.fan_in4;
  let a = min(column4, dims.fan_in4 - 1u);
  let b = min(column4 + 1u, dims.fan_in4 - 1u);
  return Eight(
    params[w.x + a], params[w.x + b], params[w.y + a], params[w.y + b],
    params[w.z + a], params[w.z + b], params[w.w + a], params[w.w + b]);
}
