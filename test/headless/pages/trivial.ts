import { DataError } from "../../../src/errors.ts";
import type { PageContext } from "../../../src/headless/page_protocol.ts";

/** Page functions for the tests of runInPage. */

export async function square(argument: { values: number[] }, context: PageContext<number>) {
  const device = await (await navigator.gpu.requestAdapter())!.requestDevice();
  const module = device.createShaderModule({
    code: `@group(0) @binding(0) var<storage, read_write> v: array<f32>;
      @compute @workgroup_size(64) fn square(@builtin(global_invocation_id) id: vec3<u32>) {
        if (id.x < arrayLength(&v)) { v[id.x] *= v[id.x]; } }`,
  });
  const pipeline = await device.createComputePipelineAsync({ layout: "auto", compute: { module } });
  const bytes = new Float32Array(argument.values);
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const storage = device.createBuffer({ size: bytes.byteLength, usage });
  const staging = device.createBuffer({
    size: bytes.byteLength,
    usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
  });
  device.queue.writeBuffer(storage, 0, bytes);
  const resource = { buffer: storage };
  const entries = [{ binding: 0, resource }];
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
  pass.dispatchWorkgroups(Math.ceil(bytes.length / 64));
  pass.end();
  encoder.copyBufferToBuffer(storage, 0, staging, 0, bytes.byteLength);
  device.queue.submit([encoder.finish()]);
  await staging.mapAsync(GPUMapMode.READ);
  const squares = [...new Float32Array(staging.getMappedRange())];
  device.destroy();
  squares.forEach((value) => {
    context.emit(value);
  });
  return { sum: squares.reduce((a, b) => a + b, 0) };
}

/** Sends back the bytes of the file "data.csv", reversed. */
export async function reverseFile(_: null, context: PageContext<never>) {
  const response = await fetch(context.url("data.csv"));
  const bytes = new Uint8Array(await response.arrayBuffer());
  await context.upload("reversed", bytes.reverse());
  return bytes.length;
}

export async function throwDataError() {
  throw new DataError('There is no column "Slaes".');
}

export async function throwTypeError() {
  return (null as unknown as { x: number }).x;
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
  await new Promise((resolve) => setTimeout(resolve, 50));
  for (;;) Math.random();
}

export async function emitOnce(_: null, context: PageContext<number>) {
  context.emit(1);
  await new Promise(() => {});
}
