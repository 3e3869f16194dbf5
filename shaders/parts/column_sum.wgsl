// column_sum: adds the per-invocation sums of 8 columns over a workgroup, as a tree whose shape depends on THREADS
// only, so that the same batch gives the same bits. THREADS is a power of two. All invocations must call it together.
var<workgroup> column_partials: array<vec4f, 2 * THREADS>;

struct Columns { a: vec4f, b: vec4f }

fn column_sum(thread: u32, mine: Columns) -> Columns {
  column_partials[2u * thread] = mine.a;
  column_partials[2u * thread + 1u] = mine.b;
  workgroupBarrier();
  for (var half = THREADS / 2u; half > 0u; half /= 2u) {
    if (thread < half) {
      column_partials[2u * thread] += column_partials[2u * (thread + half)];
      column_partials[2u * thread + 1u] += column_partials[2u * (thread + half) + 1u];
    }
    workgroupBarrier();
  }
  let total = Columns(column_partials[0], column_partials[1]);
  workgroupBarrier();
  return total;
}
