// What runs in the page: plain JavaScript on navigator.gpu. Your application can import the same file.

/**
 * Softmax of each row, on the GPU.
 * @param {{ x: Float32Array<ArrayBuffer>, columns: number }} argument rows one after the other
 * @returns {Promise<Float32Array>} as long as x
 */
export async function softmax({ x, columns }) {
  if (x.length === 0) return new Float32Array(0); // WebGPU binds no empty buffer
  const adapter = await navigator.gpu.requestAdapter();
  const device = await adapter.requestDevice();
  try {
    const response = await fetch(new URL("softmax.wgsl", import.meta.url));
    const module = device.createShaderModule({ label: "softmax", code: await response.text() });
    const pipeline = device.createComputePipeline({ layout: "auto", compute: { module } });

    const { STORAGE, UNIFORM, COPY_SRC, COPY_DST, MAP_READ } = GPUBufferUsage;
    const size = x.byteLength;
    const input = device.createBuffer({ size, usage: STORAGE | COPY_DST });
    const output = device.createBuffer({ size, usage: STORAGE | COPY_SRC | COPY_DST });
    const length = device.createBuffer({ size: 4, usage: UNIFORM | COPY_DST });
    const staging = device.createBuffer({ size, usage: MAP_READ | COPY_DST });
    device.queue.writeBuffer(input, 0, x);
    device.queue.writeBuffer(length, 0, Uint32Array.of(columns));
    // A value that is never written must not pass for a result.
    device.queue.writeBuffer(output, 0, new Float32Array(x.length).fill(Number.NaN));

    const buffers = [input, output, length];
    const bindGroup = device.createBindGroup({
      layout: pipeline.getBindGroupLayout(0),
      entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })),
    });
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, bindGroup);
    pass.dispatchWorkgroups(x.length / columns);
    pass.end();
    encoder.copyBufferToBuffer(output, 0, staging, 0, size);
    device.queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ);
    return new Float32Array(staging.getMappedRange().slice(0));
  } finally {
    device.destroy();
  }
}
