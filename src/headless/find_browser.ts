import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { OptionError } from "../errors.ts";
import type { BrowserName } from "./drivers/driver.ts";

/** Environment variables that may name a browser, the first one set wins. */
const VARIABLES = {
  chromium: ["TABGPU_CHROMIUM", "CHROME_PATH"],
  firefox: ["TABGPU_FIREFOX"],
} as const;

/** What the search reads from its surroundings; tests hand in their own. */
export interface Surroundings {
  readonly platform: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly exists: (path: string) => boolean;
  /** Names in a folder, empty where there is no such folder. */
  readonly list: (folder: string) => string[];
}

const here: Surroundings = {
  platform: process.platform,
  env: process.env,
  home: homedir(),
  exists: existsSync,
  list: (folder) => (existsSync(folder) ? readdirSync(folder) : []),
};

/** Path of an installed browser, as findChromium and findFirefox find it. */
export function findBrowser(browser: BrowserName, surroundings: Surroundings = here): string | undefined {
  return browser === "firefox" ? findFirefox(surroundings) : findChromium(surroundings);
}

/**
 * Path of an installed Chromium, Chrome or Edge: the one an environment variable names, else one in the usual
 * places, else the newest in Playwright's cache.
 *
 * @returns undefined where there is none; `npx tabgpu doctor --install` then installs one.
 * @throws {OptionError} when an environment variable names a file that is not there.
 */
export function findChromium(surroundings: Surroundings = here): string | undefined {
  return (
    named("chromium", surroundings) ??
    [...chromiumPaths(surroundings), ...playwrightPaths(surroundings)].find(surroundings.exists)
  );
}

/**
 * Path of an installed Firefox: the one TABGPU_FIREFOX names, else one in the usual places, else the newest in
 * Puppeteer's cache. Playwright's Firefox is a build of its own, which Puppeteer cannot drive.
 *
 * @returns undefined where there is none
 * @throws {OptionError} when TABGPU_FIREFOX names a file that is not there.
 */
export function findFirefox(surroundings: Surroundings = here): string | undefined {
  return (
    named("firefox", surroundings) ??
    [...firefoxPaths(surroundings), ...puppeteerPaths(surroundings)].find(surroundings.exists)
  );
}

function named(browser: BrowserName, { env, exists }: Surroundings): string | undefined {
  for (const variable of VARIABLES[browser]) {
    const path = env[variable];
    if (!path) continue;
    if (exists(path)) return path;
    const what = browser === "firefox" ? "Firefox" : "Chromium or Chrome";
    throw new OptionError(
      `${variable} is "${path}", but no such file exists. Set it to the path of a ${what}, or unset it.`,
    );
  }
  return undefined;
}

function firefoxPaths({ platform, env, home }: Surroundings): string[] {
  if (platform === "darwin") {
    const apps = ["Firefox", "Firefox Nightly", "Firefox Developer Edition"];
    return ["/Applications", join(home, "Applications")].flatMap((folder) =>
      apps.map((app) => join(folder, `${app}.app`, "Contents", "MacOS", "firefox")),
    );
  }
  if (platform === "win32") {
    const folders = [env.PROGRAMFILES, env["PROGRAMFILES(X86)"], env.LOCALAPPDATA].filter((f) => !!f);
    const names = ["Mozilla Firefox", "Firefox Nightly", "Firefox Developer Edition"];
    return names.flatMap((name) => folders.map((folder) => join(folder as string, name, "firefox.exe")));
  }
  return ["firefox", "firefox-esr", "firefox-nightly"].flatMap((name) =>
    binFolders(env).map((folder) => join(folder, name)),
  );
}

/** Firefox builds in the cache of Puppeteer's installer (@puppeteer/browsers), newest first. */
function puppeteerPaths({ platform, env, home, list }: Surroundings): string[] {
  const folder = join(env.PUPPETEER_CACHE_DIR || join(home, ".cache", "puppeteer"), "firefox");
  const program = {
    darwin: "Firefox.app/Contents/MacOS/firefox",
    win32: "core/firefox.exe",
  }[platform as string];
  return list(folder)
    .sort((a, b) => b.localeCompare(a, "en", { numeric: true }))
    .flatMap((build) => [program ?? "firefox/firefox"].map((p) => join(folder, build, ...p.split("/"))));
}

function binFolders(env: Surroundings["env"]): string[] {
  return [...new Set(["/usr/bin", "/usr/local/bin", "/snap/bin", ...(env.PATH ?? "").split(delimiter)])];
}

function chromiumPaths({ platform, env, home }: Surroundings): string[] {
  if (platform === "darwin") {
    const apps = ["Google Chrome", "Chromium", "Google Chrome Canary", "Microsoft Edge"];
    return ["/Applications", join(home, "Applications")].flatMap((folder) =>
      apps.map((app) => join(folder, `${app}.app`, "Contents", "MacOS", app)),
    );
  }
  if (platform === "win32") {
    const folders = [env.PROGRAMFILES, env["PROGRAMFILES(X86)"], env.LOCALAPPDATA].filter(
      (folder) => !!folder,
    );
    const programs = ["Google/Chrome/Application/chrome.exe", "Chromium/Application/chrome.exe"];
    return [...programs, "Microsoft/Edge/Application/msedge.exe"].flatMap((program) =>
      folders.map((folder) => join(folder as string, ...program.split("/"))),
    );
  }
  const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge"];
  const flatpak = "/var/lib/flatpak/exports/bin/org.chromium.Chromium";
  return [...names.flatMap((name) => binFolders(env).map((folder) => join(folder, name))), flatpak];
}

/** Full Chromium builds in Playwright's cache, newest first. Its headless shell has no WebGPU and is left out. */
function playwrightPaths({ platform, env, home, list }: Surroundings): string[] {
  const cache = {
    darwin: join(home, "Library", "Caches", "ms-playwright"),
    win32: join(env.LOCALAPPDATA ?? home, "ms-playwright"),
  }[platform as string];
  const folder =
    env.PLAYWRIGHT_BROWSERS_PATH ||
    cache ||
    join(env.XDG_CACHE_HOME ?? join(home, ".cache"), "ms-playwright");
  const chromeForTesting = "Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing";
  const programs = {
    darwin: ["chrome-mac", "chrome-mac-arm64", "chrome-mac-x64"].flatMap((build) => [
      `${build}/${chromeForTesting}`,
      `${build}/Chromium.app/Contents/MacOS/Chromium`,
    ]),
    win32: ["chrome-win64/chrome.exe", "chrome-win/chrome.exe"],
  }[platform as string] ?? ["chrome-linux64/chrome", "chrome-linux/chrome"];
  const revision = (name: string) => Number(name.slice("chromium-".length));
  return list(folder)
    .filter((name) => /^chromium-\d+$/.test(name))
    .sort((a, b) => revision(b) - revision(a))
    .flatMap((name) => programs.map((program) => join(folder, name, ...program.split("/"))));
}
