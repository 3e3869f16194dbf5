import { type BufferSpec, matrix, resident } from "../gpu/buffer_spec.ts";
import { adamStep, EMBEDDING_PART_ELEMENTS } from "../kernels/adam.ts";
import { groupsLength, inputBackward, inputForwardTrain } from "../kernels/input.ts";
import { linBnDropBackward, linBnDropForwardEval, linBnDropForwardTrain } from "../kernels/lin_bn_drop.ts";
import { linearBackwardWeight } from "../kernels/linear.ts";
import { linearForwardRow } from "../kernels/linear_forward.ts";
import type { LinBnDropTensors, TableBuffers } from "../kernels/tensors.ts";
import { BATCHNORM_EPS, BATCHNORM_MOMENTUM, type TabularModelConfig } from "../model/config.ts";
import { EMBEDDING_LAYER, Network } from "../model/network.ts";
import type { Recorder } from "../scheduler/recorder.ts";

/** What the forward pass of a training step keeps for the backward pass. */
interface Activations {
  /** Codes and x̂ of the continuous columns, column by column. */
  readonly input: BufferSpec;
  /** Per block: its input, the ReLU's output, BatchNorm's statistics, its own output. The plain head has only x and y. */
  readonly blocks: { x: BufferSpec; y: BufferSpec; r: BufferSpec | null; saved: BufferSpec | null }[];
}

/** The gradient at the model's input and what else the gradients of embeddings and bn_cont need. */
interface InputGradient {
  readonly d_x: BufferSpec;
  readonly groups: BufferSpec;
  readonly kept: BufferSpec;
}

/** The model with what training adds: the forward pass with batch statistics and dropout, and the backward pass. */
export class TrainingNetwork extends Network {
  readonly #firstRows: BufferSpec;
  readonly #work: BufferSpec;
  /** Rows of all embeddings together. */
  readonly #embeddingRows: number;

  constructor(config: TabularModelConfig) {
    super(config);
    const { embeddings } = this.layout;
    const parts = embeddings.reduce(
      (sum, { rows, width }) => sum + Math.ceil((rows * width) / EMBEDDING_PART_ELEMENTS),
      0,
    );
    this.#embeddingRows = embeddings.reduce((sum, { rows }) => sum + rows, 0);
    this.#firstRows = resident("first_rows", [embeddings.length]);
    this.#work = resident("embedding_work", [parts, 7]);
  }

  override constants(): Map<BufferSpec, Uint32Array> {
    const firstRows: number[] = [];
    const work: number[] = [];
    let firstColumn = 0;
    let firstRow = 0;
    this.layout.embeddings.forEach(({ offset, rows, width }, category) => {
      firstRows.push(firstRow);
      for (let e = 0; e < rows * width; e += EMBEDDING_PART_ELEMENTS) {
        work.push(offset / 4, rows * width, e / 4, width, firstColumn, firstRow, category);
      }
      firstColumn += width;
      firstRow += rows;
    });
    return new Map([
      ...super.constants(),
      [this.#firstRows, Uint32Array.from(firstRows)],
      [this.#work, Uint32Array.from(work)],
    ]);
  }

  /** The forward pass with batch statistics and dropout. Shapes: → logits [rows, outputs], before y_range. */
  forwardTrain(rec: Recorder, table: TableBuffers, rows: number): { logits: BufferSpec; kept: Activations } {
    const { config, layout, arenas } = this;
    const { params, running } = arenas;
    const x0 = matrix("x0", rows, this.width + config.continuous, "transient");
    const kept = matrix("kept", layout.embeddings.length + config.continuous, rows, "transient");
    inputForwardTrain(rec, { params, running, columns: this.columns, x: x0, kept }, table, this.inputShape, {
      eps: BATCHNORM_EPS,
      momentum: BATCHNORM_MOMENTUM,
      dropout: config.embDrop,
      layer: EMBEDDING_LAYER,
    });

    const blocks: Activations["blocks"] = [];
    let x = x0;
    layout.blocks.forEach((block, i) => {
      const head = i === layout.blocks.length - 1;
      const y = matrix(head ? "logits" : `y${i + 1}`, rows, block.fanOut, "transient");
      if (head && !block.batchNorm) {
        this.#head(rec, block, x, y);
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
    return { logits: x, kept: { input: kept, blocks } };
  }

  /** The last Linear, without BatchNorm. */
  #head(rec: Recorder, block: LinBnDropTensors, x: BufferSpec, y: BufferSpec): void {
    const { params, running } = this.arenas;
    const { bias, fanOut } = block;
    if (rec.software && bias !== null && fanOut <= 4) {
      linearForwardRow(rec, { ...block, bias, yRange: null }, { params, x, y }); // a block would be mostly padding
    } else {
      const options = { eps: BATCHNORM_EPS, yRange: null, toOutput: false };
      linBnDropForwardEval(rec, block, { params, running, x, y }, options);
    }
  }

  /**
   * The backward pass: from the gradient at the logits [rows, outputs] to those of all Linears and BatchNorms of blocks,
   * and to the gradient at the input, from which `update` makes the others.
   */
  backward(rec: Recorder, dLogits: BufferSpec, kept: Activations): InputGradient {
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

    const nCategorical = layout.embeddings.length;
    if (nCategorical === 0 && !layout.bnCont) {
      const none = resident("none", [1]); // nothing before the first Linear learns
      return { d_x: none, groups: none, kept: kept.input };
    }
    const d_x = matrix("d_x0", rows, this.width + config.continuous, "transient");
    const groups = resident("groups", [groupsLength(this.#embeddingRows, nCategorical, rows)]);
    inputBackward(
      rec,
      layout.blocks[0],
      { params, d_z: dZ, kept: kept.input, first_rows: this.#firstRows, d_x, groups },
      { nCategorical, embeddingRows: this.#embeddingRows },
      { p: config.embDrop, layer: EMBEDDING_LAYER, dropped: this.width },
    );
    return { d_x, groups, kept: kept.input };
  }

  /**
   * One step of Adam, with the gradients of embeddings and bn_cont.
   * @param decayEnd floats at the front of the arena that weight decay acts on
   */
  update(rec: Recorder, input: InputGradient, rows: number, decayEnd: number): void {
    const { layout, arenas } = this;
    const { params, grads, moments1, moments2 } = arenas;
    const own = {
      embeddingParts: this.#work.shape[0],
      embeddingEnd: layout.embeddingEnd,
      embeddingRows: this.#embeddingRows,
      ...this.inputShape,
    };
    adamStep(rec, { params, grads, moments1, moments2, work: this.#work, ...input }, own, rows, decayEnd);
  }
}
