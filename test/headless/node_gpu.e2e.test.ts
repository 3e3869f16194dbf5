import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DeviceError } from "../../src/errors.ts";
import { adapterFromEnvironment, mayHaveGpu } from "../../src/headless/adapter.ts";
import { type Headless, launchHeadless, type NodeGpu, nodeGpu } from "../../src/headless/index.ts";
import { softwareDrivers } from "../../src/headless/vulkan.ts";
import { expectClose } from "../support/close.ts";
import { describeBrowsers, LACKS_VULKAN } from "./browsers.ts";
import { runAndLook } from "./leftovers.ts";
import * as Training from "./pages/training.ts";

/** What two adapters may differ by, relative: docs/node.md. */
const expectSame = (actual: readonly number[], expected: readonly number[], what: string) =>
  expectClose(actual, expected, (e) => 1e-4 * Math.abs(e), what);

// The build script is plain JavaScript.
const { buildHeadless } = (await import(new URL("../../scripts/build.mjs", import.meta.url).href)) as {
  buildHeadless(path: string): Promise<void>;
};

/** Inside the repository, where Node finds the package webgpu, and outside, where it does not. */
const cache = fileURLToPath(new URL("../../.cache/", import.meta.url));
mkdirSync(cache, { recursive: true });
const folder = mkdtempSync(join(cache, "node-gpu-"));
const outside = mkdtempSync(join(tmpdir(), "tabgpu-node-gpu-"));
const module = join(folder, "training.js");

const adapter = adapterFromEnvironment();
let node: NodeGpu;
let trained: Awaited<ReturnType<typeof Training.train>>;

beforeAll(async () => {
  const entryPoints = [fileURLToPath(new URL("./pages/training.ts", import.meta.url))];
  await build({ entryPoints, bundle: true, format: "esm", outfile: module, logLevel: "error" });
  await buildHeadless(join(folder, "headless.js"));
  copyFileSync(join(folder, "headless.js"), join(outside, "headless.js"));
  if (LACKS_VULKAN) return;
  node = await nodeGpu({ adapter });
  trained = await Training.train(null, { gpu: node.gpu });
}, 120_000);
afterAll(() => {
  rmSync(folder, { recursive: true });
  rmSync(outside, { recursive: true });
});

describe.skipIf(LACKS_VULKAN)("the library in Node", () => {
  it("learns", () => {
    expect(trained.losses.length).toBe(5 * 14);
    expect(trained.validLoss).toBeLessThan(trained.losses[0] / 10);
    expect(trained.predictions.length).toBe(302);
    expect(trained.predictions.every((value) => value > 0 && value < 100)).toBe(true);
  });

  it("gives the same bits the second time", async () => {
    const again = await Training.train(null, { gpu: node.gpu });
    expect(again.losses).toEqual(trained.losses);
    expect(again.predictions).toEqual(trained.predictions);
  });
});

describe.skipIf(LACKS_VULKAN)("the same", () => {
  describeBrowsers("the library in Node and", (options) => {
    let run: Headless;
    beforeAll(async () => {
      run = await launchHeadless(options);
    }, 90_000);
    afterAll(() => run?.close());

    it("learns and predicts the same", async () => {
      const call = { module, function: "train", argument: null };
      const { value } = await run.call<typeof Training.train>(call);
      expectSame(trained.losses, value.losses, "losses of 70 steps");
      const validation = ({ validLoss, metrics }: typeof trained) => [validLoss, metrics.rmse];
      expectSame(validation(trained), validation(value), "validation");
      expectSame(trained.predictions, value.predictions, "predictions");
      const here = await Training.predict(value.bytes, { gpu: node.gpu });
      expectSame(here, value.predictions, "the browser's model in Node");
    });

    it("predicts the same with Node's model", async () => {
      const call = { module, function: "predict", argument: trained.bytes };
      const { value } = await run.call<typeof Training.predict>(call);
      expectSame(value, trained.predictions, "Node's model in the browser");
    });
  });
});

describe.skipIf(LACKS_VULKAN)("nodeGpu", () => {
  /** Runs a program of its own beside headless.js, with a garbage collector that can be called. */
  const run = (text: string, where = folder, env: NodeJS.ProcessEnv = {}) => {
    const path = join(where, "program.mjs");
    writeFileSync(path, text);
    return runAndLook(["--expose-gc", path], { cwd: where, env });
  };
  const collect = "for (let i = 0; i < 5; i++) { gc(); await new Promise((go) => setTimeout(go, 30)); }";
  const ended = { code: 0, signal: null, out: "works\n", processes: [], files: [] };

  it("has one GPU object per driver", async () => {
    const [a, b] = await Promise.all([nodeGpu({ adapter }), nodeGpu({ adapter })]);
    expect(a.gpu).toBe(node.gpu);
    expect(b.gpu).toBe(node.gpu);
  });

  const isLinux = process.platform === "linux"; // runAndLook is for Linux

  it.runIf(isLinux)("gives a GPU that outlives its devices, and lets the program end", async () => {
    const text = `import { nodeGpu } from "./headless.js";
      async function open() {
        const { gpu } = await nodeGpu({ adapter: "${adapter}" });
        return (await gpu.requestAdapter()).requestDevice();
      }
      const device = await open();
      ${collect}
      device.queue.submit([]);
      await device.queue.onSubmittedWorkDone();
      console.log("works");`;
    expect(await run(text)).toMatchObject(ended);
  });

  it.runIf(isLinux)("is not needed for that where a model is given a GPU object", async () => {
    writeFileSync(join(folder, "model.safetensors"), trained.bytes);
    const text = `import { readFileSync } from "node:fs";
      import { create } from "webgpu";
      import { loadModel } from "./training.js";
      const load = () => loadModel(readFileSync("model.safetensors"), { backend: "webgpu", gpu: create([]) });
      const model = await load();
      ${collect}
      const [{ prediction }] = await model.predict([{ town: "Bonn", weekday: 3, warm: null }]);
      if (prediction > 0) console.log("works");`;
    const driver = softwareDrivers().find(({ name }) => name === node.adapter.driver);
    const env = driver && { VK_ICD_FILENAMES: driver.icd, VK_DRIVER_FILES: driver.icd };
    expect(await run(text, folder, env)).toMatchObject(ended);
  });

  it.runIf(isLinux)("says so where the package webgpu is not installed", async () => {
    const text = `import { nodeGpu } from "./headless.js";
      await nodeGpu().catch((error) => console.log(error.name + ": " + error.message));`;
    mkdirSync(join(outside, "node_modules", "webgpu"), { recursive: true }); // empty: none further up is found
    const { code, out } = await run(text, outside);
    expect(code).toBe(0);
    expect(out).toMatch(
      /^DeviceError: WebGPU in Node needs the npm package webgpu, which cannot be loaded: Cannot find /,
    );
    expect(out).toContain("Install it (npm install webgpu), or run in a browser.");
  });

  it("never passes software off as hardware: it fails, or runs on a GPU", async () => {
    const hardware = await nodeGpu({ adapter: "hardware" }).catch((error: Error) => error);
    if (hardware instanceof Error) {
      expect(hardware).toBeInstanceOf(DeviceError);
      expect(hardware.message).toMatch(/adapter/);
      return;
    }
    expect(mayHaveGpu()).toBe(true);
    expect(hardware.adapter.software).toBe(false);
  });
});
