/** The benchmark: contenders are started, compared, timed in turn; tables go to the terminal, everything to --json. */
import { writeFileSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import { join } from "node:path";
import { adapterLine, launchHeadless } from "../src/headless/index.ts";
import { firstLine } from "./cell.ts";
import { pagesOf } from "./chromium_host.ts";
import { type ContenderSpec, PEERS, TABGPU, TABGPU_CPU } from "./contenders.ts";
import type { Host, OpenHost } from "./host.ts";
import { type BenchOptions, readOptions } from "./options.ts";
import { check } from "./phases/check.ts";
import { type Comparison, compareInference, compareTraining } from "./phases/compare.ts";
import { makeFiles } from "./rossmann/make.ts";
import { comparisonTable } from "./tables.ts";

/** @param folder of the built pages, where the benchmark's files go; @param root of the repository */
export async function main(argv: readonly string[], folder: string, _root: string): Promise<number> {
  const options = readOptions(argv);
  const most = Math.max(16_384, ...options.rows, ...options.batch.map((bs) => bs * 8));
  makeFiles(folder, most);
  writeFileSync(
    join(folder, "page.html"),
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>bench</title></html>',
  );
  const run = await launchHeadless({ adapter: options.adapter, folder, crossOriginIsolated: true });
  try {
    const about = {
      date: new Date().toISOString(),
      browser: run.browser.version,
      adapter: adapterLine(run.adapter),
      cores: availableParallelism(),
      load: loadavg(),
    };
    console.log(Object.values(about).join(" · "));
    const results = await runPhases(options, pagesOf(run));
    if (options.json)
      writeFileSync(options.json, JSON.stringify({ ...about, options, ...results }, null, 2) + "\n");
    console.log(
      `load average ${loadavg()
        .map((x) => x.toFixed(1))
        .join(", ")} at the end`,
    );
    return 0;
  } finally {
    await run.close();
  }
}

async function runPhases(options: BenchOptions, open: OpenHost) {
  const tell = (line: string) => void console.error(line);
  const hosts = new Map<ContenderSpec, Host>();
  for (const spec of [TABGPU, TABGPU_CPU, ...PEERS.filter(({ name }) => options.peers.includes(name))]) {
    try {
      hosts.set(spec, await open(spec));
    } catch (error) {
      console.log(`${spec.name} is left out: ${firstLine(error)}`);
    }
  }
  const results: Record<string, unknown> = {};
  const compare = async (
    kind: "train" | "infer",
    title: string,
    sizes: readonly number[],
    measure: typeof compareTraining,
  ) => {
    const able = new Map([...hosts].filter(([spec]) => (kind === "train" ? spec.trains : spec.infers)));
    const verdicts = await check(able, kind);
    for (const { name, difference, equal, reason } of verdicts) {
      console.log(
        `  ${name}: ${reason ?? `${equal ? "equal" : "NOT equal, not timed"} (${difference?.toExponential(1)})`}`,
      );
    }
    const equal = new Map([...able].filter((_, i) => verdicts[i].equal));
    const comparison = await measure(equal, sizes, options, tell);
    console.log(`\n${title}\n${comparisonTable(comparison, "ms")}`);
    results[kind] = { verdicts, comparison: plain(comparison) };
  };
  if (options.phases.includes("train"))
    await compare("train", "A training step", options.batch, compareTraining);
  if (options.phases.includes("infer"))
    await compare("infer", "A prediction", options.rows, compareInference);
  for (const host of hosts.values()) await host.close();
  return results;
}

function plain(comparison: Comparison) {
  return Object.fromEntries([...comparison].map(([size, outcomes]) => [size, Object.fromEntries(outcomes)]));
}
