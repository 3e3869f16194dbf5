import { OptionError } from "../errors.ts";
import { describeAdapter } from "../gpu/device.ts";
import { waitFor } from "../gpu/wait.ts";
import { GpuRuntime } from "../scheduler/gpu_runtime.ts";
import { VERSION } from "../version.ts";
import { kernelChecks } from "./checks/index.ts";
import type { Diagnosis, KernelDiagnosis, TrainingDiagnosis } from "./diagnosis.ts";
import { inVariants } from "./kernel_case.ts";
import type { KernelCheck } from "./kernel_check.ts";
import { failureOf, runCase } from "./run_case.ts";
import { checkTraining } from "./training_check.ts";

export interface DiagnoseProgress {
  /** Cases and training runs done, and all there are. */
  readonly done: number;
  readonly total: number;
  /** What comes next: the name of a kernel, or "training". */
  readonly doing: string;
}

export interface DiagnoseOptions {
  /** Only these kernels, by name, and no training. */
  readonly kernels?: readonly string[];
  readonly onProgress?: (progress: DiagnoseProgress) => void;
  /** Stops before the next case; its reason is thrown. */
  readonly signal?: AbortSignal;
}

/** What a check reports of a device that is gone. */
const NOT_RUN = "not run: the GPU device was lost";

/**
 * Runs every kernel on `device`, at several sizes, against the same computation in double precision on the CPU, and trains
 * a small model against PyTorch's losses. What does not compile, what computes wrongly and what loses the device is a
 * failed row of the result, not an exception. The device is left as it was: nothing of TabGPU stays on it.
 *
 * Works in a page, in a worker and in Node.
 * @throws {OptionError} for a kernel that does not exist
 */
export async function diagnose(device: GPUDevice, options: DiagnoseOptions = {}): Promise<Diagnosis> {
  const start = performance.now();
  const checks = chosenChecks(options.kernels);
  const withTraining = options.kernels === undefined;
  const total = checks.reduce((sum, check) => sum + check.cases.length, 0) + Number(withTraining);
  const doctor = new Doctor(device, total, options);
  const kernels: KernelDiagnosis[] = [];
  for (const check of checks) kernels.push(await doctor.checkKernel(check));
  const training = withTraining ? await doctor.checkTraining() : null;
  return {
    passed: kernels.every((row) => row.passed) && (training?.passed ?? true),
    version: VERSION,
    adapter: describeAdapter(device.adapterInfo),
    kernels,
    training,
    ms: performance.now() - start,
  };
}

/** One examination: what is done so far, and whether the device is still there. */
class Doctor {
  readonly #device: GPUDevice;
  readonly #options: DiagnoseOptions;
  readonly #total: number;
  #done = 0;
  #isLost = false;

  constructor(device: GPUDevice, total: number, options: DiagnoseOptions) {
    this.#device = device;
    this.#options = options;
    this.#total = total;
    void device.lost.then(() => {
      this.#isLost = true;
    });
  }

  async checkKernel({ kernel, cases }: KernelCheck): Promise<KernelDiagnosis> {
    const start = performance.now();
    let ran = 0;
    let worst: number | null = 0;
    let failure: string | null = null;
    const thrown = await this.#withRuntime(async (runtime) => {
      for (const makeCase of cases) {
        this.#announce(kernel);
        for (const oneVariant of inVariants(makeCase(), runtime.variants)) {
          const result = await runCase(runtime, oneVariant);
          if (!result.passed) failure ??= failureOf(result);
          const ratio: number | null = result.errorOverBound;
          worst = worst === null || ratio === null ? null : Math.max(worst, ratio);
        }
        ran++;
        this.#done++;
      }
    });
    this.#done += cases.length - ran;
    failure ??= thrown;
    return {
      kernel,
      passed: failure === null,
      cases: ran,
      errorOverBound: ran > 0 ? worst : null,
      ms: performance.now() - start,
      failure,
    };
  }

  async checkTraining(): Promise<TrainingDiagnosis> {
    const start = performance.now();
    let result: TrainingDiagnosis | undefined;
    const thrown = await this.#withRuntime(async (runtime) => {
      this.#announce("training");
      result = await checkTraining(runtime, this.#options.signal);
    });
    this.#done++;
    if (result) return result;
    return { passed: false, steps: 0, errorOverBound: null, ms: performance.now() - start, failure: thrown };
  }

  /**
   * Each check has a runtime of its own, so that an error the device reports of one does not fail the next.
   * @returns what was thrown, in words, or null
   */
  async #withRuntime(body: (runtime: GpuRuntime) => Promise<void>): Promise<string | null> {
    this.#options.signal?.throwIfAborted();
    const { lost, queue } = this.#device;
    await Promise.race([lost, waitFor(this.#device, queue.onSubmittedWorkDone())]).catch(() => {}); // a loss is heard
    if (this.#isLost) return NOT_RUN;
    let runtime: GpuRuntime | undefined;
    try {
      runtime = await GpuRuntime.open({ device: this.#device });
      await body(runtime);
      return null;
    } catch (error) {
      this.#options.signal?.throwIfAborted();
      return error instanceof Error ? error.message : String(error);
    } finally {
      runtime?.dispose();
    }
  }

  #announce(doing: string): void {
    this.#options.signal?.throwIfAborted();
    this.#options.onProgress?.({ done: this.#done, total: this.#total, doing });
  }
}

function chosenChecks(kernels: readonly string[] | undefined): readonly KernelCheck[] {
  if (!kernels) return kernelChecks;
  const names = kernelChecks.map((check) => check.kernel);
  const unknown = kernels.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new OptionError(`kernels: there is no kernel "${unknown}"; there are ${names.join(", ")}.`);
  }
  return kernelChecks.filter((check) => kernels.includes(check.kernel));
}
