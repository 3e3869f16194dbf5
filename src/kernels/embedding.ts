import { embedding_backward, embedding_group_codes } from "../generated/shaders.ts";
import { type BufferSpec, rowStride } from "../gpu/buffer_spec.ts";
import { ceilDiv, foldGrid, type Recorder } from "../scheduler/recorder.ts";
import { checkMatrix } from "./shapes.ts";

const THREADS = 64;

/** Elements of an embedding table that one workgroup of embedding_backward owns. */
export const EMBEDDING_ELEMENTS_PER_WORKGROUP = THREADS;

/**
 * Sorts each categorical column's batch rows by code, so that embeddingBackward adds them in a fixed order.
 * Shapes: batch_codes [n_categorical, rows] → grouped [n_categorical, rows], both with padded rows; segments [embedding rows].
 */
export function embeddingGroupCodes(
  rec: Recorder,
  io: { first_rows: BufferSpec; batch_codes: BufferSpec; grouped: BufferSpec; segments: BufferSpec },
): void {
  const [nCategorical, rows] = io.batch_codes.shape;
  checkMatrix("embedding_group_codes", { grouped: io.grouped }, [nCategorical, rows]);
  rec.dispatch(embedding_group_codes, {
    grid: [ceilDiv(rows, THREADS), nCategorical, 1],
    dims: { capacity: rowStride(rows) },
    buffers: io,
    overrides: { THREADS },
    note: `${nCategorical} columns`,
  });
}

/**
 * Dense gradients of all embeddings, into the gradient arena; rows no code of the batch asks for get 0.
 * Shapes: d_x [rows, inputs], grouped [n_categorical, rows], work [workgroups, 2].
 */
export function embeddingBackward(
  rec: Recorder,
  io: {
    tables: BufferSpec;
    work: BufferSpec;
    d_x: BufferSpec;
    grouped: BufferSpec;
    segments: BufferSpec;
    grads: BufferSpec;
  },
): void {
  const [rows, inputs] = io.d_x.shape;
  const [workgroups] = io.work.shape;
  checkMatrix("embedding_backward", { grouped: io.grouped }, [io.grouped.shape[0], rows]);
  rec.dispatch(embedding_backward, {
    grid: foldGrid(workgroups),
    dims: { stride: 4 * ceilDiv(inputs, 4), capacity: rowStride(rows), workgroups },
    buffers: io,
    overrides: { THREADS },
    note: `${io.tables.shape[0]} embeddings`,
  });
}
