/** Who takes part. */
export interface ContenderSpec {
  readonly name: string;
  /** The built page module, or TORCH. */
  readonly module: string;
  readonly backend: string;
  /** Whether its work goes through the WebGPU API of its page. */
  readonly webgpu: boolean;
  readonly trains: boolean;
  readonly infers: boolean;
  /** It predicts from tables only. */
  readonly tableOnly?: boolean;
  /** Only a browser runs it: it fetches its WebAssembly as a module. */
  readonly browserOnly?: boolean;
}

const browser = (name: string, module: string, backend: string, more: Partial<ContenderSpec> = {}) => ({
  name,
  module,
  backend,
  webgpu: backend === "webgpu",
  trains: true,
  infers: true,
  ...more,
});

/** PyTorch predicts by one of its ways to train; the others would predict alike. */
const torch = (name: string, backend: string, infers = true): ContenderSpec => {
  return { name, module: TORCH, backend, webgpu: false, trains: true, infers };
};

/** The module of contenders that are Python processes. */
export const TORCH = "torch";

export const TABGPU = browser("tabgpu", "tabgpu", "webgpu");
export const TABGPU_CPU = browser("tabgpu-cpu", "tabgpu", "cpu", { trains: false });

/** What a user gets who names no backend: each call where it is quicker. */
export const TABGPU_AUTO = browser("tabgpu-auto", "tabgpu", "auto", { trains: false, tableOnly: true });

/** The peers by the names that --peers takes. TensorFlow.js's WASM lacks kernels that training needs. */
export const PEERS: readonly ContenderSpec[] = [
  browser("jax-webgpu", "jax", "webgpu"),
  browser("jax-wasm", "jax", "wasm"),
  browser("tfjs-webgpu", "tfjs", "webgpu"),
  browser("tfjs-wasm", "tfjs", "wasm", { trains: false }),
  browser("tfjs-cpu", "tfjs", "cpu"),
  browser("ort-webgpu", "ort_webgpu", "webgpu", { trains: false, browserOnly: true }),
  browser("ort-wasm", "ort_wasm", "wasm", { trains: false, browserOnly: true }),
  torch("torch-cpu", "cpu eager"),
  torch("fastai-cpu", "cpu fastai", false),
  torch("torch-cuda", "cuda eager"),
  torch("torch-cuda-compile", "cuda compile"),
  torch("torch-cuda-graph", "cuda graph", false),
  torch("fastai-cuda", "cuda fastai", false),
];
