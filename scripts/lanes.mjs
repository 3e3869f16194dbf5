// npm run test:lanes: after `npm test` and `npm run test:firefox`, whether both browsers ran the same GPU tests, and all of
// them passed. A lane that ran nothing, or never ran, fails.
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Where scripts/count_reporter.mjs keeps what ran in each browser. */
export const LANES_FOLDER = new URL("../.cache/lanes/", import.meta.url);

/** What is wrong with the lanes, in words; null where nothing is. */
export function compareLanes(lanes) {
  for (const [browser, count] of Object.entries(lanes)) {
    if (!count) return `No GPU test has run in ${browser}.`;
    if (count.failed > 0) return `${count.failed} GPU tests failed in ${browser}.`;
    if (count.passed === 0) return `No GPU test passed in ${browser}.`;
    if (count.skipped > 0) return `${count.skipped} GPU tests were skipped in ${browser}.`;
  }
  const [[first, reference], ...others] = Object.entries(lanes);
  const different = others.find(([, count]) => count.passed !== reference.passed);
  if (!different) return null;
  return `${reference.passed} GPU tests ran in ${first}, but ${different[1].passed} in ${different[0]}.`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const read = (browser) => {
    const path = new URL(`${browser}.json`, LANES_FOLDER);
    return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : null;
  };
  const lanes = { chromium: read("chromium"), firefox: read("firefox") };
  for (const [browser, count] of Object.entries(lanes))
    console.log(`GPU tests in ${browser}: ${count?.passed ?? "none"}`);
  const problem = compareLanes(lanes);
  if (problem) {
    console.error(problem);
    process.exitCode = 1;
  }
}
