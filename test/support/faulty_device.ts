import { wrap } from "./wrap.ts";

/**
 * A device whose shaders are not the ones it is given: `edit` changes a kernel's WGSL before it is compiled, as a broken
 * driver would change what it computes. Everything else goes to the real device.
 */
export function faultyDevice(real: GPUDevice, edit: (kernel: string, code: string) => string): GPUDevice {
  return wrap(real, {
    createShaderModule: (original) => (descriptor: GPUShaderModuleDescriptor) =>
      original({ ...descriptor, code: edit(descriptor.label ?? "", descriptor.code) } as never),
  });
}
