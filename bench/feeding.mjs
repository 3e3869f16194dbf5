// npm run bench:feeding: how fast CSV text becomes a table that is ready for upload. See bench/README.md.
import {
  copyFileSync,
  createReadStream,
  createWriteStream,
  mkdirSync,
  mkdtempSync,
  openAsBlob,
  rmSync,
  writeFileSync,
} from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { createGunzip, createGzip } from "node:zlib";
import { build } from "esbuild";
import { buildHeadless } from "../scripts/build.mjs";

const USAGE =
  "npm run bench:feeding -- [file.csv[.gz]] [--target column] [--in node,chromium,firefox] [--rounds 5] [--json file]";

/** Rows of the generated table: some 60 MB of text. */
const ROWS = 500_000;

const PLACES = ["node", "chromium", "firefox"];

function readOptions() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        target: { type: "string" },
        in: { type: "string", default: "node,chromium" },
        rounds: { type: "string", default: "5" },
        json: { type: "string" },
      },
    });
    const rounds = Number(values.rounds);
    if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds is ${values.rounds}`);
    const places = values.in.split(",");
    const unknown = places.find((place) => !PLACES.includes(place));
    if (unknown !== undefined) throw new Error(`--in names "${unknown}"; there are ${PLACES.join(", ")}`);
    return { file: positionals[0], target: values.target ?? null, places, rounds, json: values.json };
  } catch (error) {
    console.error(`${error.message}\n${USAGE}`);
    process.exit(2);
  }
}

/** Writes table.csv and table.csv.gz into the folder: of the file, or of the generated table. */
async function prepare(folder, file) {
  const [text, packed] = [join(folder, "table.csv"), join(folder, "table.csv.gz")];
  if (file?.endsWith(".gz")) {
    copyFileSync(file, packed);
    await pipeline(createReadStream(file), createGunzip(), createWriteStream(text));
    return;
  }
  if (file) copyFileSync(file, text);
  else {
    const { generatedText } = await importWork(folder);
    writeFileSync(text, generatedText(ROWS));
  }
  await pipeline(createReadStream(text), createGzip(), createWriteStream(packed));
}

/** Bundles modules of this folder into another. */
async function bundle(folder, names) {
  const entryPoints = names.map((name) => fileURLToPath(new URL(`./${name}.ts`, import.meta.url)));
  await build({ entryPoints, bundle: true, format: "esm", outdir: folder, logLevel: "error" });
}

async function importWork(folder) {
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  await bundle(folder, ["feeding_work"]);
  return import(pathToFileURL(join(folder, "feeding_work.js")).href);
}

async function measureInNode(folder, { target, rounds }, onTimes) {
  const { feed, unpack } = await importWork(folder);
  const clock = () => process.cpuUsage().user / 1000;
  const [text, packed] = [
    await openAsBlob(join(folder, "table.csv")),
    await openAsBlob(join(folder, "table.csv.gz")),
  ];
  for (let round = 0; round <= rounds; round++) {
    const times = await feed(text, target, clock);
    onTimes({ round, ...times, unpack: await unpack(packed, clock) });
  }
  return `Node ${process.versions.node}, user time of the processor`;
}

async function measureInBrowser(folder, browser, { target, rounds }, onTimes) {
  await bundle(folder, ["feeding_page", "feeding_worker"]);
  await buildHeadless(join(folder, "headless.js"));
  const { launchHeadless } = await import(pathToFileURL(join(folder, "headless.js")).href);
  const run = await launchHeadless({ browser, folder });
  try {
    const argument = { target, rounds };
    await run.call({
      module: "feeding_page.js",
      function: "measure",
      argument,
      onEvent: onTimes,
      timeout: 0,
    });
    return `${run.browser.name} ${run.browser.version}, a worker's time by the clock`;
  } finally {
    await run.close();
  }
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
}

/** The rounds of one place in a table: median (lowest to highest) of ms, and of MB of text per second. */
function report(where, all) {
  const times = all.filter(({ round }) => round > 0); // the first warms up
  const { rows, columns, bytes } = times[0];
  const line = (name, of) => {
    const values = times.map(of);
    const rates = values.map((ms) => bytes / 1000 / ms);
    const spread = (numbers, digits) =>
      `${median(numbers).toFixed(digits)} (${Math.min(...numbers).toFixed(digits)} to ${Math.max(...numbers).toFixed(digits)})`;
    return `  ${name.padEnd(24)} ${spread(values, 0).padStart(22)} ms ${spread(rates, 1).padStart(24)} MB/s`;
  };
  console.log(`${where}: ${rows} rows, ${columns} columns, ${(bytes / 1e6).toFixed(1)} MB of text`);
  console.log(line("readCsv", (t) => t.readCsv));
  console.log(line("TabularData.from", (t) => t.tabularData));
  console.log(line("codes packed", (t) => t.pack));
  console.log(line("text to resident table", (t) => t.readCsv + t.tabularData + t.pack));
  console.log(line("gzip, not part of it", (t) => t.unpack));
}

/** Inside the repository, where the packages are found that drive the browsers. */
const cache = fileURLToPath(new URL("../.cache/", import.meta.url));

const options = readOptions();
mkdirSync(cache, { recursive: true });
const folder = mkdtempSync(join(cache, "feeding-"));
try {
  await prepare(folder, options.file);
  const results = [];
  for (const place of options.places) {
    const rounds = [];
    const onTimes = (times) => {
      rounds.push(times);
      if (process.stderr.isTTY) process.stderr.write(`${place}: round ${times.round} of ${options.rounds}\r`);
    };
    const where =
      place === "node"
        ? await measureInNode(folder, options, onTimes)
        : await measureInBrowser(folder, place, options, onTimes);
    report(where, rounds);
    results.push({ where, rounds });
  }
  const machine = { cores: availableParallelism(), load: loadavg().map((x) => Number(x.toFixed(1))) };
  console.log(`${machine.cores} cores, load average ${machine.load.join(", ")} at the end`);
  const about = { date: new Date().toISOString(), machine };
  if (options.json) writeFileSync(options.json, `${JSON.stringify({ ...about, results }, null, 2)}\n`);
} catch (error) {
  if (!["OptionError", "DeviceError", "DataError"].includes(error.name)) throw error;
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true });
}
