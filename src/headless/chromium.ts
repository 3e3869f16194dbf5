import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { OptionError } from "../errors.ts";

/** Environment variables that may name the browser, the first one set wins. */
export const CHROMIUM_VARIABLES = ["TABGPU_CHROMIUM", "CHROME_PATH"] as const;

/** What the search reads from its surroundings; tests hand in their own. */
export interface Surroundings {
  readonly platform: NodeJS.Platform;
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

/**
 * Path of an installed Chromium, Chrome or Edge: the one an environment variable names, else one in the usual
 * places, else the newest in Playwright's cache.
 *
 * @returns undefined where there is none; `npm run setup` then installs one.
 * @throws {OptionError} when an environment variable names a file that is not there.
 */
export function findChromium(surroundings: Surroundings = here): string | undefined {
  for (const variable of CHROMIUM_VARIABLES) {
    const path = surroundings.env[variable];
    if (!path) continue;
    if (surroundings.exists(path)) return path;
    throw new OptionError(
      `${variable} is "${path}", but no such file exists. Set it to the path of a Chromium or Chrome, or unset it.`,
    );
  }
  return [...usualPaths(surroundings), ...playwrightPaths(surroundings)].find(surroundings.exists);
}

function usualPaths({ platform, env, home }: Surroundings): string[] {
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
  const folders = new Set(["/usr/bin", "/usr/local/bin", "/snap/bin", ...(env.PATH ?? "").split(delimiter)]);
  const flatpak = "/var/lib/flatpak/exports/bin/org.chromium.Chromium";
  return [...names.flatMap((name) => [...folders].map((folder) => join(folder, name))), flatpak];
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
