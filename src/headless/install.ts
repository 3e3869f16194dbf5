import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import type { BrowserName } from "./drivers/driver.ts";
import { findBrowser } from "./find_browser.ts";
import { hasVulkanLoader, softwareDrivers } from "./vulkan.ts";

const MINUTE = 60_000;

/**
 * Makes sure that a browser is there: an installed one that starts, else its driver library's own download, else the
 * system's package manager where that needs no password. For Firefox on Linux also what its software adapter needs.
 * Prints what it does.
 *
 * @returns the browser's path, undefined where nothing worked
 */
export async function installBrowser(browser: BrowserName): Promise<string | undefined> {
  let path = working(browser);
  if (!path) {
    download(browser);
    path = working(browser);
  }
  if (!path) {
    installPackages((manager) => manager[browser]);
    path = working(browser);
  }
  if (path && browser === "firefox") installVulkan();
  return path;
}

/**
 * Makes sure that Vulkan is there with a driver that computes on the CPU: without a GPU, Firefox and Node need both.
 * Nothing to do on systems other than Linux.
 *
 * @returns whether it is there
 */
export function installVulkan(): boolean {
  const isThere = () => process.platform !== "linux" || (hasVulkanLoader() && softwareDrivers().length > 0);
  if (isThere()) return true;
  installPackages(({ vulkanLoader, vulkanDriver }) => [
    ...(hasVulkanLoader() ? [] : vulkanLoader),
    ...(softwareDrivers().length > 0 ? [] : vulkanDriver),
  ]);
  return isThere();
}

/** A browser that is there but lacks a system library does not count. */
function working(browser: BrowserName): string | undefined {
  const path = findBrowser(browser);
  if (!path) return undefined;
  // On Windows --version opens a window instead of printing.
  return process.platform === "win32" || run(path, ["--version"], { quiet: true, timeout: MINUTE })
    ? path
    : undefined;
}

/** Whether a command exists and ends well. */
function run(command: string, words: string[], { quiet = false, timeout = 10 * MINUTE } = {}): boolean {
  return spawnSync(command, words, { stdio: quiet ? "ignore" : "inherit", timeout }).status === 0;
}

const isRoot = () => process.getuid?.() === 0;

function download(browser: BrowserName): void {
  if (browser === "chromium") {
    const playwright = resolved(["playwright/package.json", "playwright-core/package.json"]);
    if (!playwright) return;
    console.log("No Chromium found; Playwright downloads one (some 170 MB).");
    const withDeps = process.platform === "linux" && isRoot() ? ["--with-deps"] : [];
    const cli = join(dirname(playwright), "cli.js");
    run(process.execPath, [cli, "install", ...withDeps, "--no-shell", "chromium"]);
    return;
  }
  const puppeteer = resolved(["puppeteer-core/package.json", "puppeteer/package.json"]);
  const browsers = puppeteer && resolved(["@puppeteer/browsers"], puppeteer);
  if (!browsers) return;
  console.log("No Firefox found; Puppeteer downloads one (some 100 MB).");
  const cache = process.env.PUPPETEER_CACHE_DIR || join(homedir(), ".cache", "puppeteer");
  const cli = join(dirname(browsers), "main-cli.js");
  run(process.execPath, [cli, "install", "firefox@stable", "--path", cache]);
}

/** Path of the first of some modules that is installed, seen from a file: by default from the user's project. */
function resolved(names: readonly string[], from = join(process.cwd(), "package.json")): string | undefined {
  const require = createRequire(from);
  for (const name of names) {
    try {
      return require.resolve(name);
    } catch {
      // not installed: the next name
    }
  }
  return undefined;
}

interface PackageManager {
  readonly command: string;
  readonly before: readonly string[][];
  readonly install: readonly string[];
  readonly chromium: readonly string[];
  readonly firefox: readonly string[];
  readonly vulkanLoader: readonly string[];
  /** Mesa's lavapipe. */
  readonly vulkanDriver: readonly string[];
}

/** macOS needs no Vulkan. */
const BREW: PackageManager = {
  command: "brew",
  before: [],
  install: [],
  chromium: ["google-chrome"],
  firefox: ["firefox"],
  vulkanLoader: [],
  vulkanDriver: [],
};

const MANAGERS: readonly PackageManager[] = [
  {
    command: "apt-get",
    before: [["update", "-q"]],
    install: ["install", "-y", "-q", "--no-install-recommends"],
    chromium: ["chromium"],
    firefox: ["firefox-esr"],
    vulkanLoader: ["libvulkan1"],
    vulkanDriver: ["mesa-vulkan-drivers"],
  },
  {
    command: "dnf",
    before: [],
    install: ["install", "-y"],
    chromium: ["chromium"],
    firefox: ["firefox"],
    vulkanLoader: ["vulkan-loader"],
    vulkanDriver: ["mesa-vulkan-drivers"],
  },
  {
    command: "apk",
    before: [],
    install: ["add"],
    chromium: ["chromium"],
    firefox: ["firefox"],
    vulkanLoader: ["vulkan-loader"],
    vulkanDriver: ["mesa-vulkan-swrast"],
  },
  {
    command: "pacman",
    before: [],
    install: ["-Sy", "--noconfirm"],
    chromium: ["chromium"],
    firefox: ["firefox"],
    vulkanLoader: ["vulkan-icd-loader"],
    vulkanDriver: ["vulkan-swrast"],
  },
];

/** As root, or on a CI machine by a sudo that asks for no password; never on a person's machine unasked. */
function installPackages(wanted: (manager: PackageManager) => readonly string[]): void {
  if (process.platform === "darwin") {
    const casks = wanted(BREW);
    if (process.env.CI && casks.length > 0) run("brew", ["install", "--cask", ...casks]);
    return;
  }
  const sudo = isRoot() ? [] : ["sudo", "-n"];
  const allowed = isRoot() || (process.env.CI && run("sudo", ["-n", "true"], { quiet: true }));
  if (process.platform !== "linux" || !allowed) return;
  const manager = MANAGERS.find(({ command }) => run(command, ["--version"], { quiet: true }));
  if (!manager) return;
  const packages = wanted(manager);
  console.log(`${manager.command} installs ${packages.join(", ")}.`);
  for (const words of [...manager.before, [...manager.install, ...packages]]) {
    const [command, ...rest] = [...sudo, manager.command, ...words];
    if (!run(command, rest)) return;
  }
}
