// npm run setup: makes sure that a Chromium or Chrome is there. Finds an installed one, else lets Playwright install
// one, else the system's package manager where that needs no password, else says in one sentence what to do.
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { loadTypeScript } from "./load_typescript.mjs";

const { findChromium } = await loadTypeScript("src/headless/chromium.ts");
const MINUTE = 60_000;

/** Whether a command exists and ends well. */
function run(command, words, { quiet = false, timeout = 10 * MINUTE } = {}) {
  return spawnSync(command, words, { stdio: quiet ? "ignore" : "inherit", timeout }).status === 0;
}

/** A browser that is there but lacks a system library does not count. */
function working() {
  const path = findChromium();
  if (!path) return undefined;
  // On Windows --version opens a window instead of printing.
  return process.platform === "win32" || run(path, ["--version"], { quiet: true, timeout: MINUTE })
    ? path
    : undefined;
}

const isRoot = process.getuid?.() === 0;

function installWithPlaywright() {
  console.log("No Chromium found; Playwright installs one (some 170 MB).");
  const cli = join(createRequire(import.meta.url).resolve("playwright/package.json"), "..", "cli.js");
  const withDeps = process.platform === "linux" && isRoot ? ["--with-deps"] : [];
  run(process.execPath, [cli, "install", ...withDeps, "--no-shell", "chromium"]);
}

/** As root, or on a CI machine by a sudo that asks for no password; never on a person's machine unasked. */
function installWithPackageManager() {
  const sudo = isRoot ? [] : ["sudo", "-n"];
  const allowed = isRoot || (process.env.CI && run("sudo", ["-n", "true"], { quiet: true }));
  if (process.platform === "darwin" && process.env.CI)
    return run("brew", ["install", "--cask", "google-chrome"]);
  if (process.platform !== "linux" || !allowed) return false;
  const managers = [
    [
      "apt-get",
      [
        ["update", "-q"],
        ["install", "-y", "-q", "--no-install-recommends", "chromium"],
      ],
    ],
    ["dnf", [["install", "-y", "chromium"]]],
    ["apk", [["add", "chromium"]]],
    ["pacman", [["-Sy", "--noconfirm", "chromium"]]],
  ];
  const found = managers.find(([manager]) => run(manager, ["--version"], { quiet: true }));
  if (!found) return false;
  const [manager, steps] = found;
  console.log(`Playwright could not; ${manager} installs Chromium.`);
  return steps.every((words) => {
    const [command, ...rest] = [...sudo, manager, ...words];
    return run(command, rest);
  });
}

let path = working();
if (!path) {
  installWithPlaywright();
  path = working();
}
if (!path) {
  installWithPackageManager();
  path = working();
}
if (path) console.log(`Chromium: ${path}`);
else {
  console.error(
    "No Chromium could be installed: install Chromium or Chrome yourself, or set TABGPU_CHROMIUM to the path of one, and try again.",
  );
  process.exitCode = 1;
}
