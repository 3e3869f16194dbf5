import { describe, expect, it } from "vitest";
import { keepDecisions } from "../../src/cpu/ops/dropout_bits.ts";
import { groupCodes } from "../../src/cpu/ops/group_codes.ts";
import { dropoutMask } from "../../src/cpu/ops/ops.ts";
import type { Task } from "../../src/data/preprocessing.ts";
import { type InputBackwardSize, inputBackwardCase } from "../../src/doctor/checks/input.ts";
import { exactOf } from "../../src/doctor/run_case.ts";
import { matrix, resident, rowStride } from "../../src/gpu/buffer_spec.ts";
import { embeddingWidth, type TabularModelConfig } from "../../src/model/config.ts";
import { evalStep } from "../../src/model/eval_step.ts";
import { initParameters } from "../../src/model/init.ts";
import { codeLayout, packCodes } from "../../src/model/packed_codes.ts";
import type { NamedTensors } from "../../src/model/parameters.ts";
import { ResidentTable, type TableRows } from "../../src/model/resident_table.ts";
import { recordEvalBatch } from "../../src/train/eval_batch.ts";
import { recordTrainStep } from "../../src/train/train_step.ts";
import { TrainingNetwork } from "../../src/train/training_network.ts";
import { MODEL_FIXTURES, toNamedTensors } from "../golden/fixtures.ts";
import { ReferenceModel } from "../reference/model.reference.ts";
import { expectClose } from "../support/close.ts";
import { listedConfig } from "../support/model_configs.ts";
import { randomRows } from "../support/small_training.ts";
import { TwinMemory } from "../support/twin_memory.ts";

interface Hyper {
  lr: number;
  mom: number;
  sqrMom: number;
  wd: number;
  eps: number;
}

/** The recordings that a trainer replays on the GPU, run by the kernels' twins in f64. */
class TwinTraining {
  readonly #network: TrainingNetwork;
  readonly #memory: TwinMemory;
  readonly #train: ReturnType<typeof recordTrainStep>;
  readonly #evaluate: ReturnType<typeof recordEvalBatch>;
  readonly #losses = resident("losses", [2]);
  readonly #output;
  readonly #rows: number;
  readonly #bs: number;

  constructor(
    config: TabularModelConfig,
    tensors: NamedTensors,
    rows: TableRows,
    options: { task: Task; bs: number; order: Uint32Array; decayAll: boolean },
  ) {
    const { task, bs, order, decayAll } = options;
    const network = new TrainingNetwork(config);
    const { layout, arenas } = network;
    const cardinalities = config.embeddingSizes.map(([n]) => n);
    const nTargets = task === "classification" ? 1 : config.outputs;
    const table = new ResidentTable(cardinalities, config.continuous, nTargets, rows.rows, order.length);
    this.#network = network;
    this.#rows = rows.rows;
    this.#bs = bs;
    this.#output = matrix("predictions", rows.rows, config.outputs, "resident");
    const decayEnd = decayAll ? layout.size : layout.decayEnd;
    this.#train = recordTrainStep(network, task, table, bs, this.#losses, decayEnd);
    this.#evaluate = recordEvalBatch(network, table, 2 * rows.rows, this.#output);
    this.#memory = new TwinMemory(this.#train, this.#evaluate);
    const packed = layout.pack(tensors);
    this.#memory.upload(arenas.params, packed.params);
    this.#memory.upload(arenas.running, packed.running);
    for (const [spec, values] of network.constants()) this.#memory.upload(spec, values);
    this.#memory.upload(table.codes, packCodes(rows.codes, rows.rows, codeLayout(cardinalities)));
    this.#memory.upload(table.continuous, rows.continuous);
    this.#memory.upload(table.targets, rows.targets!);
    this.#memory.upload(table.rowIndex, order);
  }

  /** One step on the batch of that number, keyed by it; returns its loss. */
  step(number: number, seed: number, { lr, mom, sqrMom, wd, eps }: Hyper): number {
    this.#memory.run(this.#train, {
      row_start: number * this.#bs,
      rows: this.#bs,
      output_row: 0,
      loss_slot: 1,
      tick: number + 1,
      seed,
      number,
      lr,
      decay: 1 - lr * wd,
      mom,
      sqr_mom: sqrMom,
      eps,
      mom_correction: 1 / (1 - mom ** (number + 1)),
      sqr_mom_correction: 1 / (1 - sqrMom ** (number + 1)),
    });
    return this.#memory.floats(this.#losses)[1];
  }

  /** Outputs of the first rows in the order, as many as the table has, in two batches. */
  evaluate(): Float64Array {
    const first = Math.ceil(this.#rows / 2);
    this.#memory.run(this.#evaluate, evalStep(0, first, 0));
    this.#memory.run(this.#evaluate, evalStep(first, this.#rows - first, first));
    const { outputs } = this.#network.config;
    const padded = this.#memory.floats(this.#output);
    return Float64Array.from({ length: this.#rows * outputs }, (_, i) => {
      return padded[Math.floor(i / outputs) * rowStride(outputs) + (i % outputs)];
    });
  }

  gradients(): Map<string, Float64Array> {
    return this.#tensors("grads", "params");
  }

  weights(): Map<string, Float64Array> {
    return new Map([...this.#tensors("params", "params"), ...this.#tensors("running", "running")]);
  }

  /** The layout unpacks f32: it gets the rounded value and what rounding took. */
  #tensors(arena: "params" | "grads" | "running", like: "params" | "running"): Map<string, Float64Array> {
    const { layout, arenas } = this.#network;
    const values = this.#memory.floats(arenas[arena]);
    const rounded = Float32Array.from(values);
    const rest = layout.unpack(
      rounded.map((v, i) => values[i] - v),
      like,
    );
    return new Map(
      [...layout.unpack(rounded, like)].map(([name, tensor]) => [
        name,
        Float64Array.from(tensor, (v, i) => v + rest.get(name)![i]),
      ]),
    );
  }
}

describe.each(MODEL_FIXTURES)("the twins train $name", (fixture) => {
  it("as PyTorch does in float64", () => {
    const { config, data, hyper, expected, task } = fixture;
    const rows = {
      rows: data.rows,
      codes: Uint32Array.from(data.codes),
      continuous: Float32Array.from(data.continuous),
      targets: Float32Array.from(data.targets),
    };
    const order = Uint32Array.from({ length: data.steps * data.batchSize }, (_, i) => i % data.rows);
    const { decayAll } = hyper;
    const options = { task, bs: data.batchSize, order, decayAll };
    const training = new TwinTraining(config, toNamedTensors(fixture.tensors), rows, options);
    expectClose(training.evaluate(), expected.evalBefore, 1e-8, "forward before training");
    const losses: number[] = [];
    for (let step = 0; step < data.steps; step++) {
      losses.push(training.step(step, 1, { ...hyper, lr: hyper.lrs[step], mom: hyper.moms[step] }));
      if (step > 0) continue;
      const gradients = training.gradients();
      expect([...gradients.keys()].toSorted()).toEqual(Object.keys(expected.gradients).toSorted());
      for (const [name, { values }] of Object.entries(expected.gradients)) {
        expectClose(gradients.get(name)!, values, 1e-8, `gradient of ${name}`);
      }
    }
    expectClose(losses, expected.losses, (loss) => 1e-7 * Math.abs(loss), "losses");
    const weights = training.weights();
    for (const [name, { values }] of Object.entries(expected.finalTensors)) {
      if (name.endsWith("num_batches_tracked") || fixture.free.includes(name)) continue;
      expectClose(weights.get(name)!, values, 1e-6, name);
    }
    expectClose(training.evaluate(), expected.evalAfter, 1e-6, "forward after training");
  });
});

describe("the twins", () => {
  it("drop what the keys of their layers say, forward and backward", () => {
    const bs = 24;
    const seed = 77;
    const config = listedConfig({ layers: [33, 17], ps: [0.25, 0.5], embDrop: 0.3 });
    const rows = randomRows(config, 3 * bs);
    const order = Uint32Array.from({ length: 3 * bs }, (_, i) => i);
    const tensors = initParameters(config, seed);
    const training = new TwinTraining(config, tensors, rows, {
      task: "regression",
      bs,
      order,
      decayAll: false,
    });
    const reference = new ReferenceModel(config, tensors);
    const width = embeddingWidth(config);
    const hyper = { lr: 0.01, mom: 0.9, sqrMom: 0.99, wd: 0.01, eps: 1e-5 };
    for (let number = 0; number < 3; number++) {
      const key = (layer: number) => ({ layer, number, seed });
      const stride = rowStride(width + config.continuous); // embeddings share their rows with continuous columns
      const masks = {
        embeddings: dropoutMask(keepDecisions(bs, width, config.embDrop, key(0), stride), config.embDrop),
        blocks: config.layers.map((n, i) =>
          dropoutMask(keepDecisions(bs, n, config.ps[i], key(i + 1)), config.ps[i]),
        ),
      };
      const at = number * bs;
      const batch = {
        rows: bs,
        codes: rows.codes.subarray(at * 2, (at + bs) * 2),
        continuous: rows.continuous.subarray(at * 2, (at + bs) * 2),
      };
      reference.forwardTrain(batch, masks);
      const { loss, gradients } = reference.lossAndBackward(
        rows.targets!.subarray(at, at + bs),
        "regression",
      );
      reference.adamStep({ ...hyper, decayAll: false });
      expectClose([training.step(number, seed, hyper)], [loss], 1e-9 * loss, `loss of step ${number}`);
      const found = training.gradients();
      for (const [name, gradient] of gradients) {
        expectClose(found.get(name)!, gradient, 1e-8, `step ${number}, gradient of ${name}`);
      }
    }
  });

  it("group codes stably, whatever earlier steps left", () => {
    const product = { fanIn: 3, fanOut: 2 };
    const sizes: InputBackwardSize[] = [
      { ...product, cardinalities: [5], rows: 1 },
      { ...product, cardinalities: [3, 1, 1116], rows: 513 },
      { ...product, cardinalities: [70], rows: 65, codes: "descending" },
      { ...product, cardinalities: [4, 7], rows: 65, capacity: 100, tick: 0xffffffff },
    ];
    for (const size of sizes) {
      const { kept, groups } = exactOf(inputBackwardCase(size));
      const { cardinalities = [], rows, capacity = rows, tick = 1 } = size;
      const stride = rowStride(capacity);
      let segment = 0;
      cardinalities.forEach((n, column) => {
        const expected = groupCodes(kept.subarray(column * stride, column * stride + rows));
        const begin = 3 * cardinalities.reduce((sum, rowsOf) => sum + rowsOf, 0) + column * stride;
        expect([...groups.subarray(begin, begin + rows)]).toEqual(expected.grouped);
        for (let code = 0; code < n; code++, segment += 3) {
          const [seenTick, start, count] = groups.subarray(segment, segment + 3);
          const now = seenTick === tick ? { start, count } : undefined;
          expect(now, `column ${column}, code ${code}`).toEqual(expected.segments.get(code));
        }
      });
    }
  });
});
