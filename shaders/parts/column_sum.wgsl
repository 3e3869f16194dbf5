// column_sum: adds up four columns over the invocations of a workgroup that share them, which are COLUMNS4 apart, as a tree
// whose shape depends on THREADS only, so that the same batch gives the same bits. THREADS and COLUMNS4 are powers of
// two. All invocations must call it together; each gets the sum of its own columns.
var<workgroup> column_partials: array<vec4f, THREADS>;

fn column_sum(thread: u32, mine: vec4f) -> vec4f {
  column_partials[thread] = mine;
  workgroupBarrier();
  for (var half = THREADS / 2u; half >= COLUMNS4; half /= 2u) {
    if (thread < half) {
      column_partials[thread] += column_partials[thread + half];
    }
    workgroupBarrier();
  }
  let total = column_partials[thread % COLUMNS4];
  workgroupBarrier();
  return total;
}
