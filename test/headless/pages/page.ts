import { DataError } from "../../../src/errors.ts";
import type { PageContext } from "../../../src/headless/index.ts";

/** Page functions for the tests of tabgpu/headless. */

export async function openDevice(): Promise<GPUDevice> {
  return (await (await navigator.gpu.requestAdapter())!.requestDevice())!;
}

/** Squares on the GPU, each also as an event. */
export async function square({ values }: { values: Float32Array }, context: PageContext<number>) {
  const device = await openDevice();
  const module = device.createShaderModule({
    code: `@group(0) @binding(0) var<storage, read_write> v: array<f32>;
      @compute @workgroup_size(64) fn square(@builtin(global_invocation_id) id: vec3<u32>) {
        if (id.x < arrayLength(&v)) { v[id.x] *= v[id.x]; } }`,
  });
  const pipeline = await device.createComputePipelineAsync({ layout: "auto", compute: { module } });
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const storage = device.createBuffer({ size: values.byteLength, usage });
  const staging = device.createBuffer({
    size: values.byteLength,
    usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
  });
  device.queue.writeBuffer(storage, 0, values as Float32Array<ArrayBuffer>);
  const entries = [{ binding: 0, resource: { buffer: storage } }];
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
  pass.dispatchWorkgroups(Math.ceil(values.length / 64));
  pass.end();
  encoder.copyBufferToBuffer(storage, 0, staging, 0, values.byteLength);
  device.queue.submit([encoder.finish()]);
  await staging.mapAsync(GPUMapMode.READ);
  const squares = new Float32Array(staging.getMappedRange().slice(0));
  device.destroy();
  for (const value of squares) context.emit(value);
  return { squares, sum: squares.reduce((a, b) => a + b, 0) };
}

/** What it was given, as it came. */
export async function echo(value: unknown, context: PageContext<unknown>) {
  context.emit(value);
  return value;
}

/** Sends back the bytes of the file "data.csv", reversed. */
export async function reverseFile(_: null, context: PageContext) {
  const response = await fetch(context.url("data.csv"));
  const bytes = new Uint8Array(await response.arrayBuffer());
  await context.upload("reversed", bytes.reverse());
  return bytes.length;
}

export async function isIsolated() {
  return crossOriginIsolated;
}

export async function throwDataError() {
  throw new DataError('There is no column "Slaes".');
}

export async function throwTypeError() {
  return (null as unknown as { x: number }).x;
}

export async function returnFunction() {
  return () => 1;
}

export async function say(_: null) {
  console.log("one");
  console.warn("two");
  console.error("three");
}

/** An exception outside of the call, with which a test would pass unnoticed. */
export async function throwLater() {
  setTimeout(() => {
    throw new RangeError("nobody catches me");
  });
  await new Promise((resolve) => setTimeout(resolve, 1_000));
}

/** A shader whose second half comes from a served file that does not compile. */
export async function breakShader(_: null, context: PageContext) {
  const own = "@group(0) @binding(0) var<storage, read_write> v: array<f32>;\n";
  const code = own + (await (await fetch(context.url("broken.wgsl"))).text());
  (await openDevice()).createShaderModule({ label: "scale", code });
  return "nothing was run";
}

/** A shader that does not compile and that is in no file. */
export async function breakLabelledShader() {
  const device = await openDevice();
  device.createShaderModule({ label: "inline", code: "fn f() -> u32 {\n\treturn one;\n}" });
}

/** A binding of the wrong kind: WebGPU reports it, and the dispatch does nothing. */
export async function misuse() {
  const device = await openDevice();
  const buffer = device.createBuffer({ size: 16, usage: GPUBufferUsage.COPY_DST });
  device.queue.writeBuffer(buffer, 0, new Float32Array(5));
  await device.queue.onSubmittedWorkDone();
  return "passed";
}

/** Ends when the caller aborts, and says so. */
export async function waitForAbort(_: null, context: PageContext<string>) {
  await new Promise((resolve) => {
    context.signal.addEventListener("abort", resolve);
    context.emit("waiting");
  });
  context.emit("stopped");
  context.signal.throwIfAborted();
}

/** Never looks at the signal, nor lets anything else in the page run. */
export async function hang(_: null, context: PageContext<string>) {
  context.emit("hanging");
  await new Promise((resolve) => setTimeout(resolve, 500)); // a browser needs the page's help to pass an event on
  for (;;) Math.random();
}

/** The page stays well, but its GPU process has work that never ends. */
export async function hangShader(_: null, context: PageContext<string>) {
  const device = await openDevice();
  const code = `@group(0) @binding(0) var<storage, read_write> v: array<u32>;
    @compute @workgroup_size(1) fn hang() { while (v[0] == 0u) { v[1] += 1u; } }`;
  const module = device.createShaderModule({ code });
  const pipeline = await device.createComputePipelineAsync({ layout: "auto", compute: { module } });
  const entries = [
    { binding: 0, resource: { buffer: device.createBuffer({ size: 8, usage: GPUBufferUsage.STORAGE }) } },
  ];
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
  pass.dispatchWorkgroups(1);
  pass.end();
  device.queue.submit([encoder.finish()]);
  context.emit("hanging");
  await device.queue.onSubmittedWorkDone();
}

export async function emitOnce(_: null, context: PageContext<number>) {
  context.emit(1);
  await new Promise(() => {});
}

export async function navigateAway(_: null, context: PageContext) {
  location.href = context.url("other.html").href;
  await new Promise(() => {});
}

export async function reload() {
  location.reload();
  await new Promise(() => {});
}

export async function returnMap() {
  return new Map([[1, 2]]);
}

/** Compiles a file that is not there, as if nobody had looked at the response. */
export async function readMissing(_: null, context: PageContext) {
  await fetch(context.url("scael.wgsl"));
  throw new RangeError("no entry point was found");
}

/** Changes the address without leaving the page. */
export async function pushState() {
  history.pushState(null, "", "?page=2");
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  return location.search;
}

/** Says its number and waits until told to end by an upload of the other. */
export async function slowly(number: number) {
  await new Promise((resolve) => setTimeout(resolve, 300));
  return number;
}
