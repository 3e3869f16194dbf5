// How much a page loads: two minimal apps, built as an app's bundler builds them (esbuild --bundle --minify --splitting
// --format=esm), gzipped. `npm run size` prints the table and writes it into README.md; a test holds both to each other.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const readme = fileURLToPath(new URL("../README.md", import.meta.url));

/** Bytes of gzip at most, of all files that the app loads at once. */
export const LIMITS = { predict: 20_000, train: 60_000 };

const APPS = {
  predict: {
    code: `
      import { loadModel } from "./src/predict/index.ts";
      const model = await loadModel(await (await fetch("model.safetensors")).arrayBuffer());
      document.body.textContent = JSON.stringify(await model.predict([{ a: 1 }]));`,
    lazy: [],
    onGpu: ["src/predict/gpu_engine.ts"],
  },
  train: {
    code: `
      import { readCsv, TabularData, tabularLearner } from "./src/index.ts";
      const data = TabularData.from(await readCsv(new URL("table.csv", location.href)), { target: "y" });
      const learner = await tabularLearner(data);
      await learner.fitOneCycle(5);
      document.body.textContent = String((await learner.save()).length);`,
    lazy: ["src/io/save_model_file.ts"],
    onGpu: [],
  },
};

/** What only a GPU loads, not a software adapter: the variant of the products for it, and what measures that. */
const FOR_GPUS = ["src/generated/staged.ts", "src/scheduler/tune.ts", "src/scheduler/timing.ts"];

/** What only a software adapter loads, and no GPU. */
const FOR_SOFTWARE = ["src/generated/wide.ts"];

/** The files a file loads at once, itself among them. */
function loadedBy(outputs, path, seen = new Set()) {
  if (seen.has(path)) return seen;
  seen.add(path);
  for (const { path: next, kind } of outputs[path].imports) {
    if (kind === "import-statement") loadedBy(outputs, next, seen);
  }
  return seen;
}

async function measure({ code, lazy, onGpu }) {
  const result = await build({
    absWorkingDir: root,
    stdin: { contents: code, resolveDir: root, sourcefile: "app.js" },
    bundle: true,
    minify: true,
    splitting: true,
    format: "esm",
    target: "es2022",
    outdir: "out",
    write: false,
    metafile: true,
    logLevel: "error",
  });
  const { outputs } = result.metafile;
  const sizes = new Map(
    result.outputFiles.map(({ path, contents }) => [
      path.slice(root.length),
      gzipSync(contents, { level: 9 }).length,
    ]),
  );
  const bytesOf = (paths) => [...paths].reduce((sum, path) => sum + sizes.get(path), 0);
  const entries = (wanted) =>
    Object.keys(outputs).filter((path) => wanted.includes(outputs[path].entryPoint));
  const first = loadedBy(outputs, "out/stdin.js");
  const used = new Set(first);
  for (const path of entries(lazy)) loadedBy(outputs, path, used);
  const bytesWith = (paths) => {
    const all = new Set(used);
    for (const path of entries([...onGpu, ...paths])) loadedBy(outputs, path, all);
    return bytesOf(all);
  };
  return {
    first: bytesOf(first),
    used: bytesOf(used),
    withGpu: bytesWith(FOR_GPUS),
    withSoftware: bytesWith(FOR_SOFTWARE),
  };
}

/** Bytes of gzip per app: loaded at first, in all, and with what a GPU or a software adapter needs. */
export async function measureSizes() {
  return { predict: await measure(APPS.predict), train: await measure(APPS.train) };
}

const BEGIN = "<!-- sizes: written by npm run size -->";
const END = "<!-- /sizes -->";

export function sizeTable({ predict, train }) {
  const kB = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
  return [
    BEGIN,
    "| minimal app | at once | later |",
    "| --- | --- | --- |",
    `| \`loadModel\` of \`tabgpu/predict\`, \`predict\` | ${kB(predict.first)} | ${kB(predict.withGpu - predict.first)} once a GPU is opened |`,
    `| \`readCsv\`, \`TabularData\`, \`tabularLearner\`, \`fitOneCycle\`, \`save\` | ${kB(train.first)} | ${kB(train.used - train.first)} when it saves, ${kB(train.withGpu - train.used)} where the adapter is a GPU, ${kB(train.withSoftware - train.used)} where it is SwiftShader |`,
    END,
  ].join("\n");
}

/** The table as the README has it: its numbers in kB, in order. */
export function sizesInReadme(text = readFileSync(readme, "utf8")) {
  const table = text.slice(text.indexOf(BEGIN), text.indexOf(END));
  return [...table.matchAll(/([\d.]+) kB/g)].map(([, number]) => Number(number));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const table = sizeTable(await measureSizes());
  const text = readFileSync(readme, "utf8");
  const [before, rest] = text.split(BEGIN);
  writeFileSync(readme, before + table + rest.split(END)[1]);
  console.log(table);
}
