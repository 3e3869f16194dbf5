import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, it } from "vitest";

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), "tabgpu-bench-"));
afterAll(() => rmSync(folder, { recursive: true }));

it("builds, counts the calls of a training step and a prediction, weighs the minimal apps, writes JSON", async () => {
  const json = join(folder, "bench.json");
  const words = ["--quick", "--phases", "size,calls", "--peers", "none", "--json", json];
  const { stdout } = await run(process.execPath, ["bench/run.mjs", ...words]);
  const { adapter, versions, calls, size } = JSON.parse(readFileSync(json, "utf8"));

  expect(stdout).toContain(adapter);
  expect(versions.tabgpu).toMatch(/^\d/);
  const [training, prediction] = calls;
  expect(training.name).toBe("tabgpu");
  expect(training.first.pipelines).toBeGreaterThan(0);
  // Eight steps make one run: what a step does without must be missing in all of them.
  expect(training.warm).toMatchObject({ pipelines: 0, bindGroups: 0, buffers: 0 });
  expect(training.warm.dispatches).toBeGreaterThan(0);
  expect(prediction.warm.pipelines).toBe(0);
  const bytes = new Map(size.map(({ app, gzip }: { app: string; gzip: number }) => [app, gzip]));
  expect(bytes.get("tabgpu_predict")).toBeGreaterThan(1000);
  expect(bytes.get("tabgpu_predict")).toBeLessThan(bytes.get("tabgpu_train") as number);
});

it("says which word of the command line is wrong", async () => {
  const failure = await run(process.execPath, ["bench/run.mjs", "--phases", "sizes"]).catch((error) => error);
  expect(failure.code).toBe(1);
  expect(failure.stderr).toMatch(/"sizes" is none of size, calls/);
});
