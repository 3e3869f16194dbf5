// cross_entropy: mean cross-entropy of the logits with class indices, and its gradient (softmax − one-hot) / rows. One
//   workgroup takes the whole batch.
// Shapes    logits, d_logits [rows, classes] padded with zeros to a multiple of 4  targets [table rows]: class indices
// Bindings  losses: a ring, this step's place is step.loss_slot
// Dispatch  1 × 1 × 1
// Error     loss: ((⌈rows / THREADS⌉ + 16) · (ln classes + 2 · max|logit|) + 2 · classes + 16) · 2⁻²³ + 2⁻²¹ for the logarithm
//           gradient: (2 · classes + 16) · 2⁻²³ / rows
// Source    torch.nn.functional.cross_entropy (fastai CrossEntropyLossFlat), log-sum-exp shifted by the maximum
// Parts     step, sum
override THREADS: u32 = 64;

struct Dims {
  classes: u32,
}
@group(1) @binding(0) var<uniform> dims: Dims;
@group(1) @binding(1) var<storage, read> logits: array<f32>;
@group(1) @binding(2) var<storage, read> targets: array<f32>;
@group(1) @binding(3) var<storage, read> row_index: array<u32>;
@group(1) @binding(4) var<storage, read_write> d_logits: array<f32>;
@group(1) @binding(5) var<storage, read_write> losses: array<f32>;

@compute @workgroup_size(THREADS)
fn cross_entropy(@builtin(local_invocation_index) thread: u32) {
  let rows = step.rows;
  let stride = 4u * ((dims.classes + 3u) / 4u);
  let n = f32(rows);
  var sum = 0.0;
  for (var row = thread; row < rows; row += THREADS) {
    let base = row * stride;
    let label = u32(targets[row_index[step.row_start + row]]);
    var largest = logits[base];
    for (var j = 1u; j < dims.classes; j++) {
      largest = max(largest, logits[base + j]);
    }
    var exponentials = 0.0;
    for (var j = 0u; j < dims.classes; j++) {
      exponentials += exp(max(logits[base + j] - largest, -80.0));
    }
    sum += log(exponentials) + largest - logits[base + label];
    for (var j = 0u; j < stride; j++) {
      if (j >= dims.classes) {
        d_logits[base + j] = 0.0;
        continue;
      }
      let probability = exp(max(logits[base + j] - largest, -80.0)) / exponentials;
      d_logits[base + j] = (probability - select(0.0, 1.0, j == label)) / n;
    }
  }
  let total = workgroup_sum(thread, sum);
  if (thread == 0u) {
    losses[step.loss_slot] = total / n;
  }
}
