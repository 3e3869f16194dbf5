import type { KernelCase } from "./kernel_case.ts";

/** How the doctor checks one kernel: a few small cases at awkward sizes. */
export interface KernelCheck {
  readonly kernel: string;
  /** Built one at a time, right before it runs. */
  readonly cases: readonly (() => KernelCase)[];
}

/** A check that gives each size to a function that makes the case. */
export function checkOf<Size>(
  kernel: string,
  makeCase: (size: Size) => KernelCase,
  sizes: readonly Size[],
): KernelCheck {
  return { kernel, cases: sizes.map((size) => () => makeCase(size)) };
}
