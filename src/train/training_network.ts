import { type BufferSpec, matrix, resident } from "../gpu/buffer_spec.ts";
import { continuousBackward, continuousForwardTrain } from "../kernels/continuous.ts";
import {
  EMBEDDING_ELEMENTS_PER_WORKGROUP,
  embeddingBackward,
  embeddingGroupCodes,
} from "../kernels/embedding.ts";
import { linBnDropBackward, linBnDropForwardEval, linBnDropForwardTrain } from "../kernels/lin_bn_drop.ts";
import { linearBackwardInput, linearBackwardWeight } from "../kernels/linear.ts";
import type { TableBuffers } from "../kernels/tensors.ts";
import { BATCHNORM_EPS, BATCHNORM_MOMENTUM, type TabularModelConfig } from "../model/config.ts";
import { EMBEDDING_LAYER, Network } from "../model/network.ts";
import type { Recorder } from "../scheduler/recorder.ts";

/** What the forward pass of a training step keeps for the backward pass. */
interface Activations {
  readonly x0: BufferSpec;
  readonly batchCodes: BufferSpec;
  readonly savedContinuous: BufferSpec;
  /** Per block: its input, the ReLU's output, BatchNorm's statistics, its own output. The plain head has only x and y. */
  readonly blocks: { x: BufferSpec; y: BufferSpec; r: BufferSpec | null; saved: BufferSpec | null }[];
}

/** The model with what training adds: the forward pass with batch statistics and dropout, and the backward pass. */
export class TrainingNetwork extends Network {
  readonly #firstRows: BufferSpec;
  readonly #tables: BufferSpec;
  readonly #work: BufferSpec;
  readonly #segments: BufferSpec;

  constructor(config: TabularModelConfig) {
    super(config);
    const { embeddings } = this.layout;
    const workgroups = embeddings.reduce(
      (sum, { rows, width }) => sum + Math.ceil((rows * width) / EMBEDDING_ELEMENTS_PER_WORKGROUP),
      0,
    );
    const embeddingRows = embeddings.reduce((sum, { rows }) => sum + rows, 0);
    this.#firstRows = resident("first_rows", [embeddings.length]);
    this.#tables = resident("tables", [embeddings.length, 5]);
    this.#work = resident("embedding_work", [workgroups, 2]);
    this.#segments = resident("segments", [embeddingRows, 3]);
  }

  override constants(): Map<BufferSpec, Uint32Array> {
    const firstRows: number[] = [];
    const tables: number[] = [];
    const work: number[] = [];
    let firstColumn = 0;
    let firstRow = 0;
    this.layout.embeddings.forEach(({ offset, rows, width }, category) => {
      firstRows.push(firstRow);
      tables.push(offset, rows * width, width, firstColumn, firstRow);
      for (let e = 0; e < rows * width; e += EMBEDDING_ELEMENTS_PER_WORKGROUP) work.push(category, e);
      firstColumn += width;
      firstRow += rows;
    });
    return new Map([
      ...super.constants(),
      [this.#firstRows, Uint32Array.from(firstRows)],
      [this.#tables, Uint32Array.from(tables)],
      [this.#work, Uint32Array.from(work)],
    ]);
  }

  /** The forward pass with batch statistics and dropout. Shapes: → logits [rows, outputs], before y_range. */
  forwardTrain(rec: Recorder, table: TableBuffers, rows: number): { logits: BufferSpec; kept: Activations } {
    const { config, layout, arenas } = this;
    const inputs = this.width + config.continuous;
    const x0 = matrix("x0", rows, inputs, "transient");
    const batchCodes = matrix("batch_codes", config.embeddingSizes.length, rows, "transient");
    const savedContinuous = rec.transient("saved_cont", [2, config.continuous]);
    this.input(rec, table, x0, batchCodes, layout.bnCont ? "skip" : "copy", config.embDrop);
    if (layout.bnCont) {
      const { params, running } = arenas;
      continuousForwardTrain(rec, { params, running, saved: savedContinuous, x: x0 }, table, {
        width: this.width,
        nContinuous: config.continuous,
        batchNorm: layout.bnCont,
        eps: BATCHNORM_EPS,
        momentum: BATCHNORM_MOMENTUM,
      });
    }

    const blocks: Activations["blocks"] = [];
    let x = x0;
    layout.blocks.forEach((block, i) => {
      const head = i === layout.blocks.length - 1;
      const y = matrix(head ? "logits" : `y${i + 1}`, rows, block.fanOut, "transient");
      const { params, running } = arenas;
      if (head && !block.batchNorm) {
        const options = { eps: BATCHNORM_EPS, yRange: null, toOutput: false };
        linBnDropForwardEval(rec, block, { params, running, x, y }, options);
        blocks.push({ x, y, r: null, saved: null });
      } else {
        const r = matrix(`r${i + 1}`, rows, block.fanOut, "transient");
        const saved = matrix(`saved${i + 1}`, 2, block.fanOut, "transient");
        const constants = { eps: BATCHNORM_EPS, momentum: BATCHNORM_MOMENTUM };
        linBnDropForwardTrain(rec, block, { params, running, x, r, y, saved }, constants);
        blocks.push({ x, y, r, saved });
      }
      x = y;
    });
    return { logits: x, kept: { x0, batchCodes, savedContinuous, blocks } };
  }

  /** The backward pass: from the gradient at the logits [rows, outputs] to the gradients of all parameters. */
  backward(rec: Recorder, table: TableBuffers, dLogits: BufferSpec, kept: Activations): void {
    const { config, layout, arenas } = this;
    const { params, grads } = arenas;
    const [rows] = dLogits.shape;
    const last = layout.blocks.length - 1;

    let dZ = dLogits; // gradient at the output of block i's Linear
    if (layout.blocks[last].batchNorm) {
      const { r, saved } = kept.blocks[last];
      const d_r = matrix("d_z_head", rows, config.outputs, "transient");
      linBnDropBackward(rec, layout.blocks[last], null, {
        params,
        d_z: dLogits,
        r: r!,
        saved: saved!,
        d_r,
        grads,
      });
      dZ = d_r;
    }
    for (let i = last; i >= 0; i--) {
      linearBackwardWeight(rec, layout.blocks[i], { d_z: dZ, x: kept.blocks[i].x, grads });
      if (i === 0) break;
      const { r, saved } = kept.blocks[i - 1];
      const d_r = matrix(`d_z${i}`, rows, layout.blocks[i - 1].fanOut, "transient");
      linBnDropBackward(rec, layout.blocks[i - 1], layout.blocks[i], {
        params,
        d_z: dZ,
        r: r!,
        saved: saved!,
        d_r,
        grads,
      });
      dZ = d_r;
    }

    const embedded = layout.embeddings.length > 0;
    if (!embedded && !layout.bnCont) return; // nothing before the first Linear learns
    const dX = matrix("d_x0", rows, this.width + config.continuous, "transient");
    linearBackwardInput(
      rec,
      layout.blocks[0],
      { params, d_z: dZ, d_x: dX },
      {
        p: config.embDrop,
        layer: EMBEDDING_LAYER,
        dropped: this.width,
      },
    );
    if (layout.bnCont) {
      continuousBackward(rec, { d_x: dX, saved: kept.savedContinuous, grads }, table, {
        width: this.width,
        nContinuous: config.continuous,
        batchNorm: layout.bnCont,
      });
    }
    if (embedded) {
      const grouped = matrix("grouped", layout.embeddings.length, rows, "transient");
      const segments = this.#segments;
      embeddingGroupCodes(rec, {
        first_rows: this.#firstRows,
        batch_codes: kept.batchCodes,
        grouped,
        segments,
      });
      embeddingBackward(rec, { tables: this.#tables, work: this.#work, d_x: dX, grouped, segments, grads });
    }
  }
}
