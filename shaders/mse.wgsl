// mse: mean squared error over all elements and its gradient at the logits, through the y_range sigmoid where there is
//   one. One workgroup takes the whole batch: outputs are few, and the sum keeps its order.
// Shapes    logits, d_logits [rows, outputs] padded with zeros to a multiple of 4  targets [table rows, outputs]
// Bindings  losses: a ring, this step's place is step.loss_slot
// Dispatch  1 × 1 × 1
// Error     a prediction p is δ = (8 · (high − low) + |low|) · 2⁻²³ off with y_range, exact without. With e = |p − target|
//           loss: (⌈rows / THREADS⌉ · outputs + 16) · 2⁻²³ relative, plus 2 · δ · mean(e)
//           gradient: 2 / (rows · outputs) · (8 · 2⁻²³ · e · (slope + high − low) + δ · slope); without y_range only 8 · 2⁻²³ · e
// Source    torch.nn.functional.mse_loss (fastai MSELossFlat), fastai SigmoidRange
// Parts     step, sum, sigmoid
override THREADS: u32 = 64;

struct Dims {
  outputs: u32,
  has_y_range: u32,
  low: f32,
  high: f32,
}
@group(1) @binding(0) var<uniform> dims: Dims;
@group(1) @binding(1) var<storage, read> logits: array<f32>;
@group(1) @binding(2) var<storage, read> targets: array<f32>;
@group(1) @binding(3) var<storage, read> row_index: array<u32>;
@group(1) @binding(4) var<storage, read_write> d_logits: array<f32>;
@group(1) @binding(5) var<storage, read_write> losses: array<f32>;

@compute @workgroup_size(THREADS)
fn mse(@builtin(local_invocation_index) thread: u32) {
  let rows = step.rows;
  let stride = 4u * ((dims.outputs + 3u) / 4u);
  let count = f32(rows * dims.outputs);
  var sum = 0.0;
  for (var row = thread; row < rows; row += THREADS) {
    let source = row_index[step.row_start + row];
    for (var j = 0u; j < stride; j++) {
      let at = row * stride + j;
      if (j >= dims.outputs) {
        d_logits[at] = 0.0;
        continue;
      }
      var prediction = logits[at];
      var slope = 1.0;
      if (dims.has_y_range != 0u) {
        let s = sigmoid(prediction);
        prediction = dims.low + (dims.high - dims.low) * s;
        slope = (dims.high - dims.low) * s * (1.0 - s);
      }
      let difference = prediction - targets[source * dims.outputs + j];
      sum += difference * difference;
      d_logits[at] = 2.0 * difference * slope / count;
    }
  }
  let total = workgroup_sum(thread, sum);
  if (thread == 0u) {
    losses[step.loss_slot] = total / count;
  }
}
