// input_backward: the gradient at the model's input, d_x = d_z · weight, with dropout's gradient on the embeddings. And,
//   in workgroups of their own, what the embeddings' gradients need: each categorical column's rows of the batch sorted
//   by code. Stable, by counting, without atomics and without a limit on the number of codes, so that adam_step adds each
//   code's rows in batch order and its sums repeat bit for bit.
// Shapes    d_z [rows, fan_out]  weight [fan_out, fan_in]  d_x [rows, fan_in]; rows padded with zeros to a multiple of 4
//           kept [n_categorical + …, capacity], capacity a multiple of 4: codes, as floats, column by column
//           first_rows [n_categorical]: where a column's rows begin among those of all embeddings
//           groups [3 · embedding rows + n_categorical · capacity]: per embedding row a segment (tick, start, count),
//           then per column the batch's rows, sorted
// Bindings  params: the arena, the weight by offset (in vec4). Segments of codes that do not occur stay as they were: a
//           segment counts only where its tick is the step's
// Dispatch  ceil(fan_in4 · SLICES / 16) · ceil(rows / 64) + n_categorical · ceil(rows / 256), folded over x and y.
//           For d_x a workgroup owns 64 rows by 64 / SLICES columns; for the codes an invocation owns 4 rows of one column
// Error     |d_x − exact| ≤ (fan_out + 2) · 2⁻²³ · Σ|d_z·weight|, times 1 / (1 − p); groups exact: integers
// Source    torch.nn.Linear backward; dropout draws input_forward_train's bits. The sort stands in for the scatter-add of
//           torch's embedding_dense_backward
// Parts     step, block, tile, eight, emit_tile, load_nn, share, slab, product_nn, dropout
// Variants  wide, staged
struct Dims {
  fan_in4: u32,
  fan_out: u32,
  weight: u32,
  dropped: u32,          // columns of the embeddings
  layer: u32,
  drop_threshold: u32,
  drop_scale: f32,
  row_blocks: u32,       // of 64
  n_categorical: u32,
  capacity: u32,
  grouped: u32,          // where in groups the sorted rows begin
}
@group(1) @binding(0) var<uniform> dims: Dims;
@group(1) @binding(1) var<storage, read> params: array<vec4f>;
@group(1) @binding(2) var<storage, read> d_z: array<vec4f>;
@group(1) @binding(3) var<storage, read> kept: array<vec4f>;
@group(1) @binding(4) var<storage, read> first_rows: array<u32>;
@group(1) @binding(5) var<storage, read_write> d_x: array<vec4f>;
@group(1) @binding(6) var<storage, read_write> groups: array<u32>;

fn emit(row: u32, column4: u32, sums: vec4f) {
  if (column4 >= dims.fan_in4) {
    return;
  }
  let at = row * dims.fan_in4 + column4;
  var d = sums;
  if (turn > 0u) {
    d += d_x[at];
  }
  if (turn + 1u < SLICES) {
    d_x[at] = d;
    return;
  }
  let keep = dropout_factors(at, dropout_of_step());
  let is_dropped = vec4u(4u * column4) + vec4u(0u, 1u, 2u, 3u) < vec4u(dims.dropped);
  d_x[at] = d * select(vec4f(1.0), keep, is_dropped);
}

// How many of a column's codes are smaller than each of four, and how many are equal.
struct Counts {
  smaller: vec4u,
  equal: vec4u,
}

fn ones(which: vec4<bool>) -> u32 {
  let n = select(vec4u(), vec4u(1u), which);
  return (n.x + n.y) + (n.z + n.w);
}

fn counts(codes: vec4f, others: vec4f) -> Counts {
  return Counts(
    vec4u(ones(others < vec4f(codes.x)), ones(others < vec4f(codes.y)), ones(others < vec4f(codes.z)), ones(others < vec4f(codes.w))),
    vec4u(ones(others == vec4f(codes.x)), ones(others == vec4f(codes.y)), ones(others == vec4f(codes.z)), ones(others == vec4f(codes.w))));
}

fn group_codes(category: u32, row4: u32) {
  let rows = step.rows;
  let base4 = category * (dims.capacity / 4u);
  let row = 4u * row4;
  if (row >= rows) {
    return;
  }
  let codes = kept[base4 + row4];
  var sum = Counts();
  for (var other4 = 0u; other4 < row4; other4++) {
    let found = counts(codes, kept[base4 + other4]);
    sum.smaller += found.smaller;
    sum.equal += found.equal;
  }
  var before = sum.equal;            // equal, and earlier in the batch
  before.y += u32(codes.x == codes.y);
  before.z += u32(codes.x == codes.z) + u32(codes.y == codes.z);
  before.w += u32(codes.x == codes.w) + u32(codes.y == codes.w) + u32(codes.z == codes.w);
  for (var other4 = row4; 4u * other4 < rows; other4++) {
    let exists = vec4u(4u * other4) + vec4u(0u, 1u, 2u, 3u) < vec4u(rows);
    let found = counts(codes, select(vec4f(3.0e38), kept[base4 + other4], exists));
    sum.smaller += found.smaller;
    sum.equal += found.equal;
  }
  for (var lane = 0u; lane < min(4u, rows - row); lane++) {
    groups[dims.grouped + category * dims.capacity + sum.smaller[lane] + before[lane]] = row + lane;
    if (before[lane] == 0u) {
      let segment = 3u * (first_rows[category] + u32(codes[lane]));
      groups[segment] = step.tick;
      groups[segment + 1u] = sum.smaller[lane];
      groups[segment + 2u] = sum.equal[lane];
    }
  }
}

@compute @workgroup_size(64)
fn input_backward(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) all: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let item = group.y * all.x + group.x;
  let beside = BESIDE / SLICES;      // blocks
  let groups_across = (dims.fan_in4 * SLICES + 15u) / 16u;
  if (item < groups_across * dims.row_blocks) {
    let row = 64u * (item / groups_across) + BLOCK_ROWS * (thread / BESIDE);
    let column4 = BLOCK_COLUMNS4 * (beside * (item % groups_across) + thread % beside);
    product_nn(row, column4, step.rows, thread % BESIDE / beside);
    return;
  }
  let of_codes = item - groups_across * dims.row_blocks;
  let category = of_codes % max(1u, dims.n_categorical);
  if (of_codes / max(1u, dims.n_categorical) * 256u < step.rows && dims.n_categorical > 0u) {
    group_codes(category, of_codes / dims.n_categorical * 64u + thread);
  }
}
