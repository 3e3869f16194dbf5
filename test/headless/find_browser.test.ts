import { describe, expect, it } from "vitest";
import { OptionError } from "../../src/errors.ts";
import { findChromium, findFirefox, type Surroundings } from "../../src/headless/find_browser.ts";

/** A machine that has just these files. */
function machine(files: string[], more: Partial<Surroundings> = {}): Surroundings {
  return {
    platform: "linux",
    env: { PATH: "/usr/bin:/opt/tools" },
    home: "/home/ada",
    exists: (path) => files.includes(path),
    list: (folder) => [
      ...new Set(
        files
          .filter((path) => path.startsWith(`${folder}/`))
          .map((path) => path.slice(folder.length + 1).split("/")[0]),
      ),
    ],
    ...more,
  };
}

const CACHE = "/home/ada/.cache/ms-playwright";

describe("findChromium", () => {
  it("finds nothing on a bare machine", () => {
    expect(findChromium(machine([]))).toBeUndefined();
  });

  it("prefers the environment variable to everything installed", () => {
    const env = { TABGPU_CHROMIUM: "/my/chrome", CHROME_PATH: "/other/chrome" };
    const files = ["/usr/bin/chromium", "/other/chrome", "/my/chrome"];
    expect(findChromium(machine(files, { env }))).toBe("/my/chrome");
    expect(findChromium(machine(files, { env: { CHROME_PATH: "/other/chrome" } }))).toBe("/other/chrome");
  });

  it("refuses an environment variable that points nowhere, whatever else is installed", () => {
    const surroundings = machine(["/usr/bin/chromium"], { env: { CHROME_PATH: "/gone/chrome" } });
    expect(() => findChromium(surroundings)).toThrow(
      new OptionError(
        'CHROME_PATH is "/gone/chrome", but no such file exists. Set it to the path of a Chromium or Chrome, or unset it.',
      ),
    );
  });

  it("looks through the PATH", () => {
    expect(findChromium(machine(["/opt/tools/google-chrome"]))).toBe("/opt/tools/google-chrome");
  });

  it("takes the newest full build of Playwright's cache, never the headless shell", () => {
    const files = [
      `${CACHE}/chromium_headless_shell-1300/chrome-linux/headless_shell`,
      `${CACHE}/chromium-999/chrome-linux/chrome`,
      `${CACHE}/chromium-1255/chrome-linux64/chrome`,
    ];
    expect(findChromium(machine(files))).toBe(`${CACHE}/chromium-1255/chrome-linux64/chrome`);
    expect(findChromium(machine(files.slice(0, 1)))).toBeUndefined();
  });

  it("follows PLAYWRIGHT_BROWSERS_PATH", () => {
    const env = { PLAYWRIGHT_BROWSERS_PATH: "/browsers" };
    const path = "/browsers/chromium-1255/chrome-linux64/chrome";
    expect(findChromium(machine([path], { env }))).toBe(path);
  });

  it("knows the applications of macOS", () => {
    const path = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";
    expect(findChromium(machine([path], { platform: "darwin" }))).toBe(path);
  });
});

describe("findFirefox", () => {
  it("finds nothing on a bare machine, and no Chromium", () => {
    expect(findFirefox(machine(["/usr/bin/chromium"]))).toBeUndefined();
  });

  it("prefers the environment variable, and refuses one that points nowhere", () => {
    const env = { TABGPU_FIREFOX: "/my/firefox" };
    expect(findFirefox(machine(["/usr/bin/firefox", "/my/firefox"], { env }))).toBe("/my/firefox");
    expect(() => findFirefox(machine(["/usr/bin/firefox"], { env }))).toThrow(
      new OptionError(
        'TABGPU_FIREFOX is "/my/firefox", but no such file exists. Set it to the path of a Firefox, or unset it.',
      ),
    );
  });

  it("knows Debian's ESR, and the newest of Puppeteer's cache", () => {
    expect(findFirefox(machine(["/usr/bin/firefox-esr"]))).toBe("/usr/bin/firefox-esr");
    const cache = "/home/ada/.cache/puppeteer/firefox";
    const builds = ["linux-stable_99.0", "linux-stable_145.0.1"].map((b) => `${cache}/${b}/firefox/firefox`);
    expect(findFirefox(machine(builds))).toBe(builds[1]);
  });

  it("knows the applications of macOS and Windows", () => {
    const mac = "/Applications/Firefox.app/Contents/MacOS/firefox";
    expect(findFirefox(machine([mac], { platform: "darwin" }))).toBe(mac);
  });
});
