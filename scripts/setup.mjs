// npm run setup: makes sure that a Chromium or Chrome is there, and with `-- chromium firefox` a Firefox too. Finds an
// installed one, else lets Playwright or Puppeteer install one, else the system's package manager where that needs no
// password, else says in one sentence what to do. On Linux also Vulkan, which WebGPU in Node stands on, if it can.
import { loadTypeScript } from "./load_typescript.mjs";

const { findBrowser } = await loadTypeScript("src/headless/find_browser.ts");
const { installBrowser, installVulkan } = await loadTypeScript("src/headless/install.ts");

const NAMES = { chromium: "Chromium or Chrome", firefox: "Firefox" };
const wanted = process.argv.slice(2);

for (const browser of wanted.length > 0 ? wanted : ["chromium"]) {
  if (!(browser in NAMES))
    throw new Error(`There is no browser "${browser}"; choose of ${Object.keys(NAMES).join(", ")}.`);
  const path = await installBrowser(browser);
  if (path) console.log(`${browser}: ${path}`);
  else {
    const found = findBrowser(browser);
    console.error(
      `No ${NAMES[browser]} could be installed${found ? ` (${found} does not start)` : ""}: install one yourself, or set ` +
        `TABGPU_${browser.toUpperCase()} to its path, and try again.`,
    );
    process.exitCode = 1;
  }
}

if (!installVulkan()) {
  console.log(
    "No Vulkan loader with a software driver: the tests of WebGPU in Node are skipped. Debian has both in libvulkan1 and mesa-vulkan-drivers.",
  );
}
