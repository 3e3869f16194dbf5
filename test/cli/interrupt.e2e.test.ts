import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findBrowser } from "../../src/headless/index.ts";
import { toCsv } from "../../src/io/csv.ts";
import { storeSalesSample } from "../../src/sample/store_sales.ts";
import { LACKS_VULKAN } from "../headless/browsers.ts";
import { runAndLook } from "../headless/leftovers.ts";

// The build script is plain JavaScript.
const { buildAll } = (await import(new URL("../../scripts/build.mjs", import.meta.url).href)) as {
  buildAll(dist: string, options: { types: boolean }): Promise<void>;
};

/** Inside the repository, so that the program finds the packages that drive the browsers. */
const cache = fileURLToPath(new URL("../../.cache/", import.meta.url));
mkdirSync(cache, { recursive: true });
const folder = mkdtempSync(join(cache, "interrupt-"));
const dist = join(folder, "dist");
const work = join(folder, "work");
beforeAll(async () => {
  await buildAll(dist, { types: false });
  mkdirSync(work);
  writeFileSync(join(work, "sales.csv"), toCsv(storeSalesSample({ rows: 2000 }).table));
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true }));

const words = ["sales.csv", "--target", "sales", "--log-target", "--layers", "20", "--epochs", "10000"];
const train = (engine: string) => [join(dist, "cli", "tabgpu.js"), "train", ...words, "--engine", engine];

/** Runs a training and sends `signal` after its first epoch, `times` times. */
function interrupted(engine: string, signal: NodeJS.Signals, times: number) {
  let sent = 0;
  return runAndLook(train(engine), {
    cwd: work,
    onOut: (out, kill) => {
      if (!/^0 /m.test(out) || sent >= times) return;
      for (; sent < times; sent++) setTimeout(() => kill(signal), 5 * sent);
    },
  });
}

describe.runIf(process.platform === "linux")("Ctrl-C in a training", () => {
  const engines = ["chromium", "firefox", "node"].filter((engine) =>
    engine === "node" ? !LACKS_VULKAN : findBrowser(engine as "chromium" | "firefox"),
  );
  for (const engine of engines) {
    it(`leaves nothing behind with --engine ${engine}: no process, no temporary file, no model`, async () => {
      const ended = await interrupted(engine, "SIGINT", 1);
      expect(ended).toMatchObject({ code: 130, processes: [], files: [] });
      expect(ended.err).toContain("stopping (Ctrl-C again to end at once)\ninterrupted\n");
      expect(readdirSync(work)).toEqual(["sales.csv"]);
    });
  }

  it("ends at once when repeated, and still leaves nothing behind", async () => {
    const ended = await interrupted("chromium", "SIGINT", 2);
    expect(ended).toMatchObject({ code: 130, processes: [], files: [] });
  });

  it("is the same as a terminal that is closed", async () => {
    const ended = await interrupted("chromium", "SIGHUP", 1);
    expect(ended).toMatchObject({ code: 130, processes: [], files: [] });
  });
});
