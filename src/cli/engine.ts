import type { AdapterChoice } from "../headless/adapter.ts";
import { runInNode } from "../headless/run_in_node.ts";
import { type PageJob, type PageResult, runInPage } from "../headless/run_in_page.ts";

/** Where a command's GPU work runs: in a page of headless Chromium, or in this process on the package `webgpu`. */
export type Engine = "chromium" | "node";

/** What --engine and --adapter say. */
export interface EngineFlags {
  engine: Engine;
  adapter: AdapterChoice;
}

export function runJob<Argument, Event, Value>(
  job: PageJob<Argument, Event>,
  { engine, adapter }: EngineFlags,
): Promise<PageResult<Value>> {
  const run = engine === "node" ? runInNode<Argument, Event, Value> : runInPage<Argument, Event, Value>;
  return run({ ...job, adapter });
}
