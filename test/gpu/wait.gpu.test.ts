import { describe, expect, it } from "vitest";
import { setNudging, waitFor } from "../../src/gpu/wait.ts";
import { countingDevice } from "../support/counting_device.ts";
import { sharedDevice } from "../support/gpu.ts";

/** Waits `count` times for work on a device that counts, one wait after the other. */
async function emptySubmits(count: number): Promise<number> {
  const { device, counts } = countingDevice(await sharedDevice());
  for (let i = 0; i < count; i++) {
    device.queue.writeBuffer(buffer(device), 0, new Float32Array(4));
    await waitFor(device, device.queue.onSubmittedWorkDone());
  }
  return counts.emptySubmit;
}

const buffer = (device: GPUDevice) => device.createBuffer({ size: 16, usage: GPUBufferUsage.COPY_DST });

describe("waitFor", () => {
  const isFirefox = navigator.userAgent.includes("Firefox/");

  it(`submits nothing while it waits, except in Firefox (this is ${isFirefox ? "" : "not "}Firefox)`, async () => {
    const submits = await emptySubmits(5);
    if (isFirefox) expect(submits).toBeGreaterThan(0);
    else expect(submits).toBe(0);
  });

  it("can be told to, and told not to", async () => {
    try {
      setNudging(false);
      expect(await emptySubmits(3)).toBe(0);
      setNudging(true);
      const device = await sharedDevice();
      const counting = countingDevice(device);
      let done = () => {};
      const work = new Promise<void>((resolve) => {
        done = resolve;
      });
      // Two waits at once share one chain of submits, which ends with the last of them.
      const waits = [waitFor(counting.device, work), waitFor(counting.device, work)];
      while (counting.counts.emptySubmit < 3) await new Promise((resolve) => setTimeout(resolve, 1));
      done();
      await Promise.all(waits);
      const submits = counting.counts.emptySubmit;
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(counting.counts.emptySubmit).toBeLessThanOrEqual(submits + 1);
    } finally {
      setNudging(undefined);
    }
  });

  it("passes on what the work comes to, a failure too", async () => {
    const device = await sharedDevice();
    expect(await waitFor(device, Promise.resolve(7))).toBe(7);
    await expect(waitFor(device, Promise.reject(new RangeError("lost")))).rejects.toThrow(
      new RangeError("lost"),
    );
  });
});
