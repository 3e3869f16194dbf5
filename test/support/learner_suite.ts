import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  accuracy,
  batchAveraged,
  DataError,
  type EpochRow,
  earlyStopping,
  expRmspe,
  type Learner,
  type LearnerOptions,
  loadModel,
  OptionError,
  type Progress,
  r2Score,
  rmse,
  saveBestModel,
  TabularData,
  tabularLearner,
} from "../../src/index.ts";
import { loadModelFile } from "../../src/io/model_file.ts";
import { expectClose } from "./close.ts";
import { inputs, smallTable } from "./small_table.ts";

const table = smallTable();

/** What a learner promises wherever it trains. @param backend where: options that every learner here is made with */
export function describeLearner(name: string, backend: () => LearnerOptions | Promise<LearnerOptions>): void {
  describe(name, () => {
    let where: LearnerOptions;
    const learners: Learner[] = [];
    const regression = TabularData.from(table, { ...inputs, target: "y", logTarget: true });
    const make = async (data: TabularData, options: LearnerOptions = {}) => {
      const learner = await tabularLearner(data, { layers: [16, 8], bs: 50, ...where, ...options });
      learners.push(learner);
      return learner;
    };
    beforeAll(async () => {
      where = await backend();
    });
    afterAll(() => {
      for (const learner of learners) learner.dispose();
    });

    it("learns a regression, reports every epoch and far more often", async () => {
      const learner = await make(regression, {
        metrics: [rmse, expRmspe, batchAveraged(rmse, 64)],
        ps: 0.01,
        embDrop: 0.02,
      });
      const rows: EpochRow[] = [];
      const progress: Progress[] = [];
      await learner.fitOneCycle(6, 0.02, {
        wd: 0.05,
        onEpoch: (r) => rows.push(r),
        onProgress: (p) => progress.push(p),
      });
      expect(rows.map((r) => r.epoch)).toEqual([0, 1, 2, 3, 4, 5]);
      expect(rows[5].validLoss).toBeLessThan(0.02);
      expect(rows[5].validLoss).toBeLessThan(rows[0].validLoss! / 4);
      expectClose([rows[5].metrics.rmse ** 2], [rows[5].validLoss!], 1e-12, "rmse² is the loss");
      expect(rows[5].metrics.rmse_bs64).toBeLessThanOrEqual(rows[5].metrics.rmse);
      expect(learner.history).toEqual(rows);
      const last = progress.at(-1)!;
      expect([last.phase, last.epoch, last.step]).toEqual(["valid", 5, last.steps]);
      expect(progress.every((p) => p.epochs === 6)).toBe(true);
      expect(progress.filter((p) => p.phase === "train" && p.step === 14).length).toBe(6);
    });

    it("validates as the epoch did, in the target's encoding", async () => {
      const learner = await make(regression, { metrics: [r2Score] });
      await learner.fitOneCycle(3, 0.02);
      const { loss, metrics, predictions, targets } = await learner.validate();
      expect(loss).toBe(learner.history[2].validLoss);
      expect(metrics).toEqual(learner.history[2].metrics);
      expect([predictions.length, targets.length]).toEqual([200, 200]);
    });

    it("learns classes and several labels", async () => {
      const classes = TabularData.from(table, { ...inputs, target: "big" });
      const classifier = await make(classes, { metrics: [accuracy] });
      await classifier.fitOneCycle(6, 0.02);
      expect(classifier.history[5].metrics.accuracy).toBeGreaterThan(0.9);

      const labels = TabularData.from(table, { ...inputs, target: ["many", "weekend"], task: "multilabel" });
      const tagger = await make(labels);
      await tagger.fitOneCycle(6, 0.02);
      expect(tagger.history[5].validLoss).toBeLessThan(0.2);
    });

    it("finds a learning rate and leaves the weights alone", async () => {
      const learner = await make(regression);
      const before = await learner.save();
      const found = await learner.lrFind({ numIt: 60 });
      expect(found.lrs.length).toBe(found.losses.length);
      expect(found.lrs.length).toBeGreaterThan(30);
      expect(found.valley).toBeGreaterThan(1e-5);
      expect(found.valley).toBeLessThan(1);
      expect(Array.from(await learner.save())).toEqual(Array.from(before));
    });

    it("predicts with the weights as they are now: trained on, tried out and put back", async () => {
      const learner = await make(regression);
      const predict = async () => {
        const { raw } = await learner.model.predictTable(table);
        const saved = await loadModel(await learner.save(), { backend: "cpu" });
        expectClose(raw, (await saved.predictTable(table)).raw, 1e-5, "the model that is saved");
        saved.dispose();
        return [...raw];
      };
      const untrained = await predict();
      await learner.fit(1, 0.01);
      const trained = await predict();
      expect(trained).not.toEqual(untrained);
      await learner.lrFind({ numIt: 20 });
      expect(await predict()).toEqual(trained);
      await learner.fit(1, 0.01);
      expect(await predict()).not.toEqual(trained);
    });

    it("profiles a step, dispatch by dispatch, and leaves everything as it was", async () => {
      const options = { ps: [0.1, 0.3], embDrop: 0.2, seed: 3 };
      const weights = async (learner: Learner) => loadModelFile(await learner.save()).tensors;
      const training = async (learner: Learner, between: () => Promise<unknown>) => {
        const steps: [number, number][] = [];
        const callbacks = [
          { onStepEnd: (e: { step: number; loss: number }) => void steps.push([e.step, e.loss]) },
        ];
        await learner.fit(1, 0.01, { callbacks });
        const before = await weights(learner);
        await between();
        expect(await weights(learner)).toEqual(before);
        await learner.fit(1, 0.01, { callbacks });
        return { steps, weights: await weights(learner) };
      };
      const learner = await make(regression, options);
      const found = await training(learner, async () => {
        const profile = await learner.profile({ steps: 3 });
        expect(profile.steps).toBe(3);
        expect(profile.adapter).toBe(learner.adapterLine);
        const described = learner.describe().split("\n").slice(1);
        expect(profile.dispatches.map((d) => d.kernel)).toEqual(
          profile.dispatches.map(({ kernel }, i) =>
            described[i].includes(` ${kernel} `) ? kernel : described[i],
          ),
        );
        expect(profile.dispatches.length).toBe(described.length);
        for (const { ms, kernel } of profile.dispatches) {
          expect(Number.isFinite(ms) && ms >= 0, `${kernel}: ${ms} ms`).toBe(true);
        }
        const sum = profile.dispatches.reduce((total, { ms }) => total + ms, 0);
        expectClose([profile.ms], [sum], 1e-9, "milliseconds of all dispatches");
        // Every Linear three times: forward, and back to its weight and to its input.
        const { embeddingSizes, continuous, layers, outputs } = learner.model.config;
        const widths = [embeddingSizes.reduce((n, [, d]) => n + d, continuous), ...layers, outputs];
        const products = layers
          .map((n, i) => 2 * 50 * widths[i] * n)
          .concat(2 * 50 * widths.at(-2)! * outputs);
        const flopsOf = (pattern: RegExp) =>
          profile.dispatches.filter((d) => pattern.test(d.kernel)).map((d) => d.flops);
        const sorted = (values: number[]) => values.toSorted((a, b) => a - b);
        expect(sorted(flopsOf(/^lin_bn_drop_forward|^linear_forward/))).toEqual(sorted(products));
        expect(sorted(flopsOf(/^linear_backward_weight/))).toEqual(sorted(products));
        expect(sorted(flopsOf(/^(?:lin_bn_drop|input)_backward/))).toEqual(sorted(products));
        for (const { bytes, kernel } of profile.dispatches) expect(bytes, kernel).toBeGreaterThanOrEqual(0);
        expect(String(profile).split("\n").length).toBe(described.length + 3);
      });
      expect(found).toEqual(await training(await make(regression, options), async () => {}));
      for (const steps of [0, -1, 1.5, Number.NaN]) {
        expect(() => learner.profile({ steps })).toThrow(
          new OptionError(`steps is ${steps}; it must be a positive whole number.`),
        );
      }
      const running = learner.fit(1);
      await expect(learner.profile()).rejects.toThrow("profile: this learner is busy");
      await running;
    });

    it("follows recipe v1 in layout, decay and schedule", async () => {
      const data = TabularData.from(table, { ...inputs, target: "y", logTarget: true, recipe: "v1" });
      const learner = await make(data);
      expect(String(learner.model)).toContain("(0): Linear(in_features=");
      await learner.fitOneCycle(3, 0.02);
      expect(learner.history[2].validLoss).toBeLessThan(learner.history[0].validLoss!);
    });

    it("calls back at the edges of steps and epochs, and stops where a callback says so", async () => {
      const learner = await make(regression);
      const steps: number[] = [];
      const events: string[] = [];
      await learner.fit(5, 1e-3, {
        callbacks: [
          {
            onFitBegin: ({ epochs, steps }) => void events.push(`begin ${epochs} ${steps}`),
            onStepEnd: ({ step }) => void steps.push(step),
            onEpochEnd: ({ epoch }) => {
              events.push(`epoch ${epoch}`);
              return epoch === 1 ? "stop" : undefined;
            },
            onFitEnd: () => void events.push("end"),
          },
        ],
      });
      expect(events).toEqual(["begin 5 70", "epoch 0", "epoch 1", "end"]);
      expect(steps).toEqual(Array.from({ length: 28 }, (_, i) => i));
    });

    it("stops early, and puts the best weights back", async () => {
      const learner = await make(regression);
      await learner.fitOneCycle(3, 0.02);
      const best = await learner.validate();
      // A rate this high spoils the model from the first epoch on.
      await learner.fit(40, 0.5, { wd: 0, callbacks: [saveBestModel(), earlyStopping()] });
      const { history } = learner;
      expect(history.length).toBeLessThan(43);
      const after = await learner.validate();
      expect(after.loss).toBe(Math.min(...history.slice(3).map((r) => r.validLoss!)));
      expect(after.loss).not.toBe(best.loss);
    });

    it("ends at an abort, keeps what it learned and can go on", async () => {
      const learner = await make(regression);
      const controller = new AbortController();
      const reason = new Error("enough");
      const fit = learner.fit(100, 1e-3, {
        signal: controller.signal,
        onEpoch: () => controller.abort(reason),
      });
      await expect(fit).rejects.toBe(reason);
      expect(learner.history.length).toBe(1);
      await learner.fit(1, 1e-3);
      expect(learner.history.length).toBe(2);
    });

    it("waits while it is paused, tells the losses so far, and trains as if it had not", async () => {
      const train = async (pauses: boolean) => {
        const learner = await make(regression);
        const losses: number[] = [];
        let asked = 0;
        let told = -1;
        let waiting = 0;
        const started = performance.now();
        await learner.fitOneCycle(2, 0.01, {
          callbacks: [{ onStepEnd: ({ loss }) => void losses.push(loss) }],
          pause: () => {
            if (!pauses || asked++ > 0) return null;
            const since = performance.now();
            return new Promise((resume) =>
              setTimeout(() => {
                told = losses.length;
                waiting = performance.now() - since;
                resume();
              }, 400),
            );
          },
        });
        const all = performance.now() - started;
        const seconds = learner.history.reduce((sum, row) => sum + row.seconds, 0);
        return { learner, losses, told, waiting, outside: all - 1000 * seconds };
      };
      const [paused, straight] = [await train(true), await train(false)];
      expect(paused.told).toBeGreaterThan(0);
      expect(paused.told).toBeLessThan(28);
      expect(paused.losses).toEqual(straight.losses);
      expect(await paused.learner.validate()).toEqual(await straight.learner.validate());
      // The epochs' own seconds leave the wait out; a millisecond is the clock's.
      expect(paused.waiting).toBeGreaterThan(390);
      expect(paused.outside).toBeGreaterThan(paused.waiting - 1);
    });

    it("ends at an abort also while it is paused, and at what a pause throws", async () => {
      const learner = await make(regression);
      const controller = new AbortController();
      const reason = new Error("enough");
      const pause = () => {
        controller.abort(reason);
        return new Promise<void>(() => {});
      };
      await expect(learner.fit(1, 1e-3, { signal: controller.signal, pause })).rejects.toBe(reason);
      const broken = () => Promise.reject(new Error("no button"));
      await expect(learner.fit(1, 1e-3, { pause: broken })).rejects.toThrow("no button");
      await learner.fit(1, 1e-3);
      expect(learner.history.length).toBe(1);
    });

    it("says so when training diverges", async () => {
      const learner = await make(regression, { useBn: false });
      await expect(learner.fit(3, 1e18)).rejects.toThrow(
        /Training diverged: the loss of step \d+ .* Use a lower learning rate/,
      );
      await expect(learner.fit(3, 1e18)).rejects.toBeInstanceOf(DataError);
    });

    it("can be disposed twice, and its model with it", async () => {
      const learner = await tabularLearner(regression, { layers: [4], bs: 50, ...where });
      await learner.model.predict([{ town: "Bonn", weekday: 1, warm: 3 }]);
      learner.dispose();
      learner.dispose();
      await expect(learner.model.predict([{ town: "Bonn", weekday: 1, warm: 3 }])).rejects.toThrow(
        "was disposed",
      );
      await expect(learner.fit(1)).rejects.toThrow("fit: this learner was disposed; make another.");
      await expect(learner.profile()).rejects.toThrow("was disposed");
    });

    it("refuses what cannot be trained", async () => {
      const message = (promise: Promise<unknown>) =>
        promise.then(
          () => "accepted",
          (e: Error) => `${e.name}: ${e.message}`,
        );
      const misspelt = { yrange: [0, 1] } as object;
      expect(await message(make(regression, misspelt))).toMatch(
        /^OptionError: There is no option "yrange"\. The options are layers, ps, embDrop, yRange, /,
      );
      const word = ["exp_rmspe"] as unknown as [];
      expect(await message(make(regression, { metrics: word }))).toBe(
        'OptionError: metrics holds "exp_rmspe"; give metrics themselves, as in { metrics: [expRmspe] }.',
      );
      expect(await message(make(regression, { metrics: {} as [] }))).toBe(
        "OptionError: metrics must be a list, as in { metrics: [expRmspe] }.",
      );
      expect(await message(make(regression, { bs: 1 }))).toBe(
        "OptionError: bs is 1, but BatchNorm needs at least 2 rows in a training batch to have a variance.",
      );
      expect(await message(make(regression, { bs: 701 }))).toBe(
        "OptionError: bs is 701, but there are only 700 training rows, so not one whole batch. Use bs 700 or less.",
      );
      expect(await message(make(regression, { metrics: [accuracy] }))).toContain(
        "The metric accuracy is for",
      );
      const learner = await make(regression);
      expect(await message(learner.fitOneCycle(0))).toBe(
        "OptionError: epochs is 0; it must be a positive whole number.",
      );
      expect(await message(learner.fit(1, 1e-3, { wd: -1 }))).toBe(
        "OptionError: wd is -1; weight decay must not be negative.",
      );
      const running = learner.fit(1);
      expect(await message(learner.fit(1))).toBe(
        "OptionError: fit: this learner is busy. Await the fit or lrFind under way first.",
      );
      await running;
      const unsplit = await make(TabularData.from(table, { ...inputs, valid: "none", target: "y" }));
      expect(() => unsplit.validate()).toThrow(OptionError);
    });
  });
}
