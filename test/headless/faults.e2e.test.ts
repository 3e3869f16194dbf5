import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { DeviceError, OptionError } from "../../src/errors.ts";
import { mayHaveGpu } from "../../src/headless/adapter.ts";
import { type Headless, launchHeadless } from "../../src/headless/index.ts";
import { describeBrowsers, ownBrowsers, PAGES, pageBundle } from "./browsers.ts";
import { runAndLook } from "./leftovers.ts";
import type * as Page from "./pages/page.ts";

// The build script is plain JavaScript.
const { buildHeadless } = (await import(new URL("../../scripts/build.mjs", import.meta.url).href)) as {
  buildHeadless(path: string): Promise<void>;
};

const { module } = pageBundle();

/** Inside the repository, so that the programs below find the packages that drive the browsers. */
const cache = fileURLToPath(new URL("../../.cache/", import.meta.url));
mkdirSync(cache, { recursive: true });
const folder = mkdtempSync(join(cache, "faults-"));
beforeAll(() => buildHeadless(join(folder, "headless.js")));
afterAll(() => rmSync(folder, { recursive: true }));

const isLinux = process.platform === "linux";

describeBrowsers("whatever goes wrong", (options) => {
  const { browser } = options;
  const launch = (more: Parameters<typeof launchHeadless>[0] = {}) =>
    launchHeadless({ ...options, folder: PAGES, ...more });
  const withRun = async <T>(body: (run: Headless) => Promise<T>): Promise<T> => {
    const run = await launch();
    return body(run).finally(run.close);
  };
  const failure = (promise: Promise<unknown>): Promise<Error> =>
    promise.then(
      () => expect.fail("it did not fail"),
      (error: Error) => error,
    );

  it("names the missing browser, and how to get it", async () => {
    const variable = browser === "firefox" ? "TABGPU_FIREFOX" : "TABGPU_CHROMIUM";
    const before = process.env[variable];
    process.env[variable] = "/there/is/no/browser";
    try {
      const error = await failure(launch());
      expect(error).toBeInstanceOf(OptionError);
      expect(error.message).toContain(`${variable} is "/there/is/no/browser", but no such file exists.`);
    } finally {
      if (before === undefined) delete process.env[variable];
      else process.env[variable] = before;
    }
  });

  it("says so when what it was given is no browser", async () => {
    const error = await failure(launch({ executablePath: process.execPath }));
    expect(error).toBeInstanceOf(DeviceError);
    expect(error.message).toContain(`${process.execPath} does not start as a headless`);
  });

  it("never passes software off as hardware: it fails, or runs on a GPU", async () => {
    const run = await launch({ adapter: "hardware" }).catch((error: Error) => error);
    if (run instanceof Error) {
      expect(run).toBeInstanceOf(DeviceError);
      expect(run.message).toMatch(/adapter/);
      return;
    }
    await run.close();
    expect(mayHaveGpu()).toBe(true);
    expect(run.adapter.software).toBe(false);
  });

  it("says so when its port is taken, and closes what it had started", async () => {
    await withRun(async (run) => {
      const port = Number(new URL(run.url).port);
      const error = await failure(launch({ port }));
      expect(error.message).toContain(`Port ${port} is in use.`);
    });
  });

  it("runs twice at the same time", async () => {
    const values = Float32Array.of(1, 2, 3);
    const squares = () =>
      withRun((run) => run.call<typeof Page.square>({ module, function: "square", argument: { values } }));
    const results = await Promise.all([squares(), squares()]);
    expect(results.map(({ value }) => value.sum)).toEqual([14, 14]);
  });

  it.runIf(isLinux)("says so when the browser is killed during a call", async () => {
    await withRun(async (run) => {
      const onEvent = () => ownBrowsers().forEach((pid) => void process.kill(pid, "SIGKILL"));
      const error = await failure(
        run.call<typeof Page.emitOnce>({ module, function: "emitOnce", argument: null, onEvent }),
      );
      expect(error).toBeInstanceOf(DeviceError);
      expect(error.message).toMatch(/^The (browser|page) .*ended/);
    });
  });

  it("gives up on a page that hangs, and one that hangs when aborted", async () => {
    await withRun(async (run) => {
      const hang = { module, function: "hang", argument: null };
      const silent = await failure(run.call<typeof Page.hang>({ ...hang, timeout: 3_000 }));
      expect(silent).toBeInstanceOf(DeviceError);
      expect(silent.message).toContain(
        "has neither ended nor said anything for 3 s, so its page was closed.",
      );
    });
    await withRun(async (run) => {
      const controller = new AbortController();
      const aborted = await failure(
        run.call<typeof Page.hang>({
          module,
          function: "hang",
          argument: null,
          signal: controller.signal,
          onEvent: () => controller.abort(),
        }),
      );
      expect(aborted.name).toBe("AbortError");
    });
  });

  it("says where a page went that navigates away", async () => {
    await withRun(async (run) => {
      const call = { module, function: "navigateAway", argument: null };
      const error = await failure(run.call<typeof Page.navigateAway>(call));
      expect(error).toBeInstanceOf(DeviceError);
      expect(error.message).toMatch(
        /^The page went to .*\/other\.html while navigateAway of .* was running in it\.$/,
      );
    });
  });

  it("says so when a page reloads itself", async () => {
    await withRun(async (run) => {
      const call = { module, function: "reload", argument: undefined, onConsole: () => {} };
      const error = await failure(run.call<typeof Page.reload>(call));
      expect(error).toBeInstanceOf(DeviceError);
      expect(error.message).toMatch(/^The page went to .* while reload of .* was running in it\.$/);
    });
  });

  it("refuses options that there are not, and a browser that is not there", async () => {
    const misspelt = { brwoser: "firefox" } as object;
    await expect(launch(misspelt)).rejects.toThrow(
      /^There is no option "brwoser"; there are browser, adapter, /,
    );
    await expect(launch({ executablePath: "/there/is/none" })).rejects.toThrow(
      new OptionError('executablePath is "/there/is/none", but no such file exists.'),
    );
  });

  it.runIf(isLinux)("leaves no browser of this process behind", () => {
    expect(ownBrowsers()).toEqual([]);
  });

  /** A program that starts a browser, calls a function that never ends, and then does `then`. */
  const program = (name: string, then: string, called: keyof typeof Page = "emitOnce") => {
    const path = join(folder, `${browser}-${name}.mjs`);
    writeFileSync(
      path,
      `import { launchHeadless } from "./headless.js";
      const run = await launchHeadless(${JSON.stringify(options)});
      const call = run.call({
        module: ${JSON.stringify(module)}, function: "${called}", argument: null,
        onEvent: () => { console.log("running", run.url); ${then} },
      });
      await call;`,
    );
    return [path];
  };
  const nothingLeft = { processes: [], files: [] };

  it.runIf(isLinux).each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("ends it all on %s", async (signal) => {
    let sent = false;
    const ended = await runAndLook(program(signal, ""), {
      onOut: (out, kill) => {
        if (!sent && out.includes("running")) kill(signal);
        sent ||= out.includes("running");
      },
    });
    expect(ended).toMatchObject({ signal, ...nothingLeft });
    const url = /http:\S+/.exec(ended.out)![0];
    await expect(fetch(url)).rejects.toThrow(); // its port is free again
  });

  // On a GPU the driver's watchdog may end the shader first.
  it.runIf(isLinux && !mayHaveGpu())("ends it all on SIGTERM while a shader runs for ever", async () => {
    const then = "setTimeout(() => process.kill(process.pid, 'SIGTERM'), 2000);";
    const ended = await runAndLook(program("endless-shader", then, "hangShader"));
    expect(ended).toMatchObject({ signal: "SIGTERM", ...nothingLeft });
  });

  it.runIf(isLinux).each([
    ["process.exit()", "process.exit(3);", 3],
    ["an exception", "setTimeout(() => { throw new Error('mine'); });", 1],
    ["an exception of the caller's", "throw new Error('mine');", 1],
  ])("ends it all after %s", async (name, then, code) => {
    const ended = await runAndLook(program(name.replace(/\W/g, "-"), then));
    expect(ended).toMatchObject({ code, ...nothingLeft });
  });
});
