// input_forward_train: the model's input for one batch in training, gathered straight from the resident table: the
//   embeddings of all categorical columns with their dropout, then the continuous columns through bn_cont with the
//   batch's own statistics, or as they are without it. Keeps the codes and x̂ for the backward pass, column by column.
//   For the embeddings an invocation owns 4 columns of every fourth of gather_rows rows; for bn_cont a workgroup owns one
//   column over all rows.
// Shapes    codes [table rows, words], packed: a column takes 8, 16 or 32 bits of one word of its row
//           continuous [table rows, n_continuous]  row_index [rows of the epoch]
//           columns [width]: what each column of the concatenated embeddings looks up
//           x [rows, width + n_continuous] padded with zeros to a multiple of 4
//           kept [n_categorical + n_continuous, capacity]: codes as floats, then x̂ (which bn_cont alone writes)
// Bindings  params: the arena; running: running_mean and running_var by offset, moved by momentum, the variance
//           unbiased; all in f32
// Dispatch  gather_groups = ceil(width4 / 16) · ceil(rows / gather_rows), width4 = ceil((width + n_continuous) / 4), and with
//           bn_cont n_continuous more, folded over x and y
// Error     embeddings are copied: exact without dropout, 2 · 2⁻²³ relative with it. With S = (rows / 64 + 16) · 2⁻²³
//           x̂: S · (mean|continuous| / σ + |x̂|); x of bn_cont |gamma| times that + 2⁻²³ · |beta|. Running statistics
//           momentum · (S · mean|continuous|, and (2·S·variance + (S·mean|continuous|)²) · rows / (rows − 1)), plus
//           4 · 2⁻²³ of the old and of what moves it
// Source    fastai TabularModel.forward: embeds, emb_drop, bn_cont, concatenation. Gradients: input_backward, adam_step
// Parts     step, input_column, dropout, sum
override THREADS: u32 = 64;

struct Dims {
  width: u32,            // columns of the concatenated embeddings
  n_continuous: u32,
  n_categorical: u32,
  words: u32,            // of a packed row of codes
  has_batch_norm: u32,
  gamma: u32,
  beta: u32,
  running_mean: u32,
  running_var: u32,
  eps: f32,
  momentum: f32,
  layer: u32,
  drop_threshold: u32,
  drop_scale: f32,
  capacity: u32,         // rows of a column of kept
  gather_groups: u32,
  gather_rows: u32,      // rows of one of them, a multiple of 4
}
@group(1) @binding(0) var<uniform> dims: Dims;
@group(1) @binding(1) var<storage, read> params: array<f32>;
@group(1) @binding(2) var<storage, read> columns: array<InputColumn>;
@group(1) @binding(3) var<storage, read> codes: array<u32>;
@group(1) @binding(4) var<storage, read> continuous: array<f32>;
@group(1) @binding(5) var<storage, read> row_index: array<u32>;
@group(1) @binding(6) var<storage, read_write> running: array<f32>;
@group(1) @binding(7) var<storage, read_write> x: array<f32>;
@group(1) @binding(8) var<storage, read_write> kept: array<f32>;

fn embedded(row: u32, source: u32, j: u32) -> f32 {
  let column = columns[j];
  let code = code_of(column, source);
  if (column.d == 0u) {
    kept[column.category * dims.capacity + row] = f32(code);
  }
  return params[column.embedding + code * column.width + column.d];
}

fn gather(row: u32, x4: u32, dropout: Dropout) {
  let inputs = dims.width + dims.n_continuous;
  let stride4 = (inputs + 3u) / 4u;
  if (x4 >= stride4) {
    return;
  }
  let source = row_index[step.row_start + row];
  let at = row * stride4 + x4;
  let keep = dropout_factors(at, dropout);
  for (var lane = 0u; lane < 4u; lane++) {
    let j = 4u * x4 + lane;
    if (j < dims.width) {
      x[4u * at + lane] = embedded(row, source, j) * keep[lane];
    } else if (j >= inputs) {
      x[4u * at + lane] = 0.0;
    } else if (dims.has_batch_norm == 0u) {
      x[4u * at + lane] = continuous[source * dims.n_continuous + j - dims.width];
    }
  }
}

// All invocations of a workgroup together: its sums have barriers.
fn normalise(c: u32, thread: u32) {
  let rows = step.rows;
  let n = f32(rows);
  let stride = 4u * ((dims.width + dims.n_continuous + 3u) / 4u);
  let column = dims.width + c;
  let x_hat = (dims.n_categorical + c) * dims.capacity;

  var sum = 0.0;
  for (var row = thread; row < rows; row += THREADS) {
    let value = continuous[row_index[step.row_start + row] * dims.n_continuous + c];
    kept[x_hat + row] = value;
    sum += value;
  }
  let mean = workgroup_sum(thread, sum) / n;
  var squares = 0.0;
  for (var row = thread; row < rows; row += THREADS) {
    let centred = kept[x_hat + row] - mean;
    squares += centred * centred;
  }
  let variance = workgroup_sum(thread, squares) / n;
  let inverse = inverseSqrt(variance + dims.eps);
  let scale = params[dims.gamma + c];
  let shift = params[dims.beta + c];
  for (var row = thread; row < rows; row += THREADS) {
    let normalised = (kept[x_hat + row] - mean) * inverse;
    kept[x_hat + row] = normalised;
    x[row * stride + column] = fma(normalised, scale, shift);
  }

  if (thread == 0u) {
    let rm = dims.running_mean + c;
    let rv = dims.running_var + c;
    running[rm] += dims.momentum * (mean - running[rm]);
    running[rv] += dims.momentum * (variance * (n / (n - 1.0)) - running[rv]);
  }
}

@compute @workgroup_size(THREADS)
fn input_forward_train(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) all: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let item = group.y * all.x + group.x;
  if (item < dims.gather_groups) {
    let across = ((dims.width + dims.n_continuous + 3u) / 4u + 15u) / 16u;
    let first = dims.gather_rows * (item / across);
    let end = min(first + dims.gather_rows, step.rows);
    let dropout = dropout_of_step();
    for (var row = first + thread / 16u; row < end; row += 4u) {
      gather(row, 16u * (item % across) + thread % 16u, dropout);
    }
    return;
  }
  if (dims.has_batch_norm != 0u && item - dims.gather_groups < dims.n_continuous) {
    normalise(item - dims.gather_groups, thread);
  }
}
