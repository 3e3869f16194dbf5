import { type BufferSpec, matrix, resident } from "../gpu/buffer_spec.ts";
import { type InputShape, inputForward } from "../kernels/input.ts";
import { linBnDropForwardEval } from "../kernels/lin_bn_drop.ts";
import type { Arenas, TableBuffers } from "../kernels/tensors.ts";
import type { Recorder } from "../scheduler/recorder.ts";
import { ArenaLayout } from "./arena.ts";
import { BATCHNORM_EPS, embeddingWidth, type TabularModelConfig } from "./config.ts";
import { codeLayout } from "./packed_codes.ts";

/** Key of the embeddings' dropout; hidden blocks count from 1. */
export const EMBEDDING_LAYER = 0;

/**
 * The tabular model as kernels: it appends its forward pass to a recording, and says what the constant buffers must hold.
 * It owns no GPU memory. What training adds is `TrainingNetwork`'s, so that a page that only predicts does not carry it.
 */
export class Network {
  readonly config: TabularModelConfig;
  readonly layout: ArenaLayout;
  readonly arenas: Arenas;
  /** Per column of the concatenated embeddings, what it looks up: word, shift and bits, offset, width, d, category. */
  readonly columns: BufferSpec;
  /** Columns of the concatenated embeddings. */
  readonly width: number;

  constructor(config: TabularModelConfig) {
    this.config = config;
    this.layout = new ArenaLayout(config);
    this.arenas = this.layout.buffers();
    this.width = embeddingWidth(config);
    this.columns = resident("input_columns", [this.width, 6]);
  }

  /** What comes before the first Linear. */
  get inputShape(): InputShape {
    const { embeddings, bnCont } = this.layout;
    const { continuous } = this.config;
    return {
      width: this.width,
      nCategorical: embeddings.length,
      nContinuous: continuous,
      batchNorm: bnCont,
    };
  }

  /** Contents of the constant buffers, to be uploaded once. */
  constants(): Map<BufferSpec, Uint32Array> {
    const { embeddings } = this.layout;
    const { places } = codeLayout(embeddings.map(({ rows }) => rows));
    const columns: number[] = [];
    embeddings.forEach(({ offset, width }, category) => {
      const { word, shift, bits } = places[category];
      for (let d = 0; d < width; d++) columns.push(word, shift + 256 * bits, offset, width, d, category);
    });
    return new Map([[this.columns, Uint32Array.from(columns)]]);
  }

  /**
   * The forward pass with running statistics and without dropout; y_range applied.
   * Shapes: → output [all rows, outputs], `rows` of them from the step's output_row on.
   */
  forwardEval(rec: Recorder, table: TableBuffers, rows: number, output: BufferSpec): void {
    const { config, layout, arenas } = this;
    const { params, running } = arenas;
    let x = matrix("x0", rows, this.width + config.continuous, "transient");
    inputForward(rec, { params, running, columns: this.columns, x }, table, this.inputShape, BATCHNORM_EPS);
    layout.blocks.forEach((block, i) => {
      const head = i === layout.blocks.length - 1;
      const y = head ? output : matrix(`y${i + 1}`, rows, block.fanOut, "transient");
      const yRange = head ? config.yRange : null;
      linBnDropForwardEval(
        rec,
        block,
        { params, running, x, y },
        { eps: BATCHNORM_EPS, yRange, toOutput: head },
      );
      x = y;
    });
  }
}
