import type { Grid } from "../../scheduler/recording.ts";
import type { StepValues } from "../../scheduler/step_slots.ts";

/** Elements of a binding that holds floats: f32 as on the GPU, or f64 where a check wants the exact result. */
export type Floats = Float32Array | Float64Array;

/**
 * One dispatch as its twin sees it: the same buffers, `dims`, overrides and step slot that the kernel in WGSL gets, the
 * layout of every buffer (padded rows, offsets into arenas) included.
 */
export interface TwinCall {
  readonly step: StepValues;
  readonly dims: Readonly<Record<string, number>>;
  readonly overrides: Readonly<Record<string, number>>;
  /** Workgroups, for a kernel that learns from them alone how many columns there are. */
  readonly grid: Grid;
  /** By the name of the binding: Uint32Array where the kernel declares u32 elements or structs of them, floats everywhere else. */
  readonly buffers: Readonly<Record<string, Floats | Uint32Array>>;
}

/**
 * What a kernel computes, in plain f64 loops over the same buffers: writes exactly the elements the kernel promises to
 * write, padding included, and no other.
 */
export type KernelTwin = (call: TwinCall) => void;
