import { type Command, Option } from "commander";
import type { Diagnosis } from "../doctor/diagnosis.ts";
import { report as reportText } from "../doctor/report.ts";
import { DeviceError } from "../errors.ts";
import { type AdapterChoice, mayHaveGpu } from "../headless/adapter.ts";
import { findBrowser } from "../headless/find_browser.ts";
import { installBrowser } from "../headless/install.ts";
import { softwareDrivers } from "../headless/vulkan.ts";
import { VERSION } from "../version.ts";
import { closeEngine, type EngineFlags, runOn, startEngine } from "./engine.ts";
import { ENGINES, type Engine, type RunningEngine } from "./job.ts";
import type * as PageFunctions from "./page/index.ts";
import { ProgressBar } from "./progress_bar.ts";
import type { Terminal } from "./terminal.ts";
import { bytesText } from "./text_table.ts";

interface DoctorFlags {
  readonly engine: Engine | "auto";
  readonly adapter: AdapterChoice;
  readonly list?: boolean;
  readonly install?: boolean;
  readonly json?: boolean;
}

/** One adapter that an engine may have, and what came of it. */
interface Finding {
  readonly engine: Engine;
  readonly adapter: "hardware" | "software";
  readonly running?: RunningEngine;
  /** Why there is no such adapter. */
  readonly missing?: string;
  readonly diagnosis?: Diagnosis;
  /** Why the examination itself could not be carried out. */
  readonly failure?: string;
}

/** Limits that decide what fits on an adapter. */
const LIMITS = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupsPerDimension",
] as const;

export function addDoctorCommand(program: Command, terminal: Terminal): void {
  program
    .command("doctor")
    .description(
      "List browsers and WebGPU adapters, and check on each that every kernel computes what it must",
    )
    .addOption(
      new Option("--engine <kind>", "which to look at; auto is all")
        .choices(["auto", ...ENGINES])
        .default("auto"),
    )
    .addOption(
      new Option(
        "--adapter <kind>",
        "which to look at; auto is the GPU, where there may be one, and software",
      )
        .choices(["auto", "hardware", "software"])
        .default("auto"),
    )
    .option("--list", "only list, check nothing")
    .option("--install", "install browsers that are missing")
    .option("--json", "print one JSON object instead of text")
    .addHelpText(
      "after",
      "\nExits with 1 when an adapter computes wrong numbers, and when there is no adapter to check. The text is made to be\npasted into a bug report: it holds nothing of your data.",
    )
    .action(async (flags: DoctorFlags) => {
      const findings = await examine(flags, terminal);
      if (flags.json) terminal.out(`${JSON.stringify(asJson(findings))}\n`);
      else terminal.out(`\n${verdict(findings, flags)}\n`);
      const problem = problemOf(findings, flags);
      if (problem) throw new DeviceError(problem);
    });
}

async function examine(flags: DoctorFlags, terminal: Terminal): Promise<Finding[]> {
  const print = (text: string) => flags.json || terminal.out(`${text}\n`);
  const engines = flags.engine === "auto" ? ENGINES : [flags.engine];
  print(`TabGPU ${VERSION} · Node ${process.versions.node} · ${process.platform} ${process.arch}`);
  print("");
  for (const engine of engines) print(`${engine.padEnd(9)} ${await placeOf(engine, flags)}`);
  const findings: Finding[] = [];
  for (const engine of engines) {
    for (const lane of lanes(engine, flags.adapter)) {
      const finding = await examineOne(lane, flags, terminal, print);
      findings.push(finding);
    }
  }
  return findings;
}

/** Where an engine is installed. */
async function placeOf(engine: Engine, { install }: DoctorFlags): Promise<string> {
  if (engine === "node") return "the npm package webgpu (Dawn), in this process";
  const path = install ? await installBrowser(engine) : findBrowser(engine);
  return path ?? "not found; --install installs it";
}

/** The adapters that an engine may have here. On Linux, Firefox and Node can take each software driver there is. */
function lanes(engine: Engine, adapter: AdapterChoice): EngineFlags[] {
  const hardware = adapter === "hardware" || (adapter === "auto" && mayHaveGpu());
  const drivers = engine === "chromium" ? [] : softwareDrivers();
  const software = drivers.length > 0 ? drivers.map(({ icd }) => icd) : [undefined];
  return [
    ...(hardware ? [{ engine, adapter: "hardware" as const }] : []),
    ...(adapter === "hardware"
      ? []
      : software.map((vulkanDriver) => ({ engine, adapter: "software" as const, vulkanDriver }))),
  ];
}

async function examineOne(
  lane: EngineFlags,
  flags: DoctorFlags,
  terminal: Terminal,
  print: (text: string) => unknown,
): Promise<Finding> {
  const { engine, adapter } = lane as { engine: Engine; adapter: "hardware" | "software" };
  const what = `${engine}, ${adapter}`;
  print("");
  let started: Awaited<ReturnType<typeof startEngine>>;
  try {
    started = await startEngine(lane, terminal.signal);
  } catch (error) {
    if (!(error instanceof DeviceError)) throw error;
    print(`${what}: none. ${error.message}`);
    return { engine, adapter, missing: error.message };
  }
  const running: RunningEngine = { engine, name: started.name, adapter: started.adapter };
  const bar = new ProgressBar(terminal.bar);
  try {
    print(describe(what, running));
    if (flags.list) return { engine, adapter, running };
    const { value } = await runOn<typeof PageFunctions.doctor>(started, {
      module: terminal.pageModule,
      function: "doctor",
      argument: null,
      files: {},
      onEvent: ({ done, total, doing }) => bar.showChecks(done, total, doing),
      onWarning: () => {}, // what WebGPU says of a kernel is in the diagnosis
      signal: terminal.signal,
    });
    bar.clear();
    // The page cannot know the driver, which is all there is to name Firefox's adapter by.
    const diagnosis = { ...value, adapter: { ...value.adapter, driver: running.adapter.driver } };
    print(indented(reportText(diagnosis)));
    return { engine, adapter, running, diagnosis };
  } catch (error) {
    terminal.signal.throwIfAborted();
    const failure = error instanceof Error ? error.message : String(error);
    bar.clear();
    print(indented(`The examination ended early: ${failure}`));
    return { engine, adapter, running, failure };
  } finally {
    bar.clear();
    await closeEngine(started);
  }
}

function describe(what: string, { name, adapter }: RunningEngine): string {
  const { vendor, architecture, device, description, driver, isFallbackAdapter } = adapter;
  const parts = [vendor, architecture, device, description, driver && `driver ${driver}`];
  const named = parts.filter((part) => part).join(" · ") || "an adapter that does not tell its name";
  const limits = LIMITS.map((limit) => {
    const value = adapter.limits[limit];
    return `${limit} ${limit.endsWith("Size") && value >= 1e6 ? bytesText(value) : value}`;
  });
  return [
    `${what}: ${name}`,
    `  adapter   ${named}${adapter.software ? " (software: no GPU is used)" : ""}${isFallbackAdapter ? " (fallback)" : ""}`,
    `  features  ${wrapped(adapter.features)}`,
    `  limits    ${wrapped(limits)}`,
  ].join("\n");
}

/** A list over lines of about 100 characters, below the word it belongs to. */
function wrapped(items: readonly string[]): string {
  const lines: string[] = [];
  for (const item of items) {
    const last = lines.length - 1;
    if (last >= 0 && lines[last].length + item.length < 98) lines[last] += `, ${item}`;
    else lines.push(item);
  }
  return lines.join(",\n            ") || "none";
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, "  ");
}

/** What to say last, and what to exit with 1 for; undefined where all is right. */
function problemOf(findings: readonly Finding[], flags: DoctorFlags): string | undefined {
  const running = findings.filter((finding) => finding.running);
  if (running.length === 0) return "There is no WebGPU adapter to check.";
  if (flags.list) return undefined;
  const wrong = running.filter(({ diagnosis }) => !diagnosis?.passed);
  if (wrong.length === 0) return undefined;
  const names = wrong.map(({ engine, running: r }) => `${engine} on ${nameOf(r!)}`);
  return `Wrong numbers, or none, from ${names.join("; ")}. Do not train or predict there; { backend: "cpu" } works everywhere.`;
}

function verdict(findings: readonly Finding[], flags: DoctorFlags): string {
  const checked = findings.filter(({ diagnosis }) => diagnosis?.passed);
  if (flags.list || problemOf(findings, flags)) return "";
  const names = checked.map(({ engine, running }) => `${engine} on ${nameOf(running!)}`);
  return `All right: ${names.join(", ")}.`;
}

function nameOf({ adapter }: RunningEngine): string {
  return adapter.driver ?? (adapter.architecture || adapter.description || adapter.vendor || "its adapter");
}

function asJson(findings: readonly Finding[]): object {
  return {
    tabgpu: VERSION,
    node: process.versions.node,
    platform: process.platform,
    arch: process.arch,
    adapters: findings.map(({ running, ...finding }) => ({
      ...finding,
      ...(running && { name: running.name, adapter: running.adapter, kind: finding.adapter }),
    })),
  };
}
