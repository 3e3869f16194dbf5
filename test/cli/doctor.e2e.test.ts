import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { mayHaveGpu } from "../../src/headless/adapter.ts";
import { cli } from "./cli_harness.ts";
import { temporaryFolder } from "./temporary_folder.ts";

// The build script is plain JavaScript.
const { buildPage } = (await import(new URL("../../scripts/build.mjs", import.meta.url).href)) as {
  buildPage(path: string): Promise<void>;
};

const files = temporaryFolder();
const pageModule = files.path("page.js");
beforeAll(() => buildPage(pageModule));

const software = ["doctor", "--engine", "chromium", "--adapter", "software"];

describe("tabgpu doctor", () => {
  it("lists the adapter and checks every kernel on it", async () => {
    const { code, out, err } = await cli(software, { pageModule });
    expect(err).toBe("");
    expect(code).toBe(0);
    expect(out).toMatch(/^chromium {2}\/.+$/m);
    expect(out).toMatch(/^chromium, software: Chromium \d+\./m);
    expect(out).toContain("maxStorageBufferBindingSize");
    expect(out).toMatch(/^ {2}adam_step +\d+ +0\.\d+ +ok +\d+$/m);
    expect(out).toMatch(/^ {2}training, against PyTorch +\d+ +0\.\d+ +ok +\d+$/m);
    expect(out).toMatch(/^All right: chromium on swiftshader\.$/m);
  });

  it("prints with --json one object, and with --list checks nothing", async () => {
    const { code, out } = await cli([...software, "--list", "--json"], { pageModule });
    expect(code).toBe(0);
    const { tabgpu, adapters } = JSON.parse(out);
    expect(tabgpu).toMatch(/^\d+\.\d+\.\d+$/);
    expect(adapters).toHaveLength(1);
    expect(adapters[0]).toMatchObject({ engine: "chromium", kind: "software", adapter: { software: true } });
    expect(adapters[0].adapter.limits.maxBufferSize).toBeGreaterThan(0);
    expect(adapters[0].diagnosis).toBeUndefined();
  });

  it("ends with 1 and names the kernel where one computes wrong numbers", async () => {
    const broken = readFileSync(pageModule, "utf8").replaceAll(
      "mean_dx = d_gamma / n;",
      "mean_dx = d_beta / n;",
    );
    expect(broken).not.toBe(readFileSync(pageModule, "utf8"));
    const { code, out, err } = await cli(software, { pageModule: files.write("broken.js", broken) });
    expect(code).toBe(1);
    expect(out).toMatch(/^ {2}lin_bn_drop_backward +\d+ +\S+ +FAILED +\d+$/m);
    expect(out).toMatch(/^ {2}adam_step +\d+ +0\.\d+ +ok +\d+$/m);
    expect(err).toMatch(/^error: Wrong numbers, or none, from chromium on swiftshader\./);
  });

  it("ends with 1 where there is no adapter of the kind asked for", async () => {
    const words = ["doctor", "--engine", "chromium", "--adapter", "hardware"];
    const { code, out, err } = await cli(words, { pageModule });
    if (code === 0) {
      expect(mayHaveGpu()).toBe(true);
      expect(out).not.toContain("(software: no GPU is used)");
      return;
    }
    expect(code).toBe(1);
    expect(out).toMatch(/^chromium, hardware: none\. /m);
    expect(err).toBe("error: There is no WebGPU adapter to check.\n");
  });
});
