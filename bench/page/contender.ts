/** What every contender of the benchmark offers; each runs in a page (or a Node process) of its own. */
import type { Rows } from "../rossmann/rows.ts";

export interface Contender {
  /** What is told of it: versions, and what its backend says of itself. */
  readonly about: Readonly<Record<string, string>>;
  /** @throws where the library cannot train on this backend */
  train(work: TrainingWork): Promise<Training>;
  infer(work: InferenceWork): Promise<Inference>;
}

/** What a contender is given to begin with. */
export interface Setting {
  readonly backend: string;
  /** Address of a file of `makeFiles`. */
  url(name: string): URL;
  /** Rows of rows.bin. */
  readonly rows: Rows;
  /** Where WebGPU comes from; `navigator.gpu` in a page. */
  readonly gpu: GPU | undefined;
}

export interface TrainingWork {
  readonly bs: number;
  /** Steps of one run, over as many different batches. */
  readonly steps: number;
  /** The published dropout, or none, for comparing losses. */
  readonly dropout: boolean;
}

export interface Training {
  /** Trains on every batch once. @returns the last loss, or (every) the loss of each step; the steps are done by then */
  run(losses: "last" | "every"): Promise<number[]>;
  dispose(): void;
}

export interface InferenceWork {
  readonly rows: number;
  /** TabGPU only: from a table as users have it, with its preprocessing. Everybody else starts from codes. */
  readonly table: boolean;
}

export interface Inference {
  /** @returns [rows] predictions, in the CPU's memory; log sales */
  run(): Promise<Float32Array>;
  dispose(): void;
}
