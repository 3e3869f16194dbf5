// sigmoid: 1 / (1 + e^-z). The exponent is clamped because WGSL leaves overflow undefined; e^-80 is far below f32's
// resolution beside 1.
fn sigmoid(z: f32) -> f32 {
  return 1.0 / (1.0 + exp(-clamp(z, -80.0, 80.0)));
}
