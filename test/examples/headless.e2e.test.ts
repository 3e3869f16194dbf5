import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { adapterFromEnvironment } from "../../src/headless/adapter.ts";
import { lacksBrowser } from "../headless/browsers.ts";

/** examples/headless as a stranger has it: a project of its own, with the package tabgpu installed. */
const root = fileURLToPath(new URL("../..", import.meta.url));
const example = join(root, "examples", "headless");
// The build script is plain JavaScript.
const { buildHeadless } = (await import(new URL("../../scripts/build.mjs", import.meta.url).href)) as {
  buildHeadless(path: string): Promise<void>;
};

/** Inside the repository, where Node finds the packages that drive the browsers. */
const cache = join(root, ".cache");
mkdirSync(cache, { recursive: true });
const folder = mkdtempSync(join(cache, "example-"));

beforeAll(async () => {
  const tabgpu = join(folder, "node_modules", "tabgpu");
  await buildHeadless(join(tabgpu, "dist", "headless.js"));
  // The package's own exports must lead there.
  cpSync(join(root, "package.json"), join(tabgpu, "package.json"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("examples/headless", () => {
  it("imports nothing but tabgpu/headless and Node", () => {
    for (const name of ["kernels.js", "kernels.test.js"]) {
      const text = readFileSync(join(example, name), "utf8");
      const imports = [...text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map(([, module]) => module);
      expect(imports.filter((module) => module !== "tabgpu/headless" && !/^node:/.test(module))).toEqual([]);
    }
  });

  it("asks for versions of what drives the browsers that this repository is tested with", () => {
    const wanted = JSON.parse(readFileSync(join(example, "package.json"), "utf8")).devDependencies;
    const own = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    expect(wanted).toEqual({
      "playwright-core": own.devDependencies.playwright, // the same release under its short name
      "puppeteer-core": own.devDependencies["puppeteer-core"],
      tabgpu: `^${own.version}`,
    });
  });
});

for (const browser of ["chromium", "firefox"] as const) {
  describe.skipIf(lacksBrowser(browser))(`examples/headless in ${browser}`, () => {
    it("passes its own tests, and says on which adapter", async () => {
      const { code, out } = await runExample(browser, (shader) => shader);
      expect(out).toMatch(/(Chromium|Firefox) \d+.*: .+/);
      expect(out).toContain("# fail 0");
      expect(out).toContain("# pass 8");
      expect(code).toBe(0);
    });

    it("fails for a kernel without its barriers, row and column named", async () => {
      const { code, out } = await runExample(browser, (shader) =>
        shader.replaceAll("workgroupBarrier();", ""),
      );
      expect(out).toMatch(/row \d+, column \d+: \S+, expected \d/);
      expect(code).not.toBe(0);
    });

    it("fails for a kernel that reads beyond the end of its row", async () => {
      const { code, out } = await runExample(browser, (shader) => {
        const sum = shader.indexOf("var sum");
        return shader.slice(0, sum) + shader.slice(sum).replace("c < columns", "c <= columns");
      });
      expect(out).toMatch(/row \d+, column \d+: \S+, expected \d/);
      expect(code).not.toBe(0);
    });

    it("fails for a kernel that does not compile, file, line and column named", async () => {
      const { code, out } = await runExample(browser, (shader) =>
        shader.replace("workgroup.x * columns", "workgroup.x * column"),
      );
      expect(out).toMatch(/^ *softmax\.wgsl:12:29: /m);
      expect(out).toMatch(/^ *let first = workgroup\.x \* column;\n *\^$/m);
      expect(code).not.toBe(0);
    });
  });
}

/** Runs the example's own tests on a copy of it whose kernel has been changed. */
function runExample(browser: string, change: (shader: string) => string) {
  const copy = mkdtempSync(join(folder, "copy-"));
  cpSync(example, copy, { recursive: true });
  const shader = join(copy, "softmax.wgsl");
  writeFileSync(shader, change(readFileSync(shader, "utf8")));
  const env = { ...process.env, BROWSER: browser, ADAPTER: adapterFromEnvironment() };
  return new Promise<{ code: number | null; out: string }>((resolve, reject) => {
    const child = spawn(process.execPath, ["--test", "--test-reporter=tap"], { cwd: copy, env });
    let out = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        out += text;
      });
    }
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, out }));
  });
}
