import type { BufferSpec } from "../gpu/buffer_spec.ts";

/** Where a BatchNorm's tensors begin: weight and bias in the parameter arena, the rest in the running arena; floats. */
export interface BatchNormTensors {
  readonly gamma: number;
  readonly beta: number;
  readonly runningMean: number;
  readonly runningVar: number;
}

/** A Linear and where its tensors begin in the parameter arena; floats, multiples of 64. */
export interface LinearTensors {
  readonly fanIn: number;
  readonly fanOut: number;
  readonly weight: number;
  readonly bias: number | null;
}

/** One block Linear → ReLU → BatchNorm → Dropout, each of the last three optional. */
export interface LinBnDropTensors extends LinearTensors {
  readonly relu: boolean;
  readonly batchNorm: BatchNormTensors | null;
  /** Dropout probability. */
  readonly dropout: number;
  /** Number that keys this block's dropout; 0 is the embeddings'. */
  readonly layer: number;
}

/** The arenas: one buffer each, tensors by offset. Gradients and moments are laid out as the parameters. */
export interface Arenas {
  readonly params: BufferSpec;
  readonly grads: BufferSpec;
  readonly moments1: BufferSpec;
  readonly moments2: BufferSpec;
  readonly running: BufferSpec;
}

/** The table as it lies on the GPU, and the order in which its rows are visited. */
export interface TableBuffers {
  /** Packed category codes [rows, words]. */
  readonly codes: BufferSpec;
  readonly words: number;
  /** [rows, n_continuous] */
  readonly continuous: BufferSpec;
  /** [rows, n_targets]; class indices as floats. */
  readonly targets: BufferSpec;
  /** Row numbers in the order batches take them. */
  readonly rowIndex: BufferSpec;
}
