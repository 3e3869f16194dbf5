/** Running one kernel by hand and timing it. */

/** Milliseconds of one run of what `encode` encodes: so many in a submit that it takes about `slice`; best of three. */
export async function timeOnGpu(
  device: GPUDevice,
  slice: number,
  encode: (encoder: GPUCommandEncoder, times: number) => void,
): Promise<number> {
  const run = async (times: number) => {
    const encoder = device.createCommandEncoder();
    encode(encoder, times);
    const commands = encoder.finish();
    const start = performance.now();
    device.queue.submit([commands]);
    await device.queue.onSubmittedWorkDone();
    return performance.now() - start;
  };
  await run(1);
  const once = await run(1);
  const times = Math.max(1, Math.min(500, Math.round(slice / once)));
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 3; i++) best = Math.min(best, (await run(times)) / times);
  return best;
}

export function pipelineOf(device: GPUDevice, code: string): GPUComputePipeline {
  const module = device.createShaderModule({ code });
  return device.createComputePipeline({ layout: "auto", compute: { module } });
}

export function bindGroupOf(
  device: GPUDevice,
  pipeline: GPUComputePipeline,
  buffers: readonly GPUBuffer[],
): GPUBindGroup {
  const entries = buffers.map((buffer, binding) => ({ binding, resource: { buffer } }));
  return device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
}
