/** The benchmark: what runs, in which order. Tables go to the terminal, every number to --json. */
import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import { join } from "node:path";
import { VERSION } from "../src/version.ts";
import { firstLine, type Outcome } from "./cell.ts";
import { type ContenderSpec, PEERS, TABGPU, TABGPU_AUTO, TABGPU_CPU, TORCH } from "./contenders.ts";
import { type ChromiumEngine, chromiumEngine } from "./engine/chromium.ts";
import type { Engine, Host, OpenHost } from "./engine/host.ts";
import { nodeEngine } from "./engine/node.ts";
import { pythonOf } from "./engine/python.ts";
import { type BenchOptions, PHASES, type Phase, readOptions } from "./options.ts";
import type { Ceilings } from "./page/ceilings.ts";
import type { WholeFit } from "./page/tabgpu.ts";
import type { VariantRates } from "./page/variants.ts";
import { callsTable, countedCalls } from "./phases/calls.ts";
import { bestRate, ceilingsTable, ceilingsWork, shares, sharesTable, USEFUL } from "./phases/ceilings.ts";
import { check, verdictLine } from "./phases/check.ts";
import { type Comparison, compareInference, compareTraining } from "./phases/compare.ts";
import { firstUses, firstUseTable } from "./phases/first_use.ts";
import { profiles } from "./phases/profile.ts";
import { appSizes, sizesTable } from "./phases/size.ts";
import { variantsTable, variantsWork } from "./phases/variants.ts";
import { makeFiles } from "./rossmann/make.ts";
import { ratio } from "./stats.ts";
import { comparisonTable, short } from "./tables.ts";

/** @param folder of the built pages, where the benchmark's files go; @param root of the repository */
export async function main(argv: readonly string[], folder: string, root: string): Promise<number> {
  const options = readOptions(argv);
  makeFiles(folder, options.tableRows);
  const engine = await (options.engine === "node" ? nodeEngine : chromiumEngine)(options.adapter, folder);
  try {
    const about = {
      date: new Date().toISOString(),
      engine: engine.name,
      adapter: engine.adapter,
      cores: availableParallelism(),
      versions: versionsOf(root),
    };
    const { date, adapter, cores } = about;
    console.log(`${date} · ${engine.name} · ${adapter} · ${cores} cores · load average ${load()}`);
    const bench = new Bench(options, engine, folder, root);
    let whole = false;
    try {
      whole = await bench.run();
    } finally {
      await bench.close();
    }
    const { results } = bench;
    console.log(`\nload average ${load()} at the end`);
    if (options.json) {
      const text = JSON.stringify({ ...about, load: loadavg(), options, ...results }, null, 2);
      writeFileSync(options.json, text + "\n");
    }
    return whole ? 0 : 1;
  } finally {
    await engine.close();
  }
}

class Bench {
  readonly results: Record<string, unknown> = {};
  readonly #options: BenchOptions;
  readonly #engine: Engine;
  readonly #folder: string;
  readonly #open: OpenHost;
  readonly #peers: readonly ContenderSpec[];
  /** Contenders that are up; started by the first comparison. */
  readonly #hosts = new Map<ContenderSpec, Host>();
  /** GFLOP/s of the best matrix product so far; 0 where the ceilings are not asked for. */
  #best = 0;

  constructor(options: BenchOptions, engine: Engine, folder: string, root: string) {
    this.#options = options;
    this.#engine = engine;
    this.#folder = folder;
    const { python } = options;
    const inPython = pythonOf(python ?? "", join(root, "bench/peers/torch_peer.py"), folder);
    this.#open = (spec, count) => (spec.module === TORCH ? inPython(spec) : engine.open(spec, count));
    const able = PEERS.filter(({ browserOnly }) => !browserOnly || options.engine === "chromium");
    this.#peers = able.filter(({ name, module }) => {
      return options.peers.includes(name) && (module !== TORCH || python !== undefined);
    });
    if (python === undefined)
      console.log("PyTorch and fastai are left out: give --python, one that has torch.");
  }

  /** @returns whether every phase went through; one that does not leaves the others their turn */
  async run(): Promise<boolean> {
    const { phases, batch, rows } = this.#options;
    const all: Record<Phase, () => void | Promise<void>> = {
      size: () => this.#size(),
      ceilings: () => this.#showCeilings(),
      calls: () => this.#calls(),
      variants: () => this.#variants(),
      profile: () => this.#profile(),
      "first-use": () => this.#firstUse(),
      train: () => this.#compare("train", "a training step", batch, compareTraining),
      infer: () => this.#compare("infer", "a prediction", rows, compareInference),
      fit: () => this.#fit(),
    };
    let whole = true;
    for (const phase of PHASES.filter((name) => phases.includes(name))) {
      try {
        await all[phase]();
      } catch (error) {
        whole = false;
        console.error(`The phase ${phase} failed: ${error instanceof Error ? error.stack : error}`);
      }
    }
    return whole;
  }

  async close(): Promise<void> {
    for (const host of this.#hosts.values()) await host.close();
  }

  #size(): void {
    const sizes = appSizes(this.#folder);
    this.#tell("size", sizes, sizesTable(sizes));
  }

  async #showCeilings(): Promise<void> {
    const ceilings = await this.#ceilings(this.#options.batch);
    this.#tell("ceilings", ceilings, ceilingsTable(ceilings));
  }

  /** At the model's shapes for these batch sizes too. */
  async #ceilings(batch: readonly number[]): Promise<Ceilings> {
    const argument = ceilingsWork(batch, this.#options.slice);
    const ceilings = (await this.#engine.call("ceilings", "ceilings", argument)) as Ceilings;
    this.#best = Math.max(this.#best, bestRate(ceilings));
    return ceilings;
  }

  async #calls(): Promise<void> {
    const specs = [TABGPU, ...this.#peers].filter(({ webgpu }) => webgpu);
    const counted = await countedCalls(specs, this.#open, progress);
    this.#tell("calls", counted, callsTable(counted));
  }

  async #variants(): Promise<void> {
    const { batch, rounds, slice } = this.#options;
    const argument = variantsWork(batch, rounds, slice);
    const measured = (await this.#engine.call("variants", "variants", argument)) as VariantRates[];
    this.#tell("variants", measured, variantsTable(measured));
  }

  async #profile(): Promise<void> {
    const { batch, budget } = this.#options;
    const measured = await profiles(this.#engine, batch, budget);
    const texts = measured.map(
      ({ bs, text }) => `a training step of ${bs} rows, dispatch by dispatch\n${text}`,
    );
    this.#tell("profile", measured, texts.join("\n\n"));
  }

  async #firstUse(): Promise<void> {
    if (!("headless" in this.#engine)) return; // a page's
    const { headless } = this.#engine as ChromiumEngine;
    const uses = await firstUses(headless, this.#folder, this.#options.peers, this.#options);
    this.#tell("firstUse", uses, firstUseTable(uses));
  }

  async #fit(): Promise<void> {
    const { rows, epochs } = this.#options.fit;
    const argument = { rows, epochs, base: this.#engine.url };
    const whole = (await this.#engine.call("tabgpu", "wholeFit", argument)) as WholeFit;
    const { prepare, fit, trainLoss } = whole;
    const per = short((fit * 1e6) / (epochs * Math.floor(rows / 64)));
    const line = `${epochs} epochs of ${rows} rows at 64: ${short(fit)} s (${per} µs a step), ${short(prepare)} s to prepare, loss ${short(trainLoss)}`;
    this.#tell("fit", { rows, epochs, ...whole }, line);
  }

  async #compare(
    kind: "train" | "infer",
    title: string,
    sizes: readonly number[],
    measure: typeof compareTraining,
  ): Promise<void> {
    await this.#start();
    const able = new Map([...this.#hosts].filter(([spec]) => (kind === "train" ? spec.trains : spec.infers)));
    const verdicts = await check(able, kind);
    const equal = new Map([...able].filter((_, i) => verdicts[i].equal));
    const comparison = await measure(equal, sizes, this.#options, progress);
    const table = comparisonTable(comparison, `${title}, ms`);
    this.#tell(
      kind,
      { verdicts, comparison: plain(comparison) },
      [...verdicts.map(verdictLine), table].join("\n"),
    );
    if (this.#best === 0) return;
    await this.#ceilings([]); // once more: a machine that was busy at first has a higher ceiling than was seen
    const best = this.#best;
    const lines = Object.fromEntries(
      Object.entries(USEFUL[kind]).map(([name, flops]) => [
        name,
        shares(comparison, TABGPU.name, flops, best),
      ]),
    );
    const heading = `TabGPU, useful operations of ${title}, share of ${short(best)} GFLOP/s`;
    this.#tell(`${kind}Shares`, { best, ...lines }, sharesTable(heading, lines));
  }

  async #start(): Promise<void> {
    if (this.#hosts.size > 0) return;
    for (const spec of [TABGPU, TABGPU_CPU, TABGPU_AUTO, ...this.#peers]) {
      try {
        this.#hosts.set(spec, await this.#open(spec));
      } catch (error) {
        console.log(`${spec.name} is left out: ${firstLine(error)}`);
      }
    }
  }

  #tell(key: string, result: unknown, table: string): void {
    this.results[key] = result;
    console.log(`\n${table}`);
  }
}

/** To stderr, so that the tables can be kept by themselves. */
function progress(line: string): void {
  console.error(line);
}

function load(): string {
  return loadavg()
    .map((x) => x.toFixed(1))
    .join(", ");
}

function versionsOf(root: string): Record<string, string> {
  const packages = ["@jax-js/jax", "@tensorflow/tfjs-core", "onnxruntime-web"];
  const read = (name: string) => {
    const path = join(root, "node_modules", name, "package.json");
    return (JSON.parse(readFileSync(path, "utf8")) as { version: string }).version;
  };
  return {
    tabgpu: VERSION,
    node: process.version,
    ...Object.fromEntries(packages.map((name) => [name, read(name)])),
  };
}

/** With how many times longer than TabGPU's each takes. */
function plain(comparison: Comparison) {
  const withRatio = (outcome: Outcome, best: Outcome | undefined) =>
    "ms" in outcome && best && "ms" in best ? { ...outcome, ratio: ratio(outcome.ms, best.ms) } : outcome;
  return Object.fromEntries(
    [...comparison].map(([size, outcomes]) => {
      const best = outcomes.get(TABGPU.name);
      return [size, Object.fromEntries([...outcomes].map(([name, one]) => [name, withRatio(one, best)]))];
    }),
  );
}
