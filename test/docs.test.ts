import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..");
const pages = [
  "README.md",
  "CHANGELOG.md",
  "CONTRIBUTING.md",
  "src/README.md",
  "demo/README.md",
  "bench/README.md",
  "test/golden/README.md",
  "examples/headless/README.md",
].concat(
  readdirSync(join(root, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
);

describe("the documents", () => {
  it.each(pages)("%s links only to files that are there", (page) => {
    const text = readFileSync(join(root, page), "utf8");
    const targets = [...text.matchAll(/\]\(([^)#]+)[^)]*\)/g)].map(([, target]) => target);
    const missing = targets.filter((t) => !/^https?:/.test(t) && !existsSync(join(root, dirname(page), t)));
    expect(missing).toEqual([]);
  });
});
