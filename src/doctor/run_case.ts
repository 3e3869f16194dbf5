import { twinOf } from "../cpu/twins/index.ts";
import { holdsFloats } from "../cpu/twins/layout.ts";
import type { BufferSpec } from "../gpu/buffer_spec.ts";
import type { GpuRuntime } from "../scheduler/gpu_runtime.ts";
import type { Recording } from "../scheduler/recording.ts";
import { type ExactBuffers, type KernelCase, SENTINEL } from "./kernel_case.ts";

/** One word of a buffer that is not what the twin says. */
export interface WrongWord {
  /** Name of the binding in the kernel. */
  readonly binding: string;
  readonly index: number;
  /** What is there and what should be, in words. */
  readonly problem: string;
}

/** What became of one case. JSON all through. */
export interface CaseResult {
  readonly kernel: string;
  readonly title: string;
  readonly passed: boolean;
  /**
   * Largest error of an element in units of its bound, where the kernel has one; null where an element is not a number or
   * is wrong where nothing may be.
   */
  readonly errorOverBound: number | null;
  /** Words compared, and how many of them are wrong. */
  readonly words: number;
  readonly wrong: number;
  readonly worst: WrongWord | null;
  readonly ms: number;
}

/** Runs a case on the GPU, in the variant its dispatch has, and compares every word of every buffer with what the kernel's twin makes of the same contents. */
export async function runCase(runtime: GpuRuntime, kernelCase: KernelCase): Promise<CaseResult> {
  const start = performance.now();
  const found = await executeCase(runtime, kernelCase);
  return { ...judgeCase(kernelCase, found), ms: performance.now() - start };
}

/**
 * Uploads the contents, runs the dispatch once, and reads every buffer back whole.
 * @returns the words of each buffer, by the name of the binding
 * @throws {DeviceError} where the kernel does not compile or the device reports an error
 */
export async function executeCase(
  runtime: GpuRuntime,
  { dispatch, step, contents }: KernelCase,
): Promise<Record<string, Uint32Array>> {
  const recording: Recording = { name: `check of ${dispatch.kernel.name}`, dispatches: [dispatch] };
  const { memory } = runtime;
  const specs = [...contents.keys()];
  try {
    for (const [spec, words] of contents) memory.upload(spec, words);
    const replay = await runtime.prepare(recording);
    try {
      await runtime.replay(replay, 1, () => step);
      const words = async (spec: BufferSpec) =>
        new Uint32Array(await runtime.guard(memory.download(spec, spec.bytes / 4)));
      const bindings = Object.entries(dispatch.buffers);
      const found = await Promise.all(bindings.map(([, spec]) => words(spec)));
      return Object.fromEntries(bindings.map(([name], i) => [name, found[i]]));
    } finally {
      replay.dispose();
    }
  } finally {
    for (const spec of specs) memory.free(spec);
  }
}

/** What the kernel's twin makes of the case, in f64. */
export function exactOf({ dispatch, step, contents }: KernelCase): ExactBuffers {
  const { kernel, dims, overrides } = dispatch;
  const buffers: Record<string, Float64Array | Uint32Array> = {};
  for (const [name, spec] of Object.entries(dispatch.buffers)) {
    const words = contents.get(spec)!;
    buffers[name] = holdsFloats(kernel.bindings[name].element)
      ? Float64Array.from(asFloats(words))
      : words.slice();
  }
  twinOf(kernel.name)({ step, dims, overrides, grid: dispatch.grid, buffers });
  return buffers;
}

/**
 * Compares what a kernel left in its buffers with the exact result: inputs unchanged to the bit; floats the twin wrote
 * within their bound; everything else, u32 and what the twin left alone, the same bits.
 */
export function judgeCase(
  kernelCase: KernelCase,
  found: Readonly<Record<string, Uint32Array>>,
): Omit<CaseResult, "ms"> {
  const { title, dispatch, contents } = kernelCase;
  const { kernel } = dispatch;
  const exact = exactOf(kernelCase);
  const bounds = kernelCase.bounds(exact);
  let words = 0;
  let wrong = 0;
  let errorOverBound = 0;
  let worst: WrongWord | null = null;
  for (const [name, spec] of Object.entries(dispatch.buffers)) {
    const before = contents.get(spec)!;
    const after = found[name];
    const floats = asFloats(after);
    const { access, element } = kernel.bindings[name];
    const hasFloats = holdsFloats(element);
    const wanted = exact[name];
    const bound = bounds[name];
    words += after.length;
    const report = (index: number, ratio: number, problem: string) => {
      wrong++;
      if (worst && !(ratio > errorOverBound)) return;
      errorOverBound = Math.max(errorOverBound, ratio);
      worst = { binding: name, index, problem };
    };
    for (let i = 0; i < after.length; i++) {
      if (access === "read" || (hasFloats && Number.isNaN(wanted[i]))) {
        if (after[i] === before[i]) continue;
        const why = access === "read" ? "the kernel only reads it" : "the kernel must leave it alone";
        report(
          i,
          Number.POSITIVE_INFINITY,
          `${shown(after[i], hasFloats)} where ${shown(before[i], hasFloats)} was; ${why}`,
        );
      } else if (hasFloats) {
        const error = Math.abs(floats[i] - wanted[i]);
        const limit = bound ? bound[i] : 0;
        const ratio = error === 0 ? 0 : Number.isNaN(error) ? Number.POSITIVE_INFINITY : error / limit;
        if (error <= limit) errorOverBound = Math.max(errorOverBound, ratio);
        else report(i, ratio, `got ${shown(after[i], true)}, expected ${wanted[i]} ± ${limit}`);
      } else if (after[i] !== wanted[i]) {
        report(
          i,
          Number.POSITIVE_INFINITY,
          `got ${shown(after[i], false)}, expected ${shown(wanted[i], false)}`,
        );
      }
    }
  }
  return {
    kernel: kernel.name,
    title,
    passed: wrong === 0,
    errorOverBound: Number.isFinite(errorOverBound) ? errorOverBound : null,
    words,
    wrong,
    worst,
  };
}

/** A failed result in one line: what was checked, how many words are wrong, and the worst of them. */
export function failureOf({ kernel, title, words, wrong, worst }: Omit<CaseResult, "ms">): string {
  const where = worst ? `; the worst is ${worst.binding}[${worst.index}]: ${worst.problem}` : "";
  return `${kernel} (${title}): ${wrong} of ${words} words are wrong${where}`;
}

function asFloats(words: Uint32Array): Float32Array {
  return new Float32Array(words.buffer, words.byteOffset, words.length);
}

function shown(word: number, isFloat: boolean): string {
  if (word === SENTINEL) return "nothing written";
  return isFloat ? `${asFloats(Uint32Array.of(word))[0]}` : `${word}`;
}
