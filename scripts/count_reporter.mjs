import { mkdirSync, writeFileSync } from "node:fs";
import { LANES_FOLDER } from "./lanes.mjs";

/**
 * A vitest reporter that ends the run with plain lines for people and scripts alike: how many GPU tests ran in each
 * browser, and `N passed, N failed`. Files that could not be loaded and errors outside of any test count as failures, so
 * that nothing hides. What ran in each browser is also kept, for scripts/lanes.mjs to compare.
 */
export default class CountReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const all = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    const lanes = new Map();
    for (const module of modules) {
      const lane = module.project.config.browser?.enabled ? laneOf(lanes, module.project) : undefined;
      for (const count of [all, lane].filter(Boolean)) {
        count.failed += module.errors().length;
        for (const test of module.children.allTests()) {
          const { state } = test.result();
          count[state === "pending" ? "failed" : state]++;
        }
      }
    }
    const lines = [...lanes].map(([browser, count]) => `GPU tests in ${browser}: ${lineOf(count)}`);
    for (const [browser, count] of lanes) keep(browser, count);
    // After the default reporter's own summary, whatever the order of the two.
    process.once("exit", () => console.log([...lines, lineOf(all)].join("\n")));
  }
}

function laneOf(lanes, project) {
  const browser = project.config.browser.name;
  if (!lanes.has(browser)) lanes.set(browser, { passed: 0, failed: 0, skipped: 0 });
  return lanes.get(browser);
}

function lineOf({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

function keep(browser, count) {
  mkdirSync(LANES_FOLDER, { recursive: true });
  writeFileSync(new URL(`${browser}.json`, LANES_FOLDER), `${JSON.stringify(count)}\n`);
}
