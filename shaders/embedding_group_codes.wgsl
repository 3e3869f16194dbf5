// embedding_group_codes: sorts the batch's rows by code, one categorical column a grid row: stable, by counting, without atomics
//   and without a limit on the number of codes. embedding_backward then adds each code's rows in batch order, which
//   makes its sums repeat bit for bit. One invocation owns one row of one column and compares it with all others.
// Shapes    batch_codes [n_categorical, capacity]  grouped [n_categorical, capacity]: batch rows, sorted by code
//           segments [embedding rows of all tables]: tick, first place in grouped, count
//           first_rows [n_categorical]: where a column's rows begin among those of all tables
// Bindings  a segment counts only where its tick is the step's, so nothing needs clearing
// Dispatch  ceil(rows / 64) × n_categorical × 1
// Error     exact: integers
// Source    TabGPU; stands in for the scatter-add of torch's embedding_dense_backward
// Parts     step
override THREADS: u32 = 64;

struct Dims {
  capacity: u32,
}
struct Segment {
  tick: u32,
  start: u32,
  count: u32,
}
@group(1) @binding(0) var<uniform> dims: Dims;
@group(1) @binding(1) var<storage, read> first_rows: array<u32>;
@group(1) @binding(2) var<storage, read> batch_codes: array<u32>;
@group(1) @binding(3) var<storage, read_write> grouped: array<u32>;
@group(1) @binding(4) var<storage, read_write> segments: array<Segment>;

@compute @workgroup_size(THREADS)
fn embedding_group_codes(@builtin(global_invocation_id) id: vec3u) {
  let row = id.x;
  let rows = step.rows;
  if (row >= rows) {
    return;
  }
  let base = id.y * dims.capacity;
  let code = batch_codes[base + row];
  var smaller = 0u;
  var equal_before = 0u;
  var equal = 0u;
  for (var other = 0u; other < rows; other++) {
    let other_code = batch_codes[base + other];
    smaller += u32(other_code < code);
    equal += u32(other_code == code);
    equal_before += u32(other_code == code && other < row);
  }
  grouped[base + smaller + equal_before] = row;
  if (equal_before == 0u) {
    segments[first_rows[id.y] + code] = Segment(step.tick, smaller, equal);
  }
}
