import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DataError, DeviceError } from "../../src/errors.ts";
import { isSoftware } from "../../src/gpu/device.ts";
import { type PageJob, runInPage } from "../../src/headless/run_in_page.ts";

describe("runInPage", () => {
  let folder: string;
  let module: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "tabgpu-"));
    module = join(folder, "trivial.js");
    const entryPoints = [new URL("./pages/trivial.ts", import.meta.url).pathname];
    await build({ entryPoints, bundle: true, format: "esm", outfile: module, logLevel: "error" });
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  /** Process ids of the browsers this process has started. */
  const browsers = () =>
    execFileSync("ps", ["-o", "pid=,args=", "--ppid", String(process.pid)], { encoding: "utf8" })
      .split("\n")
      .filter((line) => line.includes("--headless"))
      .map((line) => Number.parseInt(line, 10));

  const run = <Event>(name: string, options: Partial<PageJob<unknown, Event>> = {}) =>
    runInPage<unknown, Event, unknown>({ module, function: name, argument: null, ...options });

  it("runs a compute shader, streams the events in order and returns the value", async () => {
    const values = Array.from({ length: 300 }, (_, i) => i % 17);
    const events: number[] = [];
    let events_before_adapter = -1;
    const result = await run<number>("square", {
      argument: { values },
      onEvent: (event) => events.push(event),
      onAdapter: () => {
        events_before_adapter = events.length;
      },
    });
    const squares = values.map((value) => value * value);
    expect(events).toEqual(squares);
    expect(result.value).toEqual({ sum: squares.reduce((a, b) => a + b, 0) });
    expect(events_before_adapter).toBe(0);
    expect(typeof isSoftware(result.adapter)).toBe("boolean");
  });

  it("serves files of the disk and takes bytes back, 20 MB of them", async () => {
    const bytes = new Uint8Array(20_000_000).map((_, i) => (i * 7) & 255);
    const path = join(folder, "some data.csv");
    writeFileSync(path, bytes);
    const { value, files } = await run("reverseFile", { files: { "data.csv": path } });
    expect(value).toBe(bytes.length);
    expect(Buffer.compare(files.get("reversed")!, bytes.slice().reverse())).toBe(0);
  });

  it("throws the page's error with its class", async () => {
    const error = await run("throwDataError").catch((e) => e);
    expect(error).toBeInstanceOf(DataError);
    expect(error.message).toBe('There is no column "Slaes".');
  });

  it("throws a fault of the page with the page's stack", async () => {
    const error = await run("throwTypeError").catch((e) => e);
    expect(error.name).toBe("TypeError");
    expect(error.stack).toContain("throwTypeError");
  });

  it("passes an abort on to the page, which ends by itself", async () => {
    const controller = new AbortController();
    const events: string[] = [];
    const error = await run<string>("waitForAbort", {
      signal: controller.signal,
      onEvent: (event) => {
        events.push(event);
        if (event === "waiting") controller.abort();
      },
    }).catch((e) => e);
    expect(error.name).toBe("AbortError");
    expect(events).toEqual(["waiting", "stopped"]);
  });

  it("closes a page that does not stop when aborted", async () => {
    const controller = new AbortController();
    const error = await run<string>("hang", {
      signal: controller.signal,
      onEvent: () => controller.abort(),
    }).catch((e) => e);
    expect(error.name).toBe("AbortError");
  });

  it("ends with the caller's error when onEvent throws", async () => {
    const failing = run("emitOnce", {
      onEvent: () => {
        throw new RangeError("mine");
      },
    });
    await expect(failing).rejects.toThrow(new RangeError("mine"));
  });

  it("does not start when it is aborted already", async () => {
    await expect(run("square", { signal: AbortSignal.abort() })).rejects.toThrow("aborted");
  });

  it.runIf(process.platform === "linux")("says so when the browser dies under the page", async () => {
    const dying = run("emitOnce", {
      onEvent: () => browsers().forEach((pid) => void process.kill(pid, "SIGKILL")),
    });
    await expect(dying).rejects.toThrow(new DeviceError("The browser ended unexpectedly."));
  });

  it("says so when the browser does not start", async () => {
    const failing = run("square", { executablePath: process.execPath, argument: { values: [] } });
    await expect(failing).rejects.toThrow(DeviceError);
    await expect(failing).rejects.toThrow(`${process.execPath} does not start as a headless Chromium: `);
  });

  it.runIf(process.platform === "linux")("leaves no browser behind", () => {
    expect(browsers()).toEqual([]);
  });
});
