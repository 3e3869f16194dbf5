// ready_rows_forward: the first layer of a folded model, from the resident table straight to its activations. Per row it
//   sums a ready row per categorical column (the column's embedding times its slice of the first weight), the product of
//   what stays to be multiplied (kept embeddings, continuous columns) and the bias; then relu and y_range, which may be
//   off. One invocation owns 4 rows by 8 columns. It also makes the ready rows: they are what kept embeddings come to.
// Shapes    codes [table rows, words], packed: a column takes 8, 16 or 32 bits of one word of its row
//           continuous [table rows, n_continuous]  ready [codes of all its columns, fan_out]
//           tables [n_tables], then [n_kept]: where each column's code lies and what it looks up
//           weight [Σ kept widths + n_continuous, fan_out]: transposed; bias [fan_out]  y [rows, fan_out]
//           ready, weight and y row-major, rows padded with zeros to a multiple of 4
// Bindings  params: the folded weights and biases by offset (in vec4); kept: the same buffer, kept embeddings by offset
//           (in f32); y is written from row step.output_row on
// Dispatch  ceil(rows / 16) × ceil(fan_out / 128) × 1: row by row first, so that a part of `ready` stays in the caches
// Error     P = (n_tables + K + 1) · 2⁻²³ · (Σ|ready| + Σ|x·weight| + |bias|), K rows of weight; y_range makes
//           (high − low) · (P / 4 + 8 · 2⁻²³) + 2⁻²³ · |low| of it
// Source    fastai TabularModel.forward up to the first ReLU, in inference
// Parts     step, linear_finish, sigmoid
struct Dims {
  fan_out: u32,
  words: u32,          // of a packed row of codes
  n_continuous: u32,
  n_tables: u32,
  n_kept: u32,
  weight: u32,
  bias: u32,
  has_relu: u32,
  has_y_range: u32,
  low: f32,
  high: f32,
}
// One categorical column: where its code lies, and what it looks up.
struct TableColumn {
  word: u32,           // of the packed row
  shift_bits: u32,     // shift + 256 · bits
  first: u32,          // ready rows: its first row of `ready`; a kept embedding: where it begins in `kept`
  width: u32,          // a kept embedding's embedding_dim
}
@group(1) @binding(0) var<uniform> dims: Dims;
@group(1) @binding(1) var<storage, read> params: array<vec4f>;
@group(1) @binding(2) var<storage, read> ready: array<vec4f>;
@group(1) @binding(3) var<storage, read> tables: array<TableColumn>;
@group(1) @binding(4) var<storage, read> codes: array<u32>;
@group(1) @binding(5) var<storage, read> continuous: array<f32>;
@group(1) @binding(6) var<storage, read> kept: array<f32>;
@group(1) @binding(7) var<storage, read_write> y: array<vec4f>;

// Sums of four rows, 4 columns each.
struct Sums {
  r0: vec4f,
  r1: vec4f,
  r2: vec4f,
  r3: vec4f,
}

// The codes of four rows in one column.
fn codes_of(column: TableColumn, rows: vec4u) -> vec4u {
  let at = rows * dims.words + column.word;
  let words = vec4u(codes[at.x], codes[at.y], codes[at.z], codes[at.w]);
  return extractBits(words, column.shift_bits & 255u, column.shift_bits >> 8u);
}

fn add_ready(sums: ptr<function, Sums>, at: vec4u, column4: u32) {
  (*sums).r0 += ready[at.x + column4];
  (*sums).r1 += ready[at.y + column4];
  (*sums).r2 += ready[at.z + column4];
  (*sums).r3 += ready[at.w + column4];
}

fn add_product(sums: ptr<function, Sums>, x: vec4f, at: u32) {
  let w = params[at];
  (*sums).r0 = fma(vec4f(x.x), w, (*sums).r0);
  (*sums).r1 = fma(vec4f(x.y), w, (*sums).r1);
  (*sums).r2 = fma(vec4f(x.z), w, (*sums).r2);
  (*sums).r3 = fma(vec4f(x.w), w, (*sums).r3);
}

@compute @workgroup_size(16, 4)
fn ready_rows_forward(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) thread: vec3u) {
  let rows = step.rows;
  let row = 4u * (4u * group.x + thread.y);
  let stride4 = (dims.fan_out + 3u) / 4u;
  let column4 = 32u * group.y + thread.x;   // and the column 16 further: neighbours read neighbours
  if (row >= rows || column4 >= stride4) {
    return;
  }
  let other4 = min(column4 + 16u, stride4 - 1u);
  // Rows past the last one repeat it; nothing of them is written.
  let r = step.row_start + min(vec4u(row) + vec4u(0u, 1u, 2u, 3u), vec4u(rows - 1u));
  var a: Sums;
  var b: Sums;
  for (var t = 0u; t < dims.n_tables; t++) {
    let table = tables[t];
    let at = stride4 * (table.first + codes_of(table, r));
    add_ready(&a, at, column4);
    add_ready(&b, at, other4);
  }
  // Then what is multiplied: kept embeddings, and the continuous columns as if they were one more, looked up by row.
  var w = dims.weight;
  for (var t = dims.n_tables; t <= dims.n_tables + dims.n_kept; t++) {
    let is_kept = t < dims.n_tables + dims.n_kept;
    var at = r * dims.n_continuous;
    var width = dims.n_continuous;
    if (is_kept) {
      let table = tables[t];
      at = table.first + table.width * codes_of(table, r);
      width = table.width;
    }
    for (var d = 0u; d < width; d++) {
      let i = at + d;
      var x: vec4f;
      if (is_kept) {
        x = vec4f(kept[i.x], kept[i.y], kept[i.z], kept[i.w]);
      } else {
        x = vec4f(continuous[i.x], continuous[i.y], continuous[i.z], continuous[i.w]);
      }
      add_product(&a, x, w + column4);
      add_product(&b, x, w + other4);
      w += stride4;
    }
  }
  for (var i = 0u; i < 2u * min(4u, rows - row); i++) {
    let column = column4 + 16u * (i & 1u);
    var sums: vec4f;
    switch i {
      case 0u: { sums = a.r0; }
      case 1u: { sums = b.r0; }
      case 2u: { sums = a.r1; }
      case 3u: { sums = b.r1; }
      case 4u: { sums = a.r2; }
      case 5u: { sums = b.r2; }
      case 6u: { sums = a.r3; }
      default: { sums = b.r3; }
    }
    if (column < stride4) {
      y[(step.output_row + row + i / 2u) * stride4 + column] = finish(sums, column);
    }
  }
}
