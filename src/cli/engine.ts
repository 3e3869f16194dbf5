import { DeviceError } from "../errors.ts";
import { type AdapterChoice, mayHaveGpu } from "../headless/adapter.ts";
import { type Headless, launchHeadless } from "../headless/launch.ts";
import { type NodeGpu, nodeGpu } from "../headless/node_gpu.ts";
import type { PageCall } from "../headless/page_call.ts";
import type { PageFunction } from "../headless/page_protocol.ts";
import { softwareDrivers } from "../headless/vulkan.ts";
import { callHere } from "./call_here.ts";
import type { Engine, Job, JobResult, RunningEngine } from "./job.ts";

/** What --engine and --adapter say. */
export interface EngineFlags {
  readonly engine: Engine | "auto";
  readonly adapter: AdapterChoice;
  /** As tabgpu/headless takes it. */
  readonly vulkanDriver?: string;
}

export type Started = RunningEngine & ({ readonly browser: Headless } | { readonly node: NodeGpu });

/**
 * Runs a job on the engine asked for and closes what it started, whatever happens.
 * @throws what the function throws; {DeviceError} where the engine, or with `auto` every one, has no adapter to offer
 */
export async function runJob<F extends PageFunction>(job: Job<F>, flags: EngineFlags): Promise<JobResult<F>> {
  job.signal.throwIfAborted();
  const started = await startEngine(flags, job.signal);
  try {
    job.onEngine?.(started);
    return await runOn(started, job);
  } finally {
    await closeEngine(started);
  }
}

/** Runs a job on an engine that has started, and leaves it open. */
export async function runOn<F extends PageFunction>(started: Started, job: Job<F>): Promise<JobResult<F>> {
  if ("node" in started) return { ...(await callHere(job, started.node.gpu)), engine: started };
  const result = await started.browser.call<F>({
    ...job,
    onConsole: ({ type, text }) => {
      if (type === "warning" || type === "error") job.onWarning(text);
    },
    timeout: 0, // a pipeline may compile for minutes, and Ctrl-C is at hand
  } as PageCall<F>);
  return { ...(result as Omit<JobResult<F>, "engine">), engine: started };
}

/** Starts the engine asked for; with `auto` the first that works of bestFirst. */
export async function startEngine(flags: EngineFlags, signal: AbortSignal): Promise<Started> {
  const { engine, adapter } = flags;
  if (engine !== "auto") return start(engine, flags, signal);
  const failures: string[] = [];
  for (const [candidate, kind] of bestFirst(adapter)) {
    signal.throwIfAborted();
    try {
      return await start(candidate, { adapter: kind }, signal);
    } catch (error) {
      if (!(error instanceof DeviceError)) throw error;
      failures.push(`${candidate}: ${error.message}`);
    }
  }
  const reasons = [...new Set(failures)].map((failure) => `\n  ${failure}`).join("");
  throw new DeviceError(`No engine gives a WebGPU adapter here.${reasons}`);
}

/**
 * The order in which `auto` tries: a GPU before software. A browser comes first, whose GPU process can crash without
 * taking the training with it; but in software Node does where it finds lavapipe, several times as fast as SwiftShader,
 * which Chromium brings and runs faster than Node can.
 */
export function bestFirst(
  adapter: AdapterChoice,
  hasGpu = mayHaveGpu(),
  hasLavapipe = softwareDrivers().some(({ name }) => name === "lavapipe"),
): (readonly [Engine, "hardware" | "software"])[] {
  const order: readonly Engine[] = ["chromium", "node", "firefox"];
  const hardware = order.map((engine) => [engine, "hardware"] as const);
  const inSoftware: readonly Engine[] = hasLavapipe ? ["node", "chromium", "firefox"] : order;
  const software = inSoftware.map((engine) => [engine, "software"] as const);
  switch (adapter) {
    case "hardware":
      return hardware;
    case "software":
      return software;
    case "auto":
      return hasGpu ? [...hardware, ...software] : software;
  }
}

async function start(
  engine: Engine,
  { adapter, vulkanDriver }: Omit<EngineFlags, "engine">,
  signal: AbortSignal,
): Promise<Started> {
  if (engine === "node") {
    const node = await nodeGpu({ adapter, vulkanDriver });
    return { engine, name: `Dawn in Node ${process.versions.node}`, adapter: node.adapter, node };
  }
  // Ctrl-C is the program's: it stops the training, and then closes the browser.
  const browser = await launchHeadless({ browser: engine, adapter, vulkanDriver, handleSignals: false });
  if (signal.aborted) await browser.close();
  signal.throwIfAborted();
  return { engine, name: browser.browser.version, adapter: browser.adapter, browser };
}

export async function closeEngine(started: Started): Promise<void> {
  if ("browser" in started) await started.browser.close();
}
