import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { DataError, DeviceError } from "../../src/errors.ts";
import { type Headless, launchHeadless, type PageCall } from "../../src/headless/index.ts";
import { describeBrowsers, PAGES, pageBundle } from "./browsers.ts";
import type * as Page from "./pages/page.ts";

const { folder, module } = pageBundle();

describeBrowsers("a call", (options) => {
  let run: Headless;
  beforeAll(async () => {
    run = await launchHeadless({ ...options, folder: PAGES, crossOriginIsolated: true });
  }, 90_000);
  afterAll(() => run?.close());

  type Functions = typeof Page;
  const call = <K extends keyof Functions>(
    name: K,
    argument: PageCall<Functions[K]>["argument"],
    more: Partial<PageCall<Functions[K]>> = {},
  ) => run.call<Functions[K]>({ module, function: name, argument, ...more });
  const failure = (promise: Promise<unknown>): Promise<Error> =>
    promise.then(
      () => expect.fail("it did not fail"),
      (error: Error) => error,
    );

  it("knows its browser and its adapter", () => {
    expect(run.browser).toMatchObject({ name: options.browser });
    expect(run.browser.version).toMatch(/^(Chromium|Firefox) \d+\./);
    expect(run.adapter.limits.maxStorageBufferBindingSize).toBeGreaterThanOrEqual(2 ** 27);
    expect(run.adapter.features).toContain("core-features-and-limits");
    if (options.adapter !== "auto") expect(run.adapter.software).toBe(options.adapter === "software");
  });

  it("runs a compute shader, streams its events in order and returns its value", async () => {
    const values = Float32Array.from({ length: 300 }, (_, i) => i % 17);
    const events: number[] = [];
    const { value } = await call("square", { values }, { onEvent: (event) => void events.push(event) });
    const squares = values.map((v) => v * v);
    expect(events).toEqual([...squares]);
    expect(value).toEqual({ squares, sum: squares.reduce((a, b) => a + b, 0) });
  });

  it("sends typed arrays, NaN and infinity both ways, undefined too", async () => {
    const sent = {
      floats: new Float32Array([1.5, Number.NaN, -0]),
      bytes: new Uint8Array(100_000).map((_, i) => i),
      big: new BigUint64Array([2n ** 60n]),
      numbers: [Number.NaN, Number.NEGATIVE_INFINITY, 0.1],
      nothing: null,
      text: 'naïve "quotes" \u2028',
    };
    const events: unknown[] = [];
    const { value } = await call("echo", sent, { onEvent: (event) => void events.push(event) });
    expect(value).toEqual(sent);
    expect(events).toEqual([sent]);
    expect((await call("echo", undefined)).value).toBeUndefined();
    expect((await call("echo", null)).value).toBeNull();
  });

  it("serves files of the disk and takes bytes back, 20 MB of them", async () => {
    const bytes = new Uint8Array(20_000_000).map((_, i) => (i * 7) & 255);
    const path = join(folder, "some data.csv");
    writeFileSync(path, bytes);
    const { value, files } = await call("reverseFile", null, { files: { "data.csv": path } });
    expect(value).toBe(bytes.length);
    expect(Buffer.compare(files.get("reversed")!, bytes.slice().reverse())).toBe(0);
  });

  it("calls a module of the folder, which imports its neighbours and reads the folder's files", async () => {
    const { value } = await run.call<(n: number) => number>({
      module: "add.js",
      function: "add",
      argument: 41,
    });
    expect(value).toBe(42);
    const text = await run.call<(name: string) => string>({
      module: "add.js",
      function: "readText",
      argument: "parts/one.js",
    });
    expect(text.value).toBe("export const one = 1;\n");
  });

  it("is isolated from other origins when asked", async () => {
    expect((await call("isIsolated", undefined)).value).toBe(true);
  });

  it("names the files that were not there", async () => {
    const read = await failure(call("readMissing", null, { onConsole: () => {} }));
    expect(read.message).toBe("no entry point was found\nThe page asked for what is not there: scael.wgsl.");
    const module = await failure(
      run.call<(n: number) => number>({
        module: "ad.js",
        function: "add",
        argument: 1,
        onConsole: () => {},
      }),
    );
    expect(module.message).toContain("\nThe page asked for what is not there: ad.js.");
  });

  it("streams the page's console", async () => {
    const lines: string[] = [];
    await call("say", null, { onConsole: ({ type, text }) => void lines.push(`${type} ${text}`) });
    expect(lines).toEqual(["log one", "warning two", "error three"]);
  });

  it("throws the page's error with its class, its message and its stack", async () => {
    const data = await failure(call("throwDataError", undefined));
    expect(data).toBeInstanceOf(DataError);
    expect(data.message).toBe('There is no column "Slaes".');
    const type = await failure(call("throwTypeError", undefined));
    expect(type.name).toBe("TypeError");
    expect(type.stack).toContain("throwTypeError");
    expect(type.stack, "Node prints nothing else").toContain(type.message);
  });

  it("says what a module exports where a function is missing, and that a function cannot be sent", async () => {
    const missing = await failure(
      run.call<(n: number) => number>({ module: "add.js", function: "sub", argument: 1 }),
    );
    expect(missing.message).toBe('add.js exports no function "sub"; it exports add, readText.');
    const sent = await failure(call("returnFunction", undefined));
    expect(sent.message).toBe("A function cannot be sent between page and Node.");
    const map = await failure(call("returnMap", undefined));
    expect(map.message).toMatch(/^A Map or Set cannot be sent between page and Node/);
  });

  it("fails for a shader that does not compile, with file, line, source and caret", async () => {
    const error = await failure(call("breakShader", null));
    expect(error).toBeInstanceOf(DeviceError);
    const lines = error.message.split("\n");
    expect(lines[0]).toBe('The shader "scale" does not compile.');
    const at = lines.indexOf("  \tv[id.x] *= BYE;");
    expect(lines.slice(0, at).join("\n")).toMatch(/^broken\.wgsl:4:13: .*BYE/ms);
    expect(lines[at + 1]).toBe(`  \t${" ".repeat(11)}^`);
    const inline = await failure(call("breakLabelledShader", undefined));
    expect(inline.message).toContain("inline:2:9: ");
  });

  it("fails for an error of WebGPU, or an exception, that nobody in the page handles, unless told otherwise", async () => {
    const misuse = await failure(call("misuse", undefined, { onConsole: () => {} }));
    expect(misuse).toBeInstanceOf(DeviceError);
    expect(misuse.message).toContain("WebGPU reported an error that nothing in the page handled:\n");
    const thrown = await failure(call("throwLater", undefined, { onConsole: () => {} }));
    expect(thrown).toMatchObject({ name: "RangeError", message: "nobody catches me" });
    const relaxed = { strict: false, onConsole: () => {} };
    expect((await call("misuse", undefined, relaxed)).value).toBe("passed");
    expect((await call("breakShader", null, relaxed)).value).toBe("nothing was run");
    await call("throwLater", undefined, relaxed);
  });

  it("passes an abort on to the function, which ends by itself", async () => {
    const controller = new AbortController();
    const events: string[] = [];
    const error = await failure(
      call("waitForAbort", null, {
        signal: controller.signal,
        onEvent: (event) => {
          events.push(event);
          if (event === "waiting") controller.abort();
        },
      }),
    );
    expect(error.name).toBe("AbortError");
    expect(events).toEqual(["waiting", "stopped"]);
    await expect(
      call("square", { values: new Float32Array(1) }, { signal: AbortSignal.abort() }),
    ).rejects.toThrow("aborted");
  });

  it("ends with the caller's error when onEvent throws", async () => {
    const onEvent = () => {
      throw new RangeError("mine");
    };
    await expect(call("emitOnce", null, { onEvent })).rejects.toThrow(new RangeError("mine"));
  });

  it("survives a change of address that leaves no page", async () => {
    expect((await call("pushState", undefined)).value).toBe("?page=2");
  });

  it("runs several at once, each in a page of its own", async () => {
    const results = await Promise.all([1, 2, 3].map((n) => call("slowly", n)));
    expect(results.map(({ value }) => value)).toEqual([1, 2, 3]);
  });
});
