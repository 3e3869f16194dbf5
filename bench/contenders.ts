/** Who takes part. */
export interface ContenderSpec {
  readonly name: string;
  /** The built page module, or "torch" for the Python process. */
  readonly module: string;
  readonly backend: string;
  /** Whether its work goes through the WebGPU API of its page. */
  readonly webgpu: boolean;
  readonly trains: boolean;
  readonly infers: boolean;
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

export const TABGPU = browser("tabgpu", "tabgpu", "webgpu");
export const TABGPU_CPU = browser("tabgpu-cpu", "tabgpu", "cpu", { trains: false });

/** The peers by the names that --peers takes. TensorFlow.js's WASM lacks kernels that training needs. */
export const PEERS: readonly ContenderSpec[] = [
  browser("jax-webgpu", "jax", "webgpu"),
  browser("jax-wasm", "jax", "wasm"),
  browser("tfjs-webgpu", "tfjs", "webgpu"),
  browser("tfjs-wasm", "tfjs", "wasm", { trains: false }),
  browser("tfjs-cpu", "tfjs", "cpu"),
  browser("ort-webgpu", "ort_webgpu", "webgpu", { trains: false }),
  browser("ort-wasm", "ort_wasm", "wasm", { trains: false }),
  { name: "torch-cpu", module: "torch", backend: "cpu", webgpu: false, trains: true, infers: true },
];
