import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchHeadless } from "../../src/headless/launch.ts";
import { VERSION } from "../../src/version.ts";

/** The package as it would be published, built into a folder of its own. */
const root = fileURLToPath(new URL("../..", import.meta.url));
// The build script is plain JavaScript.
const { buildAll } = (await import(new URL("../../scripts/build.mjs", import.meta.url).href)) as {
  buildAll(dist: string, options: { types: boolean }): Promise<void>;
};
const packageJson = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

mkdirSync(join(root, ".cache"), { recursive: true });
const folder = mkdtempSync(join(root, ".cache", "package-"));
const dist = join(folder, "dist");

beforeAll(() => buildAll(dist, { types: true }), 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the package", () => {
  it("asks nothing of whoever installs it but, for headless runs, what drives the browser or Dawn", () => {
    expect(packageJson.dependencies).toBeUndefined();
    const optional = { optional: true };
    const headless = { "playwright-core": optional, "puppeteer-core": optional, webgpu: optional };
    expect(packageJson.peerDependenciesMeta).toEqual(headless);
    expect(Object.keys(packageJson.peerDependencies)).toEqual(Object.keys(headless));
    expect(packageJson.version).toBe(VERSION);
  });

  it("has every file that its exports name", () => {
    const exported = Object.entries(packageJson.exports as Record<string, string | Record<string, string>>);
    expect(exported.map(([name]) => name)).toEqual([
      ".",
      "./predict",
      "./headless",
      "./doctor",
      "./package.json",
    ]);
    for (const path of exported.flatMap(([, target]) => Object.values(target))) {
      if (typeof path === "string" && path.startsWith("./dist/"))
        expect(existsSync(join(folder, path)), path).toBe(true);
    }
  });

  it("has modules that import each other only", () => {
    const modules = readdirSync(join(dist, "modules"), { recursive: true, encoding: "utf8" });
    const code = modules.filter((path) => path.endsWith(".js"));
    expect(code.length).toBeGreaterThan(50);
    for (const path of code) {
      const text = readFileSync(join(dist, "modules", path), "utf8");
      const imported = [...text.matchAll(/^(?:im|ex)port .*?from "(.*)";$|\bimport\("(.*?)"\)/gm)];
      for (const [, from, lazy] of imported) {
        const there = existsSync(join(dist, "modules", dirname(path), from ?? lazy));
        expect(there, `${path} imports ${from ?? lazy}`).toBe(true);
      }
    }
  });

  it("is also one ES module that imports nothing; so is the doctor", () => {
    for (const name of ["index.js", "doctor.js"]) {
      expect(readFileSync(join(dist, name), "utf8"), name).not.toMatch(
        /(?:^|[;}])\s*import[\s{*"]|\bimport\("|[^.\w]require\("/m,
      );
    }
  });

  it("gives an app the means to refuse a broken driver", async () => {
    writeFileSync(join(folder, "doctor_page.js"), DOCTOR_FUNCTION);
    const run = await launchHeadless({ folder });
    type Examined = (_: null) => { passed: boolean; text: string };
    const { value } = await run
      .call<Examined>({ module: "doctor_page.js", function: "examine", argument: null })
      .finally(run.close);
    expect(value.passed, value.text).toBe(true);
    expect(value.text).toMatch(/^adam_step +\d+ +0\.\d+ +ok +\d+$/m);
  });

  it("loads in Node without WebGPU, and says there what is missing", async () => {
    const script = `
      const { storeSalesSample, TabularData, tabularLearner } = await import("./dist/modules/index.js");
      const { table, options } = storeSalesSample({ rows: 1000 });
      await tabularLearner(TabularData.from(table, options)).catch((error) => console.log(error.name, error.message));`;
    const out = execFileSync(process.execPath, ["--input-type=module", "-e", script], {
      cwd: folder,
      encoding: "utf8",
    });
    expect(out).toMatch(/^DeviceError No WebGPU here: navigator\.gpu is missing\./);
  });

  it.each(["dist/index.js", "dist/modules/index.js"])(
    "trains in a page as the README's snippet does, of %s",
    async (path) => {
      writeFileSync(join(folder, "page.js"), `import * as tabgpu from "./${path}";${PAGE_FUNCTION}`);
      const run = await launchHeadless({ folder });
      type Trained = (_: null) => { keys: string[]; predictions: number };
      const { value } = await run
        .call<Trained>({ module: "page.js", function: "trainAsDocumented", argument: null })
        .finally(run.close);
      expect(value.keys).toContain("exp_rmspe");
      expect(value.predictions).toBe(2);
    },
  );

  it("has declarations that a strict project compiles against", () => {
    writeFileSync(join(folder, "consumer.ts"), CONSUMER);
    const compilerOptions = {
      strict: true,
      noEmit: true,
      target: "es2022",
      module: "nodenext",
      lib: ["es2023", "dom", "dom.iterable"],
      types: [],
      paths: {
        tabgpu: ["./dist/types/index.d.ts"],
        "tabgpu/*": ["./dist/types/*/index.d.ts"],
      },
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["consumer.ts"] }));
    const tsc = join(createRequire(import.meta.url).resolve("typescript/package.json"), "..", "bin", "tsc");
    const { status, stdout } = spawnSync(process.execPath, [tsc, "-p", folder], { encoding: "utf8" });
    expect(status, stdout).toBe(0);
  });

  it("has a program that starts", () => {
    const out = execFileSync(process.execPath, [join(dist, "cli", "tabgpu.js"), "--version"], {
      encoding: "utf8",
    });
    expect(out).toBe(`${VERSION}\n`);
  });

  it("brings the licences of what it bundles", () => {
    const text = readFileSync(join(dist, "THIRD_PARTY_LICENSES.txt"), "utf8");
    for (const name of ["papaparse", "commander", "cli-progress"])
      expect(text).toMatch(new RegExp(`^${name} \\d`, "m"));
    expect(text).not.toContain("wgsl_reflect");
  });
});

const PAGE_FUNCTION = `
const { expRmspe, loadModel, readCsv, storeSalesSample, TabularData, tabularLearner, toCsv } = tabgpu;
export async function trainAsDocumented() {
  const { table: sample } = storeSalesSample({ rows: 1000 });
  const table = await readCsv(toCsv(sample));
  const data = TabularData.from(table, { target: "sales", logTarget: true, valid: { last: 100 } });
  const learner = await tabularLearner(data, { layers: [20], yRange: [5, 11], metrics: [expRmspe] });
  await learner.fitOneCycle(1, 1e-2, { wd: 0.2 });
  const model = await loadModel(await learner.save());
  const predictions = await model.predict(table.head(2).toRecords());
  return { keys: Object.keys(learner.history[0].metrics), predictions: predictions.length };
}`;

const DOCTOR_FUNCTION = `
import { diagnose, report } from "./dist/doctor.js";
export async function examine() {
  const device = await (await navigator.gpu.requestAdapter()).requestDevice();
  const diagnosis = await diagnose(device, { kernels: ["adam_step", "mse"] });
  return { passed: diagnosis.passed, text: report(diagnosis) };
}`;

const CONSUMER = `
import { diagnose } from "tabgpu/doctor";
import { launchHeadless, nodeGpu, type PageContext } from "tabgpu/headless";

async function scale(by: number, context: PageContext<string>): Promise<Float32Array> {
  context.emit("scaling");
  return new Float32Array([by]);
}

export async function headless(): Promise<number> {
  const run = await launchHeadless({ browser: "firefox", adapter: "software", folder: "kernels" });
  const onEvent = (event: string) => event.length;
  const { value } = await run.call<typeof scale>({ module: "scale.js", function: "scale", argument: 2, onEvent });
  // @ts-expect-error an argument of another type must not compile
  await run.call<typeof scale>({ module: "scale.js", function: "scale", argument: "two" });
  await run.close();
  const { gpu } = await nodeGpu();
  const device = await (await gpu.requestAdapter())!.requestDevice();
  return (await diagnose(device)).passed ? value[0] : Number.NaN;
}

import { expRmspe, loadModel, readCsv, TabularData, tabularLearner } from "tabgpu";
import { loadModel as loadPredictor } from "tabgpu/predict";

export async function predict(bytes: Uint8Array): Promise<string> {
  return String(await loadPredictor(bytes, { backend: "cpu" }));
}

export async function train(file: File, signal: AbortSignal): Promise<Uint8Array> {
  const table = await readCsv(file);
  const data = TabularData.from(table, {
    categorical: ["Store"], continuous: ["Distance"], target: "Sales", logTarget: true, valid: { first: 41395 },
  });
  const learner = await tabularLearner(data, {
    layers: [1000, 500], ps: [0.001, 0.01], embDrop: 0.04, yRange: [0, 10.8], metrics: [expRmspe],
  });
  const { valley } = await learner.lrFind();
  const onProgress = ({ step, steps }: { step: number; steps: number }) => step / steps;
  await learner.fitOneCycle(5, valley, { wd: 0.2, onProgress, signal });
  const bytes = await learner.save();
  const model = await loadModel(bytes);
  const [prediction] = await model.predict([{ Store: 1, Distance: 5 }]);
  // @ts-expect-error a misspelt option must not compile
  await tabularLearner(data, { layer: [10] });
  return prediction ? bytes : new Uint8Array();
}
`;
