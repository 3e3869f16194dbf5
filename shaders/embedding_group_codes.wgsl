// embedding_group_codes: sorts the batch's rows by code, one categorical column a grid row: stable, by counting, without atomics
//   and without a limit on the number of codes. embedding_backward then adds each code's rows in batch order, which
//   makes its sums repeat bit for bit. One invocation owns one row of one column and compares it with all others.
// Shapes    batch_codes [n_categorical, capacity], capacity a multiple of 4  grouped [n_categorical, capacity]: batch rows, sorted by code
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
@group(1) @binding(2) var<storage, read> batch_codes: array<vec4u>;
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
  let base4 = base / 4u;
  let code = batch_codes[base4 + row / 4u][row % 4u];
  var smaller4 = vec4u();
  var equal4 = vec4u();
  var before4 = vec4u();       // equal, and earlier in the batch
  let lanes = vec4u(0u, 1u, 2u, 3u);
  for (var other4 = 0u; other4 < (rows + 3u) / 4u; other4++) {
    let others = batch_codes[base4 + other4];
    let place = vec4u(4u * other4) + lanes;
    let exists = place < vec4u(rows);
    let is_equal = (others == vec4u(code)) & exists;
    smaller4 += select(vec4u(), vec4u(1u), (others < vec4u(code)) & exists);
    equal4 += select(vec4u(), vec4u(1u), is_equal);
    before4 += select(vec4u(), vec4u(1u), is_equal & (place < vec4u(row)));
  }
  let smaller = smaller4.x + smaller4.y + smaller4.z + smaller4.w;
  let equal = equal4.x + equal4.y + equal4.z + equal4.w;
  let equal_before = before4.x + before4.y + before4.z + before4.w;
  grouped[base + smaller + equal_before] = row;
  if (equal_before == 0u) {
    segments[first_rows[id.y] + code] = Segment(step.tick, smaller, equal);
  }
}
