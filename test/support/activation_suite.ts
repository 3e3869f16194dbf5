import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  activationStats,
  type Callback,
  type Learner,
  type LearnerOptions,
  OptionError,
  TabularData,
  tabularLearner,
} from "../../src/index.ts";
import { loadModelFile } from "../../src/io/model_file.ts";
import type { TabularModelConfig } from "../../src/model/config.ts";
import type { Runtime } from "../../src/scheduler/runtime.ts";
import { activationsOf, type LayerActivations } from "../../src/train/activation_probe.ts";
import { summarise } from "../../src/train/activation_summary.ts";
import { Trainer } from "../../src/train/trainer.ts";
import { ACTIVATIONS } from "../golden/activations_fixture.ts";
import { MASK_FIXTURES, MODEL_FIXTURES, toNamedTensors } from "../golden/fixtures.ts";
import { expectClose } from "./close.ts";
import { listedConfig } from "./model_configs.ts";
import { plainActivations } from "./plain_activations.ts";
import { inputs, smallTable } from "./small_table.ts";
import { openTrainer, randomRows } from "./small_training.ts";

const names = (layers: readonly LayerActivations[]) => layers.map(({ name }) => name);

/** Awkward sizes, and every switch. */
const SHAPES: Record<string, Partial<TabularModelConfig>> = {
  "all of it, with dropout": { ps: [0.3, 0.2, 0.1], embDrop: 0.4 },
  "layout A, with BatchNorm at the end": { layout: "A", bnFinal: true, ps: [0.3, 0, 0.1] },
  "no BatchNorm in the blocks": { useBn: false },
  "no BatchNorm on continuous columns": { bnCont: false },
  "no BatchNorm at all": { useBn: false, bnCont: false },
  "no continuous columns": { continuous: 0 },
  "no categories": { embeddingSizes: [] },
  "several outputs": { outputs: 6 },
};

/** What looking at activations promises wherever a model trains. */
export function describeActivations(
  where: string,
  openRuntime: () => Runtime | Promise<Runtime>,
  learnerOptions: () => LearnerOptions | Promise<LearnerOptions>,
): void {
  describe(`activations ${where}`, () => {
    let runtime: Runtime;
    beforeAll(async () => {
      runtime = await openRuntime();
    });
    afterAll(() => runtime.dispose());

    for (const [name, expected] of Object.entries(ACTIVATIONS.cases)) {
      it(`are PyTorch's: ${name}`, async () => {
        const fixture = [...MODEL_FIXTURES, ...MASK_FIXTURES].find((f) => f.name === name)!;
        const { config, data, hyper, task } = fixture;
        const rows = {
          rows: data.rows,
          codes: Uint32Array.from(data.codes),
          continuous: Float32Array.from(data.continuous),
          targets: Float32Array.from(data.targets),
        };
        const options = {
          task,
          bs: data.batchSize,
          seed: 1,
          adamEps: hyper.eps,
          sqrMom: 0.99,
          decayAll: false,
        };
        const tensors = toNamedTensors(fixture.tensors);
        const none = new Uint32Array();
        const trainer = await Trainer.create(runtime, config, tensors, rows, data.rows, none, options);
        trainer.setOrder(Uint32Array.from({ length: data.rows }, (_, i) => i));
        const { bins, range, zero } = ACTIVATIONS;
        const layers = await activationsOf(trainer, 0, { bins, range, zero });
        trainer.dispose();
        expect(names(layers)).toEqual(Object.keys(expected));
        for (const layer of layers) {
          const wanted = expected[layer.name];
          const what = (of: string) => `${of} of ${layer.name}`;
          expect(layer.width).toBe(wanted.width);
          expectClose([layer.mean, layer.std], [wanted.mean, wanted.std], 1e-5, what("mean and std"));
          expectClose(layer.units.mean, wanted.unitMeans, 2e-5, what("means of units"));
          expectClose(layer.units.std, wanted.unitStds, 2e-5, what("std of units"));
          expectClose([layer.nearZero], [wanted.nearZero], 1e-9, what("share near zero"));
          const { counts, below, above } = layer.histogram;
          expect([...counts], what("histogram")).toEqual(wanted.counts);
          expect([below, above], what("what is outside")).toEqual([wanted.below, wanted.above]);
        }
      });
    }

    for (const [what, changes] of Object.entries(SHAPES)) {
      it(`are those of the plain operations: ${what}`, async () => {
        const config = listedConfig({ continuous: 3, layers: [33, 17, 5], ps: [0, 0, 0], ...changes });
        const table = randomRows(config, 101);
        const trainer = await openTrainer(runtime, config, table, { bs: 37 });
        await trainer.train(0, 2, () => ({ lr: 0.01, mom: 0.9, wd: 0.1 }));
        const tensors = await trainer.tensors();
        for (const rows of [37, 19, 2]) {
          const layers = await activationsOf(trainer, 0, { rows });
          const plain = plainActivations(config, tensors, table, rows);
          expect(names(layers)).toEqual(names(plain as unknown as LayerActivations[]));
          layers.forEach((layer, i) => {
            const { width, values } = plain[i];
            const { mean, std, units } = summarise(Float32Array.from(values), {
              rows,
              stride: width,
              first: 0,
              width,
            });
            const scale = 1 + Math.abs(mean) + std;
            const bound = (rows === 2 ? 2e-3 : 1e-4) * scale; // two rows that hardly differ have a tiny variance
            expect(layer.width).toBe(width);
            expectClose([layer.mean, layer.std], [mean, std], bound, `${layer.name}, ${rows} rows`);
            expectClose(layer.units.mean, units.mean, bound, `means of units, ${layer.name}, ${rows} rows`);
            const { counts, below, above } = layer.histogram;
            expect(counts.reduce((sum, n) => sum + n, below + above)).toBe(rows * width);
          });
        }
        expect(await trainer.tensors(), "weights and running statistics").toEqual(tensors);
        trainer.dispose();
      });
    }
  });

  describe(`a learner watched ${where}`, () => {
    const data = TabularData.from(smallTable(), { ...inputs, target: "y", logTarget: true });
    const learners: Learner[] = [];
    afterAll(() => {
      for (const learner of learners) learner.dispose();
    });
    const make = async (options: LearnerOptions = {}) => {
      const learner = await tabularLearner(data, {
        layers: [16, 8],
        bs: 50,
        ps: [0.1, 0.3],
        embDrop: 0.2,
        ...(await learnerOptions()),
        ...options,
      });
      learners.push(learner);
      return learner;
    };
    const trained = async (callbacks: Callback[]) => {
      const learner = await make();
      const losses: number[] = [];
      const record = { onStepEnd: ({ loss }: { loss: number }) => void losses.push(loss) };
      await learner.fitOneCycle(2, 0.02, { callbacks: [record, ...callbacks] });
      const history = learner.history.map(({ trainLoss, validLoss }) => [trainLoss, validLoss]);
      return { losses, history, weights: loadModelFile(await learner.save()).tensors };
    };

    it("has the same losses and weights, bit for bit", async () => {
      const stats = activationStats({ every: 6, bins: 20, range: [-4, 4] });
      const watched = await trained([stats]);
      const alone = await trained([]);
      expect(alone.losses).toHaveLength(28);
      expect(watched).toEqual(alone);

      expect(stats.looks.map(({ step }) => step)).toEqual([0, 6, 12, 18, 24, 28]);
      const found = [
        "bn_cont",
        "input",
        "layers.0.1",
        "layers.0.2",
        "layers.1.1",
        "layers.1.2",
        "layers.2.0",
      ];
      for (const { layers } of stats.looks) expect(names(layers)).toEqual(found);
      const { step, mean, std, nearZero, histogram } = stats.layerStats("layers.0.2");
      expect(step).toEqual([0, 6, 12, 18, 24, 28]);
      expectClose([mean[0], std[0]], [0.001, 1], 0.02, "BatchNorm before it learned"); // its bias begins at 0.001
      for (const list of [mean, std, nearZero, histogram]) expect(list).toHaveLength(6);
      expect(histogram[0]).toHaveLength(20);
      expect(new Set(std).size, "it moves").toBe(6);
      expect(stats.layerStats("layers.9.9").step).toEqual([]);
    });

    it("is looked at by several, each in its own steps, after the losses before; one may stop it", async () => {
      const learner = await make();
      const events: string[] = [];
      const onStepEnd = ({ step }: { step: number }) => void events.push(`step ${step}`);
      const stop: Callback = {
        every: 3,
        onStepEnd,
        onLook: ({ step }) => {
          events.push(`look ${step}`);
          return step === 6 ? "stop" : undefined;
        },
      };
      const stats = activationStats({ every: 4, rows: 7 });
      await learner.fit(3, 1e-3, { callbacks: [stop, stats] });
      expect(events).toEqual([
        "look 0",
        "step 0",
        "step 1",
        "step 2",
        "look 3",
        "step 3",
        "step 4",
        "step 5",
        "look 6",
      ]);
      expect(stats.looks.map(({ step }) => step)).toEqual([0, 4]);
      expect(learner.history).toHaveLength(1);
    });

    it("records no epoch of which a look let no step begin", async () => {
      const perEpoch = Math.floor((await make()).data.trainRows.length / 50);
      for (const [last, epochs] of [
        [0, 0],
        [perEpoch, 1],
      ]) {
        const fresh = await make();
        const told: number[] = [];
        const onLook = ({ step }: { step: number }) => (step === last ? ("stop" as const) : undefined);
        await fresh.fit(3, 1e-3, {
          callbacks: [{ onLook, onEpochEnd: ({ epoch }) => void told.push(epoch) }],
        });
        expect(told).toHaveLength(epochs);
        expect(fresh.history).toHaveLength(epochs);
        for (const { trainLoss } of fresh.history) expect(trainLoss).toBeGreaterThan(0);
      }
    });

    it("answers several who ask at once, each for its rows", async () => {
      const learner = await make();
      const asked = [7, 12, 7];
      const alone: number[][] = [];
      const together: number[][] = [];
      const stds = (layers: readonly { std: number }[]) => layers.map(({ std }) => std);
      await learner.fit(1, 1e-3, {
        callbacks: [
          {
            onLook: async ({ step, activations }) => {
              if (step > 0) return "stop";
              for (const rows of asked) alone.push(stds(await activations({ rows })));
              const all = await Promise.all(asked.map((rows) => activations({ rows })));
              together.push(...all.map(stds));
              return undefined;
            },
          },
        ],
      });
      expect(together).toEqual(alone);
      expect(together[1]).not.toEqual(together[0]);
      for (const std of together.flat()) expect(std).toBeGreaterThan(0);
    });

    it("can be asked between fits, and stays as it is", async () => {
      const learner = await make({ useBn: false });
      const before = await learner.save();
      const layers = await learner.activations({ rows: 20 });
      expect(names(layers)).toEqual(["bn_cont", "input", "layers.0.1", "layers.1.1", "layers.2.0"]);
      expect(layers.map(({ depth, kind }) => `${depth} ${kind}`)).toEqual([
        "0 continuous",
        "0 input",
        "1 relu",
        "2 relu",
        "3 linear",
      ]);
      expectClose([layers[0].mean, layers[0].std], [0, 1], 0.05, "continuous columns through BatchNorm");
      expect(await learner.activations({ rows: 20 })).toEqual(layers);
      expect(await learner.activations()).not.toEqual(layers);
      expect([...(await learner.save())]).toEqual([...before]);
    });

    it("refuses what it cannot do", async () => {
      const learner = await make();
      const refused = (promise: Promise<unknown>) =>
        promise.then(
          () => "accepted",
          (error: Error) => (error instanceof OptionError ? error.message : String(error)),
        );
      for (const rows of [0, 1, 51, 1.5, Number.NaN]) {
        expect(await refused(learner.activations({ rows }))).toBe(
          `rows is ${rows}; it must be a whole number from 2 to 50, the batch size.`,
        );
      }
      expect(await refused(learner.activations({ bins: 0 }))).toMatch(/^bins is 0; /);
      expect(await refused(learner.activations({ range: [1, 1] }))).toMatch(/^range is 1 to 1; /);
      expect(await refused(learner.activations({ zero: -1 }))).toMatch(/^zero is -1; /);
      expect(await refused(learner.fit(1, 1e-3, { callbacks: [activationStats({ every: 0 })] }))).toMatch(
        /^every is 0; /,
      );
      const fit = learner.fit(1);
      expect(await refused(learner.activations())).toMatch(/^activations: this learner is busy/);
      await fit;
    });
  });
}
