// sum: adds one number per invocation over a workgroup, as a tree whose shape depends on THREADS only, so that the same
// batch gives the same bits. THREADS is a power of two. All invocations must call it together.
var<workgroup> partials: array<f32, THREADS>;

fn workgroup_sum(thread: u32, mine: f32) -> f32 {
  partials[thread] = mine;
  workgroupBarrier();
  for (var half = THREADS / 2u; half > 0u; half /= 2u) {
    if (thread < half) {
      partials[thread] += partials[thread + half];
    }
    workgroupBarrier();
  }
  let total = partials[0];
  workgroupBarrier();
  return total;
}
