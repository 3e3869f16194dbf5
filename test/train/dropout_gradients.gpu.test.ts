import { expect, it } from "vitest";
import { keepDecisions } from "../../src/cpu/ops/dropout_bits.ts";
import { dropoutMask } from "../../src/cpu/ops/ops.ts";
import { embeddingWidth, type TabularModelConfig } from "../../src/model/config.ts";
import { initParameters } from "../../src/model/init.ts";
import { ReferenceModel } from "../reference/model.reference.ts";
import { expectClose } from "../support/close.ts";
import { openRuntime } from "../support/gpu.ts";
import { listedConfig } from "../support/model_configs.ts";
import { openTrainer, randomRows } from "../support/small_training.ts";

const BS = 24;
const SEED = 77;

/** The masks a whole model draws in one step, by the f64 twin of the generator. */
function masksOf(config: TabularModelConfig, number: number) {
  const width = embeddingWidth(config);
  const inputs = width + config.continuous;
  const key = (layer: number) => ({ layer, number, seed: SEED });
  const stride = 4 * Math.ceil(inputs / 4); // the embeddings share their rows with the continuous columns
  return {
    embeddings: dropoutMask(keepDecisions(BS, width, config.embDrop, key(0), stride), config.embDrop),
    blocks: config.layers.map((n, i) =>
      dropoutMask(keepDecisions(BS, n, config.ps[i], key(i + 1)), config.ps[i]),
    ),
  };
}

it("a model with dropout everywhere has the loss and the gradients of its f64 twin with the same masks", async () => {
  const config = listedConfig({ layers: [33, 17], ps: [0.25, 0.5], embDrop: 0.3 });
  const rows = randomRows(config, 3 * BS);
  const runtime = await openRuntime();
  try {
    const trainer = await openTrainer(runtime, config, rows, { bs: BS, seed: SEED });
    const losses: number[] = [];
    const twin = new ReferenceModel(config, initParameters(config, SEED));
    const onLosses = (values: Float32Array) => void losses.push(...values);
    for (let step = 0; step < 3; step++) {
      // A learning rate of 0 keeps the weights, so that rounding cannot build up; running statistics move on.
      await trainer.train(step, 1, () => ({ lr: 0, mom: 0.9, wd: 0 }), { onLosses });
      const at = step * BS;
      const batch = {
        rows: BS,
        codes: rows.codes.subarray(at * 2, (at + BS) * 2),
        continuous: rows.continuous.subarray(at * 2, (at + BS) * 2),
      };
      twin.forwardTrain(batch, masksOf(config, step));
      const { loss, gradients } = twin.lossAndBackward(rows.targets!.subarray(at, at + BS), "regression");
      expectClose([losses[step]], [loss], 1e-5 * loss, `loss of step ${step}`);
      const found = await trainer.gradients();
      expect(found.size).toBe(gradients.size);
      for (const [name, expected] of gradients) {
        const scale = Math.max(...expected.map(Math.abs));
        expectClose(found.get(name)!, expected, 2e-5 * scale, `step ${step}, gradient of ${name}`);
      }
    }
    trainer.dispose();
  } finally {
    runtime.dispose();
  }
});
