import { describe, expect, it } from "vitest";
import { kernelChecks } from "../../src/doctor/checks/index.ts";
import { type DiagnoseProgress, type Diagnosis, diagnose, report } from "../../src/doctor/index.ts";
import { sharedDevice } from "../support/gpu.ts";
import { type Method, wrap } from "../support/wrap.ts";

const SMALL = ["mse", "adam_step"];

/** A device that knows which of its buffers are not destroyed yet. */
function bufferWatch(real: GPUDevice) {
  const alive = new Set<GPUBuffer>();
  let made = 0;
  const device = wrap(real, {
    createBuffer: (original: Method) => (descriptor) => {
      const buffer = original(descriptor) as GPUBuffer;
      alive.add(buffer);
      made++;
      const destroy = buffer.destroy.bind(buffer);
      buffer.destroy = () => {
        alive.delete(buffer);
        destroy();
      };
      return buffer;
    },
  });
  return { device, alive, made: () => made };
}

/** A device that says it was lost when `lose` is called, and on which nothing finishes from then on. */
function losableDevice(real: GPUDevice) {
  let lose: () => void = () => {};
  const lost = new Promise<GPUDeviceLostInfo>((resolve) => {
    lose = () => resolve({ reason: "unknown", message: "the test pulled the plug" } as GPUDeviceLostInfo);
  });
  const methods = wrap(real, {});
  const device = new Proxy(methods, {
    get: (_, name) => (name === "lost" ? lost : Reflect.get(methods, name)),
  });
  return { device, lose };
}

describe("diagnose", () => {
  it("finds every kernel and the training right on a device that is", async () => {
    const { device, alive, made } = bufferWatch(await sharedDevice());
    const progress: DiagnoseProgress[] = [];
    const diagnosis = await diagnose(device, { onProgress: (p) => progress.push(p) });
    expect(diagnosis.passed, report(diagnosis)).toBe(true);

    expect(diagnosis.kernels.map((row) => row.kernel)).toEqual(kernelChecks.map((check) => check.kernel));
    diagnosis.kernels.forEach(({ cases, errorOverBound, passed, failure }, i) => {
      expect({ cases, passed, failure }).toEqual({
        cases: kernelChecks[i].cases.length,
        passed: true,
        failure: null,
      });
      expect(errorOverBound).toBeLessThanOrEqual(1);
      expect(errorOverBound, diagnosis.kernels[i].kernel).toBeGreaterThan(0); // all round
    });
    expect(diagnosis.training).toMatchObject({ passed: true, steps: 30, failure: null });
    expect(diagnosis.training?.errorOverBound).toBeLessThanOrEqual(1);
    expect(diagnosis.adapter.vendor).toBe((await sharedDevice()).adapterInfo.vendor);

    const total = diagnosis.kernels.reduce((sum, row) => sum + row.cases, 1);
    expect(progress.map((p) => p.done)).toEqual(Array.from({ length: total }, (_, i) => i));
    expect(new Set(progress.map((p) => p.total))).toEqual(new Set([total]));
    expect(progress.at(-1)?.doing).toBe("training");

    expect(made()).toBeGreaterThan(100);
    expect([...alive].map((buffer) => buffer.label)).toEqual([]);
    expect(JSON.parse(JSON.stringify(diagnosis))).toEqual(diagnosis);
  });

  it("checks only the kernels it is asked for, in their own order, and refuses one that is not there", async () => {
    const device = await sharedDevice();
    const { kernels, training, passed } = await diagnose(device, { kernels: ["adam_step", "mse"] });
    expect(kernels.map((row) => row.kernel)).toEqual(SMALL);
    expect(training).toBeNull();
    expect(passed).toBe(true);
    await expect(diagnose(device, { kernels: ["softmax"] })).rejects.toThrow(
      /^kernels: there is no kernel "softmax"; there are input_forward, /,
    );
  });

  it("stops where its signal says, with the signal's reason, and leaves nothing behind", async () => {
    const { device, alive } = bufferWatch(await sharedDevice());
    const controller = new AbortController();
    const seen: string[] = [];
    const onProgress = ({ doing }: DiagnoseProgress) => {
      seen.push(doing);
      if (doing === "adam_step") controller.abort(new Error("enough"));
    };
    const running = diagnose(device, { kernels: SMALL, onProgress, signal: controller.signal });
    await expect(running).rejects.toThrow("enough");
    expect(seen.filter((doing) => doing === "adam_step").length).toBe(1);
    expect(alive.size).toBe(0);
  });

  it("reports a device that is lost on the way, and what was not run after it", async () => {
    const { device, lose } = losableDevice(await sharedDevice());
    const onProgress = ({ doing }: DiagnoseProgress) => {
      if (doing === "cross_entropy") lose();
    };
    const kernels = ["mse", "cross_entropy", "adam_step"];
    const diagnosis = await diagnose(device, { kernels, onProgress });
    expect(diagnosis.kernels.map(({ passed, cases }) => ({ passed, ran: cases > 0 }))).toEqual([
      { passed: true, ran: true },
      { passed: false, ran: false },
      { passed: false, ran: false },
    ]);
    expect(diagnosis.kernels[1].failure).toMatch(/^The GPU device was lost: the test pulled the plug\./);
    expect(diagnosis.kernels[2].failure).toBe("not run: the GPU device was lost");
    expect(diagnosis.passed).toBe(false);
  });

  it("works in a worker", async () => {
    const worker = new Worker(new URL("./diagnose_worker.ts", import.meta.url), { type: "module" });
    try {
      const diagnosis = await new Promise<Diagnosis>((resolve, reject) => {
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = (event) => reject(new Error(event.message));
        worker.postMessage(SMALL);
      });
      expect(diagnosis.passed, report(diagnosis)).toBe(true);
      expect(diagnosis.kernels.map((row) => row.kernel)).toEqual(SMALL);
    } finally {
      worker.terminate();
    }
  });
});
