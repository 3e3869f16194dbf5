import { type AdapterDescription, isSoftware, sharesByFour } from "../gpu/device.ts";
import { hasVariant, type KernelSource, type Variant } from "../gpu/kernel_source.ts";
import type { Work } from "./recording.ts";

/** What a recording is cut for. */
export interface RecordingTarget {
  /** The variant of every kernel that has it. */
  readonly variant?: Variant;
  /** Whether to spare a software adapter what fills a GPU: workgroups, slices of a sum. */
  readonly software?: boolean;
}

/** Floating-point operations from which on it pays to measure which variant is quicker: microseconds on any GPU. */
const WORTH_MEASURING = 2 ** 24;

/**
 * What an adapter's recordings are cut for: a software adapter whose subgroups are four gets "wide", which was measured on
 * SwiftShader; everything else starts as "narrow", and a GPU then measures (tune.ts).
 */
export function targetOf(device: GPUDevice, adapter: AdapterDescription): Required<RecordingTarget> {
  return { variant: sharesByFour(device, adapter) ? "wide" : "narrow", software: isSoftware(adapter) };
}

/** What decides on a dispatch's variant. */
export interface Call {
  readonly overrides: Readonly<Record<string, number>>;
  readonly work?: Work;
  /** False where no workgroup owns 64 by 64 of the product, though the kernel can have it so. */
  readonly staged?: boolean;
}

/**
 * The variant that is recorded, and those, itself among them, between which a GPU may choose by the clock, since they give the
 * same bits on the same grid. A sum in slices has only one: its bits are its own.
 */
export function chooseVariant(
  kernel: KernelSource,
  { overrides, work, staged = true }: Call,
  target: Required<RecordingTarget>,
): { readonly variant: Variant; readonly alternatives?: readonly Variant[] } {
  const mayStage = staged && hasVariant(kernel, "staged") && (overrides.SLICES ?? 1) === 1;
  const wanted = target.variant === "staged" && !mayStage ? "narrow" : target.variant;
  const variant = hasVariant(kernel, wanted) ? wanted : "narrow";
  const isOpen =
    mayStage && !target.software && variant === "narrow" && (work?.flops ?? 0) >= WORTH_MEASURING;
  return isOpen ? { variant, alternatives: ["narrow", "staged"] } : { variant };
}
