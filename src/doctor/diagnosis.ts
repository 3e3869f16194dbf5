import type { AdapterDescription } from "../gpu/device.ts";

/** What the doctor found of one kernel. */
export interface KernelDiagnosis {
  /** As the file in shaders/ is called. */
  readonly kernel: string;
  readonly passed: boolean;
  /** Cases that ran: dispatches, each at another size. */
  readonly cases: number;
  /**
   * Largest error of any element, in units of the bound that the kernel's header states; 1 is the most allowed. null
   * where a result is not a number or wrong where it must be exact, and where nothing ran.
   */
  readonly errorOverBound: number | null;
  /** Compilation included. */
  readonly ms: number;
  /** The first thing that was wrong, in words: the worst element of a case, or what the compiler said. */
  readonly failure: string | null;
}

/** What came of training a small model, beside what PyTorch made of it. */
export interface TrainingDiagnosis {
  readonly passed: boolean;
  /** Steps whose losses were compared. */
  readonly steps: number;
  /** Largest relative error of a loss, in units of the one allowed, 1e-4; null where a loss is not a number. */
  readonly errorOverBound: number | null;
  readonly ms: number;
  readonly failure: string | null;
}

/** What `diagnose` found. Plain data, also as JSON. */
export interface Diagnosis {
  /** Whether every kernel and the training passed: whether models may be trained on this device. */
  readonly passed: boolean;
  /** Of TabGPU. */
  readonly version: string;
  readonly adapter: AdapterDescription;
  readonly kernels: readonly KernelDiagnosis[];
  /** null where only some kernels were asked for. */
  readonly training: TrainingDiagnosis | null;
  readonly ms: number;
}
