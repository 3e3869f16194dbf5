// adam_step: Adam with decoupled weight decay over the whole parameter arena, the last dispatch of a step. The gradients
//   that nothing else reads it makes on the way: of the embeddings, where every element adds d_x over the rows of the
//   batch that have its code, in batch order, and 0 where its code does not occur; and of bn_cont, whose input is data
//   and needs none: d_gamma = Σ d_x·x̂, d_beta = Σ d_x.
//   One invocation owns 4 parameters beside each other, `rounds` times, those of bn_cont once. With 16 rounds four
//   invocations take turns on 64 vec4: a software adapter runs four at a time and so walks through memory without a jump.
// Shapes    params, grads, moments1, moments2 [count]: embeddings first, then what decays, then what does not
//           d_x [rows, inputs] padded to a multiple of 4  kept [n_categorical + n_continuous, capacity] and groups
//           [segments of all embedding rows; rows of the batch sorted by code] as input_backward leaves them
//           work [embedding_parts]: parts of embeddings, each of at most 64 vec4
// Bindings  tensors by offset (in vec4); the hyperparameters come with the step. A segment counts only where its tick is
//           the step's, so nothing needs clearing
// Dispatch  ceil(embedding_parts / rounds) + ceil(2 · bn_cont4 / 64) + ceil((count4 − others) / (64 · rounds)), folded over
//           x and y
// Error     grads of embeddings and bn_cont, terms being the rows added: G = terms · 2⁻²³ · Σ|d_x|, gamma's with |d_x·x̂|;
//           0 for all others. With M = mom·|moment1| + (1 − mom)·|grad|, v = moment2 after the step and D = √(v·c2) + eps,
//           c1 and c2 being mom_correction and sqr_mom_correction
//           moments1 4 · 2⁻²³ · M + (1 − mom)·G; moments2 4 · 2⁻²³ · v + (1 − sqr_mom)·(2·|grad| + G)·G
//           params   2⁻²³ · (16 · lr·c1·M / D + 3 · |param|) + lr·c1·((1 − mom)·G + M·d / D) / max(eps, D − d) with
//           d = √((1 − sqr_mom)·c2)·G, by which G moves D: √v is the length of a vector, the gradient one side of it
// Source    fastai Adam (v2) = torch AdamW(betas=(mom, sqr_mom)), Loshchilov & Hutter 2019; v1 decays everything.
//           torch.nn.Embedding (dense gradient) and BatchNorm1d backward; no float atomics, so the same batch gives the
//           same bits
// Parts     step
struct Dims {
  count4: u32,
  decay_end4: u32,
  embedding_parts: u32,  // length of work
  others: u32,           // where the embeddings end
  rounds: u32,           // a power of two, at most 16
  gamma: u32,            // bn_cont's weight; its bias lies right behind it
  bn_cont4: u32,         // length of each, padding included; 0 without bn_cont
  n_continuous: u32,
  x_hat: u32,            // where in kept x̂ begins, in f32
  capacity: u32,         // rows of a column of kept
  stride: u32,           // of a row of d_x
  first_continuous: u32, // column of d_x
  grouped: u32,          // where in groups the sorted rows begin
}
struct Work {
  embedding: u32,        // offset in the arena, in vec4
  elements: u32,         // in f32
  first: u32,            // the first of this part, in vec4
  width: u32,            // embedding_dim
  first_column: u32,     // of d_x
  first_row: u32,        // among the rows of all embeddings
  category: u32,
}
@group(1) @binding(0) var<uniform> dims: Dims;
@group(1) @binding(1) var<storage, read> work: array<Work>;
@group(1) @binding(2) var<storage, read> groups: array<u32>;
@group(1) @binding(3) var<storage, read> d_x: array<f32>;
@group(1) @binding(4) var<storage, read> kept: array<f32>;
@group(1) @binding(5) var<storage, read_write> grads: array<vec4f>;
@group(1) @binding(6) var<storage, read_write> params: array<vec4f>;
@group(1) @binding(7) var<storage, read_write> moments1: array<vec4f>;
@group(1) @binding(8) var<storage, read_write> moments2: array<vec4f>;

// The rows of the batch that have one code, added up. Four a round: their loads do not wait for each other.
fn sum_of_rows(place: u32, count: u32, column: u32) -> f32 {
  let stride = dims.stride;
  var sum = 0.0;
  var i = 0u;
  for (; i + 4u <= count; i += 4u) {
    let a = d_x[groups[place + i] * stride + column];
    let b = d_x[groups[place + i + 1u] * stride + column];
    let c = d_x[groups[place + i + 2u] * stride + column];
    let d = d_x[groups[place + i + 3u] * stride + column];
    sum += (a + b) + (c + d);
  }
  for (; i < count; i++) {
    sum += d_x[groups[place + i] * stride + column];
  }
  return sum;
}

// Gradients of elements 4 · place … 4 · place + 3 of an embedding.
fn embedding_gradients(item: Work, place: u32) -> vec4f {
  var sums = vec4f();
  var row = 4u * place / item.width;
  var column = 4u * place - row * item.width;
  for (var lane = 0u; lane < min(4u, item.elements - 4u * place); lane++) {
    let segment = 3u * (item.first_row + row);   // tick, start, count
    if (groups[segment] == step.tick) {
      let first = dims.grouped + item.category * dims.capacity + groups[segment + 1u];
      let sum = sum_of_rows(first, groups[segment + 2u], item.first_column + column);
      sums = select(sums, vec4f(sum), vec4u(lane) == vec4u(0u, 1u, 2u, 3u));
    }
    column++;
    if (column == item.width) {
      column = 0u;
      row++;
    }
  }
  return sums;
}

// Gradients of the weights (d_x·x̂) or the biases (d_x) of four columns of bn_cont.
fn bn_cont_gradients(c4: u32, of_weight: bool) -> vec4f {
  let c = min(vec4u(4u * c4) + vec4u(0u, 1u, 2u, 3u), vec4u(dims.n_continuous - 1u));
  let x_hat = dims.x_hat + c * dims.capacity;
  let first = dims.first_continuous + c;
  let stride = dims.stride;
  let rows = step.rows;
  var sum = vec4f();
  for (var row = 0u; row < rows; row++) {
    let at = row * stride + first;
    let d = vec4f(d_x[at.x], d_x[at.y], d_x[at.z], d_x[at.w]);
    let x = vec4f(kept[x_hat.x + row], kept[x_hat.y + row], kept[x_hat.z + row], kept[x_hat.w + row]);
    sum += d * select(vec4f(1.0), x, of_weight);
  }
  return select(vec4f(), sum, vec4u(4u * c4) + vec4u(0u, 1u, 2u, 3u) < vec4u(dims.n_continuous));
}

// What every update needs of the uniforms, read once: software adapters fetch them as they fetch from any buffer.
struct Hyperparameters {
  mom: f32,
  sqr_mom: f32,
  sqr_mom_correction: f32,
  eps: f32,
  rate: f32,             // lr · mom_correction
  decay: f32,
  decay_end4: u32,
}

fn hyperparameters() -> Hyperparameters {
  return Hyperparameters(
    step.mom, step.sqr_mom, step.sqr_mom_correction, step.eps, step.lr * step.mom_correction, step.decay, dims.decay_end4);
}

@compute @workgroup_size(64)
fn adam_step(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) all: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let item = group.y * all.x + group.x;
  let of_embeddings = (dims.embedding_parts + dims.rounds - 1u) / dims.rounds;
  let own_groups = of_embeddings + (2u * dims.bn_cont4 + 63u) / 64u;
  let span = 64u / dims.rounds;                          // invocations that share 64 vec4
  let chunk = dims.rounds * item + thread / span;
  let bn_cont = dims.gamma;
  let bn_cont_end = bn_cont + 2u * dims.bn_cont4;
  // What this invocation updates: every span-th of begin … end - 1. Gradients that it makes it stores first.
  var begin: u32;
  var end: u32;
  if (item < of_embeddings) {
    let part = work[min(chunk, dims.embedding_parts - 1u)];
    let places = select(0u, min(part.first + 64u, (part.elements + 3u) / 4u), chunk < dims.embedding_parts);
    begin = part.embedding + part.first + thread % span;
    end = part.embedding + places;
    for (var i = begin; i < end; i += span) {
      grads[i] = embedding_gradients(part, i - part.embedding);
    }
  } else if (item < own_groups) {
    let place = 64u * (item - of_embeddings) + thread;   // weights, then biases
    let c4 = place % dims.bn_cont4;
    begin = bn_cont + place;
    if (place < 2u * dims.bn_cont4 && 4u * c4 < dims.n_continuous) {
      end = begin + 1u;
      grads[begin] = bn_cont_gradients(c4, place < dims.bn_cont4);
    }
  } else {
    let first = dims.others + 64u * (chunk - dims.rounds * own_groups);
    begin = first + thread % span;
    end = min(first + 64u, dims.count4);
  }

  let hyper = hyperparameters();
  for (var i = begin; i < end; i += span) {
    if (item >= own_groups && i >= bn_cont && i < bn_cont_end) {
      continue;   // of bn_cont, and updated by its own invocation
    }
    let g = grads[i];
    let m = hyper.mom * moments1[i] + (1.0 - hyper.mom) * g;
    let v = hyper.sqr_mom * moments2[i] + (1.0 - hyper.sqr_mom) * g * g;
    let denominator = sqrt(v * hyper.sqr_mom_correction) + hyper.eps;
    moments1[i] = m;
    moments2[i] = v;
    let decayed = params[i] * select(1.0, hyper.decay, i < hyper.decay_end4);
    params[i] = decayed - hyper.rate * m / denominator;
  }
}
