import { beforeAll, describe, expect, it } from "vitest";
import { loadModel, TabularData, tabularLearner } from "../../src/index.ts";
import { expectClose } from "../support/close.ts";
import { sharedDevice } from "../support/gpu.ts";
import { describeLearner } from "../support/learner_suite.ts";
import { inputs, smallTable } from "../support/small_table.ts";
import { wrap } from "../support/wrap.ts";

describeLearner("a learner on WebGPU", async () => ({ device: await sharedDevice() }));

describe("a learner on WebGPU and its twin on the CPU", () => {
  const table = smallTable();
  const regression = TabularData.from(table, { ...inputs, target: "y", logTarget: true });
  let device: GPUDevice;
  beforeAll(async () => {
    device = await sharedDevice();
  });
  const losses = async (backend: "webgpu" | "cpu") => {
    const options = { layers: [16, 8], ps: [0.1, 0.3], embDrop: 0.2, bs: 50, device, backend };
    const learner = await tabularLearner(regression, options);
    expect([learner.backend, learner.model.backend]).toEqual([backend, backend]);
    const found: number[] = [];
    const callbacks = [{ onStepEnd: ({ loss }: { loss: number }) => void found.push(loss) }];
    await learner.fitOneCycle(3, 0.01, { callbacks });
    const { loss } = await learner.validate();
    learner.dispose();
    return [...found, loss];
  };

  it("have the same losses, dropout and all", async () => {
    const [onGpu, onCpu] = [await losses("webgpu"), await losses("cpu")];
    expect(onCpu.length).toBe(3 * 14 + 1);
    expectClose(onGpu, onCpu, (loss) => 1e-4 * loss, "losses of 42 steps, and of validation");
  });

  it("profiles by the GPU's own clock where the device has one, else from submit to done", async () => {
    const clocks = async (features: Set<string>) => {
      let queries = 0;
      const counting = wrap(device, {
        createQuerySet: (original) => (descriptor: GPUQuerySetDescriptor) => {
          queries++;
          return original(descriptor as never);
        },
      });
      const where = new Proxy(counting, {
        get: (_, name) => (name === "features" ? features : Reflect.get(counting, name)),
      });
      const learner = await tabularLearner(regression, { layers: [16], bs: 50, device: where });
      const { ms } = await learner.profile({ steps: 2 });
      expect(ms).toBeGreaterThanOrEqual(0);
      learner.dispose();
      return queries;
    };
    expect(await clocks(new Set())).toBe(0);
    const has = device.features.has("timestamp-query");
    expect((await clocks(new Set(device.features))) > 0).toBe(has);
  });

  it("gives the same predictions in the page, from its file on WebGPU, and from its file on the CPU", async () => {
    const learner = await tabularLearner(regression, { layers: [16, 8], bs: 50, device, yRange: [0, 4] });
    await learner.fit(2, 0.01);
    const rows = table.take(Uint32Array.from({ length: 130 }, (_, i) => i)).toRecords();
    const here = await learner.model.predict(rows);
    const bytes = await learner.save();
    const onGpu = await loadModel(bytes, { backend: "webgpu", device });
    const onCpu = await loadModel(bytes, { backend: "cpu" });
    expect([onGpu.backend, onCpu.backend]).toEqual(["webgpu", "cpu"]);
    const values = (predictions: unknown[]) =>
      predictions.map((p) => (p as { prediction: number }).prediction);
    expect(values(await onGpu.predict(rows))).toEqual(values(here));
    expectClose(values(await onCpu.predict(rows)), values(here), (e) => 1e-4 * Math.abs(e), "CPU");
    const alone = await onGpu.predict([rows[101]]);
    expectClose(values(alone), [values(here)[101]], (e) => 1e-6 * Math.abs(e), "a row alone");
    onGpu.dispose();
    learner.dispose();
  });
});
