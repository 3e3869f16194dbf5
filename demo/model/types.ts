export interface ModelSettings {
  readonly layers: readonly number[];
  /** Dropout after each hidden layer, one number for all or one each. */
  readonly ps: readonly number[];
  readonly embDrop: number;
  readonly yRange: readonly [number, number] | null;
  /** BatchNorm on the continuous columns. */
  readonly bnCont: boolean;
  /** BatchNorm in the hidden blocks. */
  readonly useBn: boolean;
}

export const DEFAULT_MODEL_SETTINGS: ModelSettings = {
  layers: [200, 100],
  ps: [0],
  embDrop: 0,
  yRange: null,
  bnCont: true,
  useBn: true,
};

/** The model that follows from data and settings. */
export interface ModelInfo {
  /** As PyTorch prints it. */
  readonly text: string;
  readonly parameters: number;
  readonly embeddings: readonly {
    readonly column: string;
    /** Rows of the embedding, the one for missing values included. */
    readonly categories: number;
    readonly width: number;
  }[];
  readonly continuous: number;
  /** The target lies far from 0, where a new model's outputs begin, and no range of outputs makes up for it. */
  readonly farTarget: boolean;
  readonly layers: readonly { readonly name: string; readonly fanIn: number; readonly fanOut: number }[];
}

/** What training runs on. */
export interface AdapterInfo {
  readonly line: string;
  readonly software: boolean;
  readonly backend: "webgpu" | "cpu";
  /** Why it is the CPU, where WebGPU was wanted. */
  readonly reason: string | null;
}

/** What `prepareModel` answers. */
export interface Prepared {
  readonly model: ModelInfo;
  readonly adapter: AdapterInfo;
}
