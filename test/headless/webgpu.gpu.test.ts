import { afterAll, beforeAll, describe, expect, it } from "vitest";

/**
 * The ground the other GPU tests stand on. It fails, and never skips, where the browser gives no adapter: a run
 * without a GPU must not look like a run that passed.
 */
describe("WebGPU in the test browser", () => {
  let device: GPUDevice;

  beforeAll(async () => {
    expect(navigator.gpu, "navigator.gpu").toBeDefined();
    const adapter = await navigator.gpu.requestAdapter();
    expect(adapter, "an adapter").not.toBeNull();
    device = await adapter!.requestDevice();
  });

  afterAll(() => device?.destroy());

  it("gives at least the limits every core device guarantees", () => {
    expect(device.limits.maxStorageBuffersPerShaderStage).toBeGreaterThanOrEqual(8);
    expect(device.limits.maxComputeWorkgroupStorageSize).toBeGreaterThanOrEqual(16384);
    expect(device.limits.maxComputeInvocationsPerWorkgroup).toBeGreaterThanOrEqual(256);
    expect(device.limits.maxStorageBufferBindingSize).toBeGreaterThanOrEqual(128 * 1024 * 1024);
  });

  it("runs a compute shader", async () => {
    const n = 1000;
    const module = device.createShaderModule({
      code: /* wgsl */ `
        @group(0) @binding(0) var<storage, read_write> values: array<u32>;
        @compute @workgroup_size(64) fn square(@builtin(global_invocation_id) id: vec3<u32>) {
          if (id.x < arrayLength(&values)) { values[id.x] = id.x * id.x; }
        }`,
    });
    const pipeline = await device.createComputePipelineAsync({ layout: "auto", compute: { module } });
    const storage = device.createBuffer({
      size: 4 * n,
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC,
    });
    const staging = device.createBuffer({
      size: 4 * n,
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    });
    const bindGroup = device.createBindGroup({
      layout: pipeline.getBindGroupLayout(0),
      entries: [{ binding: 0, resource: { buffer: storage } }],
    });

    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, bindGroup);
    pass.dispatchWorkgroups(Math.ceil(n / 64));
    pass.end();
    encoder.copyBufferToBuffer(storage, 0, staging, 0, 4 * n);
    device.queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ);
    const values = [...new Uint32Array(staging.getMappedRange())];

    expect(values).toEqual(Array.from({ length: n }, (_, i) => i * i));
    storage.destroy();
    staging.destroy();
  });
});
