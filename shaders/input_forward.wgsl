// input_forward: the model's input for one batch in evaluation, gathered straight from the resident table: the embeddings
//   of all categorical columns, then the continuous columns. One invocation owns 4 columns of one row.
// Shapes    codes [table rows, words], packed: a column takes 8, 16 or 32 bits of one word of its row
//           continuous [table rows, n_continuous]  row_index [rows of the epoch]
//           columns [width]: what each column of the concatenated embeddings looks up
//           x [rows, width + n_continuous] padded with zeros to a multiple of 4
// Bindings  params and running: the arenas as f32; continuous columns are batch-normalised with running statistics where
//           there is a bn_cont, else copied
// Dispatch  ceil(width4 / 16) × ceil(rows / 4) × 1
// Error     embeddings are copied: exact; batchnorm 8 · 2⁻²³ · (|gamma·x̂| + |beta|)
// Source    fastai TabularModel.forward in evaluation: embeds, bn_cont, concatenation. In training: input_forward_train
// Parts     step, input_column
struct Dims {
  width: u32,            // columns of the concatenated embeddings
  n_continuous: u32,
  words: u32,            // of a packed row of codes
  has_batch_norm: u32,
  gamma: u32,
  beta: u32,
  running_mean: u32,
  running_var: u32,
  eps: f32,
}
@group(1) @binding(0) var<uniform> dims: Dims;
@group(1) @binding(1) var<storage, read> params: array<f32>;
@group(1) @binding(2) var<storage, read> running: array<f32>;
@group(1) @binding(3) var<storage, read> columns: array<InputColumn>;
@group(1) @binding(4) var<storage, read> codes: array<u32>;
@group(1) @binding(5) var<storage, read> continuous: array<f32>;
@group(1) @binding(6) var<storage, read> row_index: array<u32>;
@group(1) @binding(7) var<storage, read_write> x: array<f32>;

fn embedded(source: u32, j: u32) -> f32 {
  let column = columns[j];
  let code = code_of(column, source);
  return params[column.embedding + code * column.width + column.d];
}

fn continuous_value(source: u32, c: u32) -> f32 {
  let value = continuous[source * dims.n_continuous + c];
  if (dims.has_batch_norm == 0u) {
    return value;
  }
  let scale = params[dims.gamma + c] * inverseSqrt(running[dims.running_var + c] + dims.eps);
  return fma(value - running[dims.running_mean + c], scale, params[dims.beta + c]);
}

@compute @workgroup_size(16, 4)
fn input_forward(@builtin(global_invocation_id) id: vec3u) {
  let row = id.y;
  let inputs = dims.width + dims.n_continuous;
  let stride4 = (inputs + 3u) / 4u;
  if (row >= step.rows || id.x >= stride4) {
    return;
  }
  let source = row_index[step.row_start + row];
  let at = row * stride4 + id.x;
  for (var lane = 0u; lane < 4u; lane++) {
    let j = 4u * id.x + lane;
    if (j < dims.width) {
      x[4u * at + lane] = embedded(source, j);
    } else if (j >= inputs) {
      x[4u * at + lane] = 0.0;
    } else {
      x[4u * at + lane] = continuous_value(source, j - dims.width);
    }
  }
}
