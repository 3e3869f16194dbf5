// Softmax of each row: exp(x - max) / sum(exp(x - max)). One workgroup per row, whatever the row's length.

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> columns: u32;

const SIZE = 64u;
var<workgroup> partial: array<f32, SIZE>;

@compute @workgroup_size(SIZE)
fn softmax(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) local: u32) {
  let first = workgroup.x * columns;

  var largest = -3.4e38;
  for (var c = local; c < columns; c += SIZE) {
    largest = max(largest, x[first + c]);
  }
  partial[local] = largest;
  for (var half = SIZE / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (local < half) {
      partial[local] = max(partial[local], partial[local + half]);
    }
  }
  workgroupBarrier();
  largest = partial[0];
  workgroupBarrier(); // everybody has read it before anybody writes again

  var sum = 0.0;
  for (var c = local; c < columns; c += SIZE) {
    sum += exp(x[first + c] - largest);
  }
  partial[local] = sum;
  for (var half = SIZE / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (local < half) {
      partial[local] += partial[local + half];
    }
  }
  workgroupBarrier();
  sum = partial[0];

  for (var c = local; c < columns; c += SIZE) {
    y[first + c] = exp(x[first + c] - largest) / sum;
  }
}
