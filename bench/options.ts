import { Command, InvalidArgumentError, Option } from "commander";
import { PEERS } from "./contenders.ts";

export const PHASES = [
  "size",
  "calls",
  "ceilings",
  "variants",
  "profile",
  "first-use",
  "train",
  "infer",
  "fit",
] as const;
export type Phase = (typeof PHASES)[number];

export interface BenchOptions {
  readonly phases: readonly Phase[];
  readonly peers: readonly string[];
  /** Batch sizes of the training step. */
  readonly batch: readonly number[];
  /** Row counts of inference. */
  readonly rows: readonly number[];
  /** Rows of the synthetic table, for both. */
  readonly tableRows: number;
  /** The whole fit. */
  readonly fit: { readonly rows: number; readonly epochs: number };
  readonly rounds: number;
  /** Seconds that a contender may take for one size; beyond, it is skipped or measured in fewer rounds. */
  readonly budget: number;
  /** Milliseconds of one measurement of one round, where a single run is shorter. */
  readonly slice: number;
  readonly engine: "chromium" | "node";
  readonly adapter: "auto" | "hardware" | "software";
  readonly python: string | undefined;
  readonly json: string | undefined;
}

/** Without those for GPUs: on a software adapter the fit takes hours, and which variant runs there is known. */
const DEFAULT_PHASES = PHASES.filter((phase) => phase !== "fit" && phase !== "variants");

/** fastai's published fit: rows, five epochs, batches of 64. */
const PUBLISHED_FIT = { rows: 802_943, epochs: 5 };

const BATCH = [64, 256, 1024, 4096];
const ROWS = [1, 64, 1024, 16_384, 131_072];

/** @throws nothing: commander prints what is wrong and ends the program. */
export function readOptions(argv: readonly string[]): BenchOptions {
  const program = new Command("npm run bench --")
    .description("TabGPU beside its peers: one model, one adapter, measured in turn. See bench/README.md.")
    .option("--phases <list>", `of ${PHASES.join(",")}`, listOf(PHASES), DEFAULT_PHASES)
    .option(
      "--peers <list>",
      `all, none, or of ${PEERS.map(({ name }) => name).join(",")}`,
      peers,
      peers("all"),
    )
    .option("--batch <list>", `batch sizes of a training step (default ${BATCH})`, sizes)
    .option("--rows <list>", `rows of a prediction (default ${ROWS})`, sizes)
    .option("--rounds <n>", "measurements of each", positive, 5)
    .option(
      "--budget <seconds>",
      "a contender may take so long for one size (default 20; --quick 5, --full 600)",
      positive,
    )
    .option("--slice <ms>", "a measurement takes at least so long", positive, 300)
    .option("--quick", "batch 64, 1 and 1024 rows, 3 rounds, budget 5, a fit of 16384 rows", false)
    .option("--full", "every size, however long it takes (budget 600)", false)
    .addOption(
      new Option("--engine <name>", "where pages run").choices(["chromium", "node"]).default("chromium"),
    )
    .addOption(
      new Option("--adapter <kind>", "hardware: an error where there is no GPU")
        .choices(["auto", "hardware", "software"])
        .default(process.env.TABGPU_ADAPTER || "auto"),
    )
    .option("--python <path>", "a Python that has torch, for PyTorch on the CPU and on CUDA")
    .option("--json <file>", "write every number there");
  const given = program.parse(argv).opts();
  const { quick, full, rounds } = given;
  const batch: number[] = given.batch ?? (quick ? [64] : BATCH);
  const rows: number[] = given.rows ?? (quick ? [1, 1024] : ROWS);
  const fit = quick ? { rows: 16_384, epochs: 1 } : PUBLISHED_FIT;
  const fitRows = given.phases.includes("fit") ? fit.rows : 0;
  return {
    ...given,
    fit,
    rounds: quick && program.getOptionValueSource("rounds") === "default" ? 3 : rounds,
    batch,
    rows,
    tableRows: Math.max(16_384, fitRows, ...rows, ...batch.map((bs) => bs * 8)),
    budget: given.budget ?? (full ? 600 : quick ? 5 : 20),
  } as unknown as BenchOptions;
}

function words(text: string): string[] {
  return text.split(",").filter((word) => word !== "");
}

function listOf<T extends string>(allowed: readonly T[]) {
  return (text: string): T[] =>
    words(text).map((word) => {
      const found = allowed.find((name) => name === word);
      if (found === undefined) throw new InvalidArgumentError(`"${word}" is none of ${allowed.join(", ")}.`);
      return found;
    });
}

function peers(text: string): string[] {
  const names = PEERS.map(({ name }) => name);
  if (text === "all") return names;
  return text === "none" ? [] : listOf(names)(text);
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError("It must be a positive number.");
  return value;
}

function sizes(text: string): number[] {
  const values = words(text).map(positive);
  if (!values.every(Number.isInteger)) throw new InvalidArgumentError("Rows are whole numbers.");
  return values.sort((a, b) => a - b);
}
