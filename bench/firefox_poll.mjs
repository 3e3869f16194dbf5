// npm run bench:firefox: what it gains to nudge Firefox, which by itself looks only every 100 ms whether the GPU is done.
// See bench/README.md.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { buildHeadless } from "../scripts/build.mjs";

const USAGE =
  "npm run bench:firefox -- [--browser firefox|chromium] [--adapter auto|hardware|software] [--rounds 7] [--json file]";

/** Checked words of the command line; a wrong one ends the program with the usage. */
function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        browser: { type: "string", default: "firefox" },
        adapter: { type: "string", default: process.env.TABGPU_ADAPTER || "auto" },
        rounds: { type: "string", default: "7" },
        json: { type: "string" },
      },
    });
    const rounds = Number(values.rounds);
    if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds is ${values.rounds}`);
    return { ...values, rounds };
  } catch (error) {
    console.error(`${error.message}\n${USAGE}`);
    process.exit(2);
  }
}

/** Inside the repository, where the packages are found that drive the browsers. */
const cache = fileURLToPath(new URL("../.cache/", import.meta.url));

async function measure({ browser, adapter, rounds }) {
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "bench-"));
  try {
    const module = join(folder, "page.js");
    const entryPoints = [fileURLToPath(new URL("./firefox_poll_page.ts", import.meta.url))];
    await build({ entryPoints, bundle: true, format: "esm", outfile: module, logLevel: "error" });
    await buildHeadless(join(folder, "headless.js"));
    const { adapterLine, launchHeadless } = await import(pathToFileURL(join(folder, "headless.js")).href);
    const run = await launchHeadless({ browser, adapter });
    try {
      const about = {
        browser: run.browser.version,
        adapter: adapterLine(run.adapter),
        driver: run.adapter.driver,
        date: new Date().toISOString(),
        rounds,
      };
      console.log(Object.values(about).filter(Boolean).join(" · ") + " rounds");
      const measurements = [];
      const onEvent = (measurement) => {
        measurements.push(measurement);
        if (process.stderr.isTTY) process.stderr.write(`round ${measurement.round} of ${rounds}\r`);
      };
      await run.call({ module, function: "measure", argument: { rounds }, onEvent, timeout: 0 });
      const machine = { cores: availableParallelism(), load: loadavg().map((x) => Number(x.toFixed(1))) };
      console.log(`${machine.cores} cores, load average ${machine.load.join(", ")} at the end`);
      return { ...about, machine, measurements };
    } finally {
      await run.close();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
}

/** Median and spread of each quantity, with and without nudging, and how many times better nudging is. */
function summarize(measurements) {
  return Object.keys(measurements[0].values).map((quantity) => {
    const of = (nudged) => {
      const values = measurements.filter((m) => m.nudged === nudged).map((m) => m.values[quantity]);
      return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
    };
    const [nudged, plain] = [of(true), of(false)];
    const isRate = quantity.endsWith("(steps/s)");
    const gain = isRate ? nudged.median / plain.median : plain.median / nudged.median;
    return { quantity, nudged, plain, gain };
  });
}

function table(summary) {
  const number = (x) => x.toPrecision(3);
  const cell = ({ median, min, max }) => `${number(median)} (${number(min)} to ${number(max)})`;
  const lines = summary.map(({ quantity, nudged, plain, gain }) => [
    quantity,
    cell(nudged),
    cell(plain),
    number(gain),
  ]);
  const all = [["", "nudged", "not nudged", "gain"], ...lines];
  const widths = all[0].map((_, i) => Math.max(...all.map((line) => line[i].length)));
  return all.map((line) => line.map((text, i) => text.padEnd(widths[i])).join("  ")).join("\n");
}

const options = readOptions();
try {
  const result = await measure(options);
  const summary = summarize(result.measurements);
  console.log(table(summary));
  if (options.json) writeFileSync(options.json, JSON.stringify({ ...result, summary }, null, 2) + "\n");
} catch (error) {
  if (!["OptionError", "DeviceError"].includes(error.name)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
