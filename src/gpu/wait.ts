/**
 * Waits for something the GPU will finish: submitted work, a buffer to be mapped. Every such wait in src/ goes through
 * here, so that an implementation that needs more than patience is helped in one place.
 */
export function waitFor<T>(_device: GPUDevice, promise: Promise<T>): Promise<T> {
  return promise;
}
