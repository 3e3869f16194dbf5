// linear_finish: what becomes of a folded Linear's sums: bias, ReLU and y_range where there are any. Uses the kernel's
// `params`, dims.bias (in vec4), dims.fan_out, has_relu, has_y_range, low and high. Columns past the last one are the
// padding of the row: zeros.
fn finish(z: vec4f, column4: u32) -> vec4f {
  var v = z + params[dims.bias + column4];
  if (dims.has_relu != 0u) {
    v = max(v, vec4f());
  }
  if (dims.has_y_range != 0u) {
    v = dims.low + (dims.high - dims.low) * vec4f(sigmoid(v.x), sigmoid(v.y), sigmoid(v.z), sigmoid(v.w));
  }
  return select(vec4f(), v, vec4u(4u * column4) + vec4u(0u, 1u, 2u, 3u) < vec4u(dims.fan_out));
}
