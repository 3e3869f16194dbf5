import { dense } from "../generated/wasm.ts";
import { plainDense } from "./plain_dense.ts";

/** What wasm/dense.wat exports; its header says what each argument is and how memory is laid out and padded. */
export interface DenseKernels {
  /** y [width] = start [width] + Σ rows[pointers[t]] [width], t < count. */
  sum_rows(pointers: number, count: number, start: number, y: number, width: number): void;
  /** y [rows, 8 · panels] = start + x [rows, fanIn] · weightᵀ, then ReLU unless `relu` is 0. */
  linear(
    x: number,
    xStride: number,
    weight: number,
    start: number,
    startStride: number,
    y: number,
    yStride: number,
    fanIn: number,
    rows: number,
    panels: number,
    relu: number,
  ): void;
}

/** The kernels with the memory they work on, all zeros at first. */
export interface DenseMachine {
  readonly kernels: DenseKernels;
  readonly memory: ArrayBuffer;
  /** For people: which of the two ways it is. */
  readonly description: string;
}

const WASM_PAGE = 65536;

/** Compiled once for all models; null where this page cannot. */
let compiled: WebAssembly.Module | null | undefined;

/**
 * Kernels over `bytes` of memory: WebAssembly SIMD, or plain JavaScript with the same bits, some twenty times slower,
 * where the browser has no SIMD or the page's Content-Security-Policy forbids WebAssembly.
 *
 * @param wasm false for plain JavaScript in any case
 */
export function denseMachine(bytes: number, wasm = true): DenseMachine {
  if (wasm && compiled === undefined) compiled = compile();
  if (wasm && compiled) {
    const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / WASM_PAGE) });
    const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
    return {
      kernels: exports as unknown as DenseKernels,
      memory: memory.buffer,
      description: "f32 on the CPU (WebAssembly SIMD)",
    };
  }
  const memory = new ArrayBuffer(bytes);
  return { kernels: plainDense(memory), memory, description: "f32 on the CPU (JavaScript)" };
}

function compile(): WebAssembly.Module | null {
  try {
    return new WebAssembly.Module(Uint8Array.from(dense.match(/../g)!, (hex) => Number.parseInt(hex, 16)));
  } catch {
    return null; // no WebAssembly, no SIMD, or forbidden by the page's Content-Security-Policy
  }
}
