/** The rate of a matrix product at its best: a few plain WGSL kernels that compute C = A·B and nothing else. */
import { bindGroupOf, pipelineOf, timeOnGpu } from "./gpu_timing.ts";

export interface MatmulRate {
  readonly shape: string;
  /** GFLOP/s by kernel, useful operations only; null where the kernel does not compute the product. */
  readonly kernels: Readonly<Record<string, number | null>>;
}

interface MatmulKernel {
  readonly name: string;
  /** Outputs of a workgroup. */
  readonly tile: readonly [rows: number, columns: number];
  /** The feature that it cannot do without. */
  readonly needs?: GPUFeatureName;
  code(inner: number, columns: number): string;
}

/** Operands are padded so that no tile needs a bounds check; padding does not count as useful. */
const PADDING = 128;

const KERNELS: readonly MatmulKernel[] = [
  direct(8, 2, [8, 8]),
  direct(8, 4, [8, 4]),
  direct(4, 1, [16, 16]),
  swapped(),
  staged(4, 1, [16, 16]),
  staged(8, 2, [16, 8]),
  staged(8, 2, [16, 16]),
];

/**
 * Every operand straight from its buffer, `rows` x 4·`quads` outputs a thread: on software adapters, and with good caches.
 */
function direct(rows: number, quads: number, [threadsX, threadsY]: readonly [number, number]): MatmulKernel {
  const each = (n: number, line: (i: number) => string) =>
    Array.from({ length: n }, (_, i) => line(i)).join("\n");
  const columns = quads * 4;
  return {
    name: `direct, ${rows}x${columns} a thread`,
    tile: [rows * threadsY, columns * threadsX],
    code: (inner, n) => `
${BINDINGS}
const K4 = ${inner / 4}u;
const N4 = ${n / 4}u;
@compute @workgroup_size(${threadsX}, ${threadsY})
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let row = id.y * ${rows}u;
  let column = id.x * ${quads}u;
${each(rows, (i) => each(quads, (j) => `  var c${i}_${j} = vec4<f32>();`))}
  for (var k = 0u; k < K4; k++) {
${each(rows, (i) => `    let a${i} = a[(row + ${i}u) * K4 + k];`)}
${each(4, (e) => each(quads, (j) => `    let b${e}_${j} = b[(k * 4u + ${e}u) * N4 + column + ${j}u];`))}
${each(rows, (i) =>
  each(quads, (j) => {
    const terms = Array.from({ length: 4 }, (_, e) => `a${i}[${e}] * b${e}_${j}`).join(" + ");
    return `    c${i}_${j} += ${terms};`;
  }),
)}
  }
${each(rows, (i) => each(quads, (j) => `  c[(row + ${i}u) * N4 + column + ${j}u] = c${i}_${j};`))}
}`,
  };
}

/**
 * Four neighbours work on the same sixteen rows: each loads four of them and has the others' by swaps. Row i of what a thread
 * adds up is row i ^ lane of the block.
 */
function swapped(): MatmulKernel {
  const each = (n: number, line: (i: number) => string) =>
    Array.from({ length: n }, (_, i) => line(i)).join("\n");
  const swaps = ["", "quadSwapX", "quadSwapY", "quadSwapDiagonal"];
  const element = ["x", "y", "z", "w"];
  return {
    name: "neighbours swap, 16x4 a thread",
    tile: [64, 64],
    needs: "subgroups",
    code: (inner, n) => `enable subgroups;
${BINDINGS}
const K4 = ${inner / 4}u;
const N4 = ${n / 4}u;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
  let lane = thread % 4u;
  let row = group.y * 64u + thread / 16u * 16u;
  let column = group.x * 16u + thread % 16u;
${each(16, (i) => `  var c${i} = vec4<f32>();`)}
  for (var k = 0u; k < K4; k++) {
${each(4, (i) => `    let a${4 * i} = a[(row + ${4 * i}u + lane) * K4 + k];`)}
${each(16, (i) => (i % 4 === 0 ? "" : `    let a${i} = ${swaps[i % 4]}(a${i - (i % 4)});`))}
${each(4, (e) => `    let b${e} = b[(k * 4u + ${e}u) * N4 + column];`)}
${element
  .map(
    (j) => `    {
      let column = vec4(b0.${j}, b1.${j}, b2.${j}, b3.${j});
${each(16, (i) => `      c${i}.${j} += dot(column, a${i});`)}
    }`,
  )
  .join("\n")}
  }
${each(16, (i) => `  c[(row + (${i}u ^ lane)) * N4 + column] = c${i};`)}
}`,
  };
}

/** Tiles of 16 inner elements go through workgroup memory first: on most GPUs. */
function staged(rows: number, quads: number, [threadsX, threadsY]: readonly [number, number]): MatmulKernel {
  const each = (n: number, line: (i: number) => string) =>
    Array.from({ length: n }, (_, i) => line(i)).join("\n");
  const [tileRows, tileQuads] = [rows * threadsY, quads * threadsX];
  const threads = threadsX * threadsY;
  return {
    name: `staged, ${rows}x${quads * 4} a thread, ${threads} threads`,
    tile: [tileRows, tileQuads * 4],
    code: (inner, n) => `
${BINDINGS}
const K4 = ${inner / 4}u;
const N4 = ${n / 4}u;
var<workgroup> tile_a: array<vec4<f32>, ${tileRows * 4}>;
var<workgroup> tile_b: array<vec4<f32>, ${16 * tileQuads}>;
@compute @workgroup_size(${threadsX}, ${threadsY})
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_id) local: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let row = group.y * ${tileRows}u;
  let column = group.x * ${tileQuads}u;
${each(rows, (i) => each(quads, (j) => `  var c${i}_${j} = vec4<f32>();`))}
  for (var k = 0u; k < K4; k += 4u) {
    for (var i = thread; i < ${tileRows * 4}u; i += ${threads}u) {
      tile_a[i] = a[(row + i / 4u) * K4 + k + i % 4u];
    }
    for (var i = thread; i < ${16 * tileQuads}u; i += ${threads}u) {
      tile_b[i] = b[(k * 4u + i / ${tileQuads}u) * N4 + column + i % ${tileQuads}u];
    }
    workgroupBarrier();
    for (var q = 0u; q < 4u; q++) {
${each(rows, (i) => `      let a${i} = tile_a[(local.y + ${i * threadsY}u) * 4u + q];`)}
${each(4, (e) =>
  each(
    quads,
    (j) => `      let b${e}_${j} = tile_b[(q * 4u + ${e}u) * ${tileQuads}u + local.x + ${j * threadsX}u];`,
  ),
)}
${each(rows, (i) =>
  each(quads, (j) => {
    const terms = Array.from({ length: 4 }, (_, e) => `a${i}[${e}] * b${e}_${j}`).join(" + ");
    return `      c${i}_${j} += ${terms};`;
  }),
)}
    }
    workgroupBarrier();
  }
${each(rows, (i) =>
  each(
    quads,
    (j) => `  c[(row + local.y + ${i * threadsY}u) * N4 + column + local.x + ${j * threadsX}u] = c${i}_${j};`,
  ),
)}
}`,
  };
}

const BINDINGS = `@group(0) @binding(0) var<storage, read> a: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> b: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> c: array<vec4<f32>>;`;

/** GFLOP/s of each kernel at [rows, inner] · [inner, columns]. */
export async function matmulRates(
  device: GPUDevice,
  [rows, inner, columns]: readonly [number, number, number],
  slice: number,
): Promise<MatmulRate> {
  const padded = (n: number) => Math.ceil(n / PADDING) * PADDING;
  const [m, k, n] = [padded(rows), Math.ceil(inner / 16) * 16, padded(columns)];
  const a = matrix(device, [m, k], [rows, inner]);
  const b = matrix(device, [k, n], [inner, columns]);
  const c = device.createBuffer({
    size: m * n * 4,
    usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
  });
  const kernels: Record<string, number | null> = {};
  for (const { name, tile, needs, code } of KERNELS) {
    if (needs && !device.features.has(needs)) {
      kernels[name] = null;
      continue;
    }
    device.pushErrorScope("validation");
    const pipeline = pipelineOf(device, code(k, n));
    if (await device.popErrorScope()) {
      kernels[name] = null; // more threads or workgroup memory than this device has
      continue;
    }
    const group = bindGroupOf(device, pipeline, [a.buffer, b.buffer, c]);
    const clear = device.createCommandEncoder();
    clear.clearBuffer(c);
    device.queue.submit([clear.finish()]);
    const ms = await timeOnGpu(device, slice, (encoder, times) => {
      const pass = encoder.beginComputePass();
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, group);
      const groups = [Math.ceil(columns / tile[1]), Math.ceil(rows / tile[0])] as const;
      for (let i = 0; i < times; i++) pass.dispatchWorkgroups(...groups);
      pass.end();
    });
    const right = await isProduct(device, c, a.values, b.values, [rows, k, columns], n);
    kernels[name] = right ? (2 * rows * inner * columns) / ms / 1e6 : null;
  }
  for (const buffer of [a.buffer, b.buffer, c]) buffer.destroy();
  return { shape: `${rows} x ${inner} x ${columns}`, kernels };
}

/** Small whole numbers, whose products are exact; zeros in the padding. */
function matrix(
  device: GPUDevice,
  [rows, columns]: readonly number[],
  [usedRows, usedColumns]: readonly number[],
) {
  const values = new Float32Array(rows * columns);
  for (let row = 0; row < usedRows; row++)
    for (let i = 0; i < usedColumns; i++) values[row * columns + i] = ((row * 7 + i * 3) % 5) - 2;
  const buffer = device.createBuffer({
    size: values.byteLength,
    usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST,
  });
  device.queue.writeBuffer(buffer, 0, values);
  return { buffer, values };
}

/** Compares the last row, which a kernel that covers too little misses. */
async function isProduct(
  device: GPUDevice,
  c: GPUBuffer,
  a: Float32Array,
  b: Float32Array,
  [rows, inner, columns]: readonly [number, number, number],
  stride: number,
): Promise<boolean> {
  const staging = device.createBuffer({
    size: stride * 4,
    usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ,
  });
  const encoder = device.createCommandEncoder();
  encoder.copyBufferToBuffer(c, (rows - 1) * stride * 4, staging, 0, stride * 4);
  device.queue.submit([encoder.finish()]);
  await staging.mapAsync(GPUMapMode.READ);
  const got = new Float32Array(staging.getMappedRange());
  let equal = true;
  for (let column = 0; column < columns && equal; column++) {
    let sum = 0;
    for (let i = 0; i < inner; i++) sum += a[(rows - 1) * inner + i] * b[i * stride + column];
    equal = got[column] === sum;
  }
  staging.destroy();
  return equal;
}
