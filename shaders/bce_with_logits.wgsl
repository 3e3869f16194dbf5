// bce_with_logits: mean binary cross-entropy over all elements, in its stable form, and its gradient
//   (sigmoid − target) / (rows · labels). One workgroup takes the whole batch.
// Shapes    logits, d_logits [rows, labels] padded with zeros to a multiple of 4  targets [table rows, labels]: 0 or 1
// Bindings  losses: a ring, this step's place is step.loss_slot
// Dispatch  1 × 1 × 1
// Error     loss: (⌈rows / THREADS⌉ · labels + 16) · 2⁻²³ · (1 + max|logit|) + 2⁻²¹ for the logarithm
//           gradient: 16 · 2⁻²³ / (rows · labels)
// Source    torch.nn.functional.binary_cross_entropy_with_logits (fastai BCEWithLogitsLossFlat)
// Parts     step, sum, sigmoid
override THREADS: u32 = 64;

struct Dims {
  labels: u32,
}
@group(1) @binding(0) var<uniform> dims: Dims;
@group(1) @binding(1) var<storage, read> logits: array<f32>;
@group(1) @binding(2) var<storage, read> targets: array<f32>;
@group(1) @binding(3) var<storage, read> row_index: array<u32>;
@group(1) @binding(4) var<storage, read_write> d_logits: array<f32>;
@group(1) @binding(5) var<storage, read_write> losses: array<f32>;

@compute @workgroup_size(THREADS)
fn bce_with_logits(@builtin(local_invocation_index) thread: u32) {
  let rows = step.rows;
  let stride = 4u * ((dims.labels + 3u) / 4u);
  let count = f32(rows * dims.labels);
  var sum = 0.0;
  for (var row = thread; row < rows; row += THREADS) {
    let source = row_index[step.row_start + row];
    for (var j = 0u; j < stride; j++) {
      let at = row * stride + j;
      if (j >= dims.labels) {
        d_logits[at] = 0.0;
        continue;
      }
      let z = logits[at];
      let label = targets[source * dims.labels + j];
      sum += max(z, 0.0) - z * label + log(1.0 + exp(max(-abs(z), -80.0)));
      d_logits[at] = (sigmoid(z) - label) / count;
    }
  }
  let total = workgroup_sum(thread, sum);
  if (thread == 0u) {
    losses[step.loss_slot] = total / count;
  }
}
