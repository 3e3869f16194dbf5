import { describe, expect, it, vi } from "vitest";
import {
  DeviceError,
  type Learner,
  type LearnerOptions,
  loadModel,
  TabularData,
  tabularLearner,
} from "../../src/index.ts";
import { expectClose } from "../support/close.ts";
import { describeLearner } from "../support/learner_suite.ts";
import { inputs, smallTable } from "../support/small_table.ts";

/** A stand-in for WebGPU that fails the test if anything asks it for an adapter. */
const forbidden = {
  requestAdapter: () => {
    throw new Error("WebGPU was asked for an adapter");
  },
} as unknown as GPU;

describeLearner("a learner on the CPU", () => ({ backend: "cpu", gpu: forbidden }));

const table = smallTable();
const regression = TabularData.from(table, { ...inputs, target: "y", logTarget: true });
const rows = table.take(Uint32Array.from({ length: 130 }, (_, i) => i)).toRecords();
const make = (options: LearnerOptions = {}) =>
  tabularLearner(regression, { layers: [16, 8], bs: 50, ps: 0.1, embDrop: 0.1, backend: "cpu", ...options });
const values = async ({ model }: Pick<Learner, "model">) =>
  (await model.predict(rows)).map((p) => (p as { prediction: number }).prediction);

describe("where a learner trains", () => {
  it("is WebGPU unless told otherwise; where there is none the error names the CPU", async () => {
    const made = tabularLearner(regression);
    await expect(made).rejects.toBeInstanceOf(DeviceError);
    await expect(made).rejects.toThrow(/No WebGPU here: .* run on the CPU: \{ backend: "cpu" \}/);
  });

  it('is the CPU by "auto" where there is no WebGPU, and everyone is told', async () => {
    const reasons: string[] = [];
    const learner = await make({ backend: "auto", onFallback: (reason) => reasons.push(reason) });
    expect([learner.backend, learner.model.backend]).toEqual(["cpu", "cpu"]);
    expect(reasons).toEqual([expect.stringMatching(/^No WebGPU here: /)]);
    expect(learner.adapterLine).toBe("CPU · f32 values, f64 sums (software: no GPU is used)");
    expect(learner.model.description).toBe(learner.adapterLine);
    learner.dispose();
  });

  it("does not become the CPU by a fault that is no missing device", async () => {
    const learner = make({ backend: "auto", gpu: forbidden, onFallback: () => expect.fail("fell back") });
    await expect(learner).rejects.toThrow("WebGPU was asked for an adapter");
  });
});

describe("training on the CPU", () => {
  it("gives the same bits for the same seed, others for another", async () => {
    const train = async (seed: number) => {
      const learner = await make({ seed });
      await learner.fitOneCycle(2, 0.02);
      const predictions = await values(learner);
      const [row] = learner.history.slice(-1);
      learner.dispose();
      return { predictions, trainLoss: row.trainLoss, validLoss: row.validLoss };
    };
    const first = await train(3);
    expect(await train(3)).toEqual(first);
    expect((await train(4)).predictions).not.toEqual(first.predictions);
  });

  it("writes a file whose model predicts as the learner does", async () => {
    const learner = await make({ yRange: [0, 4] });
    await learner.fitOneCycle(2, 0.02);
    const loaded = await loadModel(await learner.save());
    expect(loaded.backend).toBe("cpu");
    expect(loaded.training?.epochs).toBe(2);
    expectClose(await values({ model: loaded }), await values(learner), (v) => 1e-5 * Math.abs(v), "file");
    learner.dispose();
  });

  it("lets other code run, and ends soon after an abort however short its epochs are", async () => {
    const learner = await make();
    const controller = new AbortController();
    const reason = new Error("enough");
    const timer = setTimeout(() => controller.abort(reason), 0); // heard only if the fit pauses
    await expect(learner.fit(5000, 1e-3, { signal: controller.signal })).rejects.toBe(reason);
    clearTimeout(timer);
    const epochs = learner.history.length;
    await learner.fit(1, 1e-3);
    expect(learner.history.length).toBe(epochs + 1);
    for (const value of await values(learner)) expect(value).toBeGreaterThan(0);
    learner.dispose();
  });

  it("trains every epoch where the clock shows no time that an epoch takes", async () => {
    const learner = await make();
    const clock = vi.spyOn(performance, "now").mockReturnValue(0);
    try {
      await learner.fit(7, 1e-3);
    } finally {
      clock.mockRestore();
    }
    expect(learner.history.map(({ epoch }) => epoch)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    for (const { trainLoss } of learner.history) expect(trainLoss).toBeGreaterThan(0);
    learner.dispose();
  });

  it("does not start with a signal that was aborted before", async () => {
    const learner = await make();
    const before = await learner.save();
    await expect(learner.fit(1, 1e-3, { signal: AbortSignal.abort(new Error("no")) })).rejects.toThrow("no");
    expect(await learner.save()).toEqual(before);
    learner.dispose();
  });

  it("is refused once the learner was disposed", async () => {
    const learner = await make();
    learner.dispose();
    await expect(learner.fit(1)).rejects.toThrow("was disposed");
  });
});
