/**
 * Firefox looks at its GPU only every 100 ms unless something is submitted (bugzilla.mozilla.org/show_bug.cgi?id=1870699),
 * so every wait for finished work takes up to 100 ms, however short the work was. An empty submit makes it look at once.
 */
const POLLS_SLOWLY = /\bFirefox\//;

/** Milliseconds between two looks. Browsers make it 4 after a few in a row, which is short enough. */
const NUDGE_MS = 1;

/** Waits under way on a device that needs nudging. */
const waits = new WeakMap<GPUDevice, { pending: number }>();

let nudging: boolean | undefined;

/** Whether waits submit nothing while they wait (false), or what makes Firefox look (true). For measurements only. */
export function setNudging(on: boolean | undefined): void {
  nudging = on;
}

function needsNudging(): boolean {
  nudging ??= POLLS_SLOWLY.test((globalThis.navigator as Navigator | undefined)?.userAgent ?? "");
  return nudging;
}

/**
 * Waits for something the GPU will finish: submitted work, a buffer to be mapped. Every such wait in src/ goes through
 * here, so that an implementation that needs more than patience is helped in one place.
 */
export async function waitFor<T>(device: GPUDevice, promise: Promise<T>): Promise<T> {
  if (!needsNudging()) return promise;
  let wait = waits.get(device);
  if (!wait) {
    wait = { pending: 0 };
    waits.set(device, wait);
  }
  if (wait.pending++ === 0) nudge(device, wait);
  try {
    return await promise;
  } finally {
    wait.pending--;
  }
}

/** One chain of timers per device, however many waits there are; it ends with the last of them. */
function nudge(device: GPUDevice, wait: { readonly pending: number }): void {
  setTimeout(() => {
    if (wait.pending === 0) return;
    device.queue.submit([]);
    nudge(device, wait);
  }, NUDGE_MS);
}
