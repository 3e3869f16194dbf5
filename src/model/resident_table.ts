import { type BufferSpec, resident } from "../gpu/buffer_spec.ts";
import type { TableBuffers } from "../kernels/tensors.ts";
import type { Memory } from "../scheduler/runtime.ts";
import { type CodeLayout, codeLayout, packCodes } from "./packed_codes.ts";

/** Rows packed and uploaded at a time: bounds the extra memory. */
const CHUNK_ROWS = 65536;

/** Rows as the model reads them: codes [rows, n_categorical], continuous [rows, n_continuous], targets or none. */
export interface TableRows {
  readonly rows: number;
  readonly codes: Uint32Array;
  readonly continuous: Float32Array;
  readonly targets: Float32Array | null;
}

/** A table in a runtime's memory: packed codes, continuous columns, targets, and the order of its rows. */
export class ResidentTable implements TableBuffers {
  readonly rows: number;
  readonly codes: BufferSpec;
  readonly words: number;
  readonly continuous: BufferSpec;
  readonly targets: BufferSpec;
  readonly rowIndex: BufferSpec;
  readonly #layout: CodeLayout;

  /** @param cardinalities vocabulary lengths. @param rows room for as many rows. @param indexed length of the row order */
  constructor(
    cardinalities: readonly number[],
    nContinuous: number,
    nTargets: number,
    rows: number,
    indexed: number,
  ) {
    this.rows = rows;
    this.#layout = codeLayout(cardinalities);
    this.words = this.#layout.words;
    this.codes = resident("codes", [rows, this.words]);
    this.continuous = resident("continuous", [rows, nContinuous]);
    this.targets = resident("targets", [rows, nTargets]);
    this.rowIndex = resident("row_index", [indexed]);
  }

  /** Uploads rows `start` … of `table` to the front. */
  upload(memory: Memory, table: TableRows, start = 0, count = table.rows): void {
    const nContinuous = this.continuous.shape[1];
    const nTargets = this.targets.shape[1];
    for (let row = 0; row < count; row += CHUNK_ROWS) {
      const n = Math.min(CHUNK_ROWS, count - row);
      const from = start + row;
      memory.upload(this.codes, packCodes(table.codes, n, this.#layout, from), row * this.words);
      memory.upload(
        this.continuous,
        table.continuous.subarray(from * nContinuous, (from + n) * nContinuous),
        row * nContinuous,
      );
      if (table.targets && nTargets > 0) {
        memory.upload(
          this.targets,
          table.targets.subarray(from * nTargets, (from + n) * nTargets),
          row * nTargets,
        );
      }
    }
  }

  free(memory: Memory): void {
    for (const spec of [this.codes, this.continuous, this.targets, this.rowIndex]) memory.free(spec);
  }
}
