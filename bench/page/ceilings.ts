/** What the adapter can do at best, found with kernels that do one thing only. No contender takes part. */
import { bindGroupOf, pipelineOf, timeOnGpu } from "./gpu_timing.ts";
import { type MatmulRate, matmulRates } from "./matmul_rates.ts";

export interface Ceilings {
  /** Matrix products by shape: GFLOP/s of each kernel. */
  readonly matmul: readonly MatmulRate[];
  /** GB/s read and written, together. */
  readonly copy: { readonly buffer: number; readonly kernel: number };
  /** Microseconds of one of many dispatches in a pass: of an empty kernel, and of one that needs what the last one wrote. */
  readonly dispatch: { readonly empty: number; readonly dependent: number };
  /** Microseconds: submit and wait for it; submit, wait and read 4 bytes. */
  readonly submit: { readonly wait: number; readonly read: number };
}

export interface CeilingsWork {
  /** [rows, inner, columns] of each product. */
  readonly shapes: readonly (readonly [number, number, number])[];
  /** Milliseconds that a measurement should take. */
  readonly slice: number;
}

export async function ceilings({ shapes, slice }: CeilingsWork): Promise<Ceilings> {
  const adapter = await navigator.gpu.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) throw new Error("No WebGPU adapter.");
  const { maxBufferSize, maxStorageBufferBindingSize, maxComputeWorkgroupStorageSize } = adapter.limits;
  const requiredLimits = { maxBufferSize, maxStorageBufferBindingSize, maxComputeWorkgroupStorageSize };
  const requiredFeatures = (["subgroups"] as const).filter((feature) => adapter.features.has(feature));
  const device = await adapter.requestDevice({ requiredFeatures, requiredLimits });
  const matmul: MatmulRate[] = [];
  for (const shape of shapes) matmul.push(await matmulRates(device, shape, slice));
  const copy = { buffer: await bufferCopyRate(device, slice), kernel: await kernelCopyRate(device, slice) };
  const dispatch = {
    empty: await dispatchCost(device, EMPTY, null),
    dependent: await dispatchCost(
      device,
      DEPENDENT,
      device.createBuffer({ size: 256, usage: GPUBufferUsage.STORAGE }),
    ),
  };
  const submit = { wait: await submitCost(device, false), read: await submitCost(device, true) };
  device.destroy();
  return { matmul, copy, dispatch, submit };
}

const COPIED = 64 * 2 ** 20;

async function bufferCopyRate(device: GPUDevice, slice: number): Promise<number> {
  const usage = GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const [from, to] = [0, 1].map(() => device.createBuffer({ size: COPIED, usage }));
  const ms = await timeOnGpu(device, slice, (encoder, times) => {
    for (let i = 0; i < times; i++) encoder.copyBufferToBuffer(from, 0, to, 0, COPIED);
  });
  for (const buffer of [from, to]) buffer.destroy();
  return (2 * COPIED) / ms / 1e6;
}

async function kernelCopyRate(device: GPUDevice, slice: number): Promise<number> {
  const buffers = [0, 1].map(() => device.createBuffer({ size: COPIED, usage: GPUBufferUsage.STORAGE }));
  const pipeline = pipelineOf(
    device,
    `@group(0) @binding(0) var<storage, read> source: array<vec4<f32>>;
     @group(0) @binding(1) var<storage, read_write> copied: array<vec4<f32>>;
     @compute @workgroup_size(256) fn main(@builtin(global_invocation_id) id: vec3<u32>) {
       let i = id.y * 65536 + id.x;
       copied[i] = source[i] + 1.0;
     }`,
  );
  const ms = await timeOnGpu(device, slice, (encoder, times) => {
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, bindGroupOf(device, pipeline, buffers));
    for (let i = 0; i < times; i++) pass.dispatchWorkgroups(256, COPIED / 16 / 65536);
    pass.end();
  });
  for (const buffer of buffers) buffer.destroy();
  return (2 * COPIED) / ms / 1e6;
}

const EMPTY = "@compute @workgroup_size(64) fn main() {}";
const DEPENDENT = `@group(0) @binding(0) var<storage, read_write> values: array<f32, 64>;
@compute @workgroup_size(64) fn main(@builtin(local_invocation_index) i: u32) {
  values[i] = values[63 - i] + 1.0;
}`;

/** Microseconds, from the difference between passes of many and of twice as many. */
async function dispatchCost(device: GPUDevice, code: string, buffer: GPUBuffer | null): Promise<number> {
  const pipeline = pipelineOf(device, code);
  const run = async (count: number) => {
    const start = performance.now();
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    if (buffer) pass.setBindGroup(0, bindGroupOf(device, pipeline, [buffer]));
    for (let i = 0; i < count; i++) pass.dispatchWorkgroups(1);
    pass.end();
    device.queue.submit([encoder.finish()]);
    await device.queue.onSubmittedWorkDone();
    return performance.now() - start;
  };
  const COUNT = 2000;
  await run(COUNT);
  const costs: number[] = [];
  for (let i = 0; i < 5; i++) costs.push(((await run(2 * COUNT)) - (await run(COUNT))) / COUNT);
  return costs.sort((a, b) => a - b)[2] * 1000;
}

/** Microseconds of a submit of one empty dispatch until its end is known; with `read`, until its 4 bytes are in the CPU's memory. */
async function submitCost(device: GPUDevice, read: boolean): Promise<number> {
  const pipeline = pipelineOf(device, EMPTY);
  const source = device.createBuffer({ size: 4, usage: GPUBufferUsage.COPY_SRC });
  const staging = device.createBuffer({ size: 4, usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ });
  const costs: number[] = [];
  for (let i = 0; i < 50; i++) {
    const start = performance.now();
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.dispatchWorkgroups(1);
    pass.end();
    if (read) encoder.copyBufferToBuffer(source, 0, staging, 0, 4);
    device.queue.submit([encoder.finish()]);
    if (read) {
      await staging.mapAsync(GPUMapMode.READ);
      staging.unmap();
    } else await device.queue.onSubmittedWorkDone();
    costs.push(performance.now() - start);
  }
  return costs.sort((a, b) => a - b)[25] * 1000;
}
