// embedding_backward: the dense gradients of all embeddings. Every element adds d_x over the rows of the batch that
//   have its code, in batch order; elements whose code does not occur get 0. One invocation owns one element.
// Shapes    d_x [rows, inputs] padded to a multiple of 4  grouped [n_categorical, capacity]  segments as embedding_group_codes
//           work [workgroups, 2]: the column a workgroup belongs to, its first element in that table
//           tables [n_categorical]
// Bindings  grads: the arena as f32, each table [num_embeddings, embedding_dim]
// Dispatch  one workgroup for each THREADS elements of a table, folded over x and y
// Error     |grad − exact| ≤ count · 2⁻²³ · Σ|d_x|
// Source    torch.nn.Embedding (dense gradient); no float atomics, so the same batch gives the same bits
// Parts     step
override THREADS: u32 = 64;

struct Dims {
  stride: u32,        // of a row of d_x
  capacity: u32,
  workgroups: u32,
}
struct Segment {
  tick: u32,
  start: u32,
  count: u32,
}
struct Table {
  embedding: u32,     // offset of the table in the arenas, in floats
  elements: u32,
  width: u32,
  first_column: u32,
  first_row: u32,
}
@group(1) @binding(0) var<uniform> dims: Dims;
@group(1) @binding(1) var<storage, read> tables: array<Table>;
@group(1) @binding(2) var<storage, read> work: array<vec2u>;
@group(1) @binding(3) var<storage, read> d_x: array<f32>;
@group(1) @binding(4) var<storage, read> grouped: array<u32>;
@group(1) @binding(5) var<storage, read> segments: array<Segment>;
@group(1) @binding(6) var<storage, read_write> grads: array<f32>;

@compute @workgroup_size(THREADS)
fn embedding_backward(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let item = group.y * groups.x + group.x;
  if (item >= dims.workgroups) {
    return;
  }
  let column = work[item].x;
  let element = work[item].y + thread;
  let table = tables[column];
  if (element >= table.elements) {
    return;
  }
  let code = element / table.width;
  let segment = segments[table.first_row + code];
  var sum = 0.0;
  if (segment.tick == step.tick) {
    let place = column * dims.capacity + segment.start;
    let d = table.first_column + element % table.width;
    for (var i = 0u; i < segment.count; i++) {
      sum += d_x[grouped[place + i] * dims.stride + d];
    }
  }
  grads[table.embedding + element] = sum;
}
