import type { AdapterReport } from "../headless/drivers/driver.ts";
import type { PageFunction } from "../headless/page_protocol.ts";

/** Where a command's GPU work runs: in a page of a headless browser, or in this process on the package `webgpu`. */
export const ENGINES = ["chromium", "firefox", "node"] as const;
export type Engine = (typeof ENGINES)[number];

/** An engine that has started and has its adapter. */
export interface RunningEngine {
  readonly engine: Engine;
  /** Such as `Chromium 141.0`, `Dawn in Node 20.19`. */
  readonly name: string;
  readonly adapter: AdapterReport;
}

/** One call of a function of the page module. */
export interface Job<F extends PageFunction> {
  /** Path of the bundle of src/cli/page. */
  readonly module: string;
  readonly function: string;
  readonly argument: Parameters<F>[0];
  /** Paths of data files by the name under which the function finds them. */
  readonly files: Readonly<Record<string, string>>;
  readonly onEvent: (event: Parameters<Parameters<F>[1]["emit"]>[0]) => void;
  /** Called once an engine runs, before the function does. */
  readonly onEngine?: (running: RunningEngine) => void;
  /** Warnings and errors of the page's console: WebGPU reports its validation errors there. */
  readonly onWarning: (text: string) => void;
  readonly signal: AbortSignal;
}

export interface JobResult<F extends PageFunction> {
  readonly value: Awaited<ReturnType<F>>;
  /** What the function uploaded, by name. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly engine: RunningEngine;
}
