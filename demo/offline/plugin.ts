import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, sep } from "node:path";
import type { Plugin } from "vite";

/** Writes sw.js beside the built page: service_worker.js with the list of built files and a hash of all they hold. */
export function serviceWorker(): Plugin {
  return {
    name: "tabgpu-service-worker",
    apply: "build",
    writeBundle({ dir }, _bundle) {
      if (!dir) throw new Error("The service worker needs a folder to list.");
      const files = listFiles(dir).filter((name) => name !== "sw.js");
      const hash = createHash("sha256");
      for (const name of files) hash.update(`${name}\n`).update(readFileSync(join(dir, name)));
      const source = readFileSync(new URL("./service_worker.js", import.meta.url), "utf8");
      const text = source
        .replace('"__VERSION__"', JSON.stringify(hash.digest("hex").slice(0, 16)))
        .replace("__FILES__", JSON.stringify(files));
      writeFileSync(join(dir, "sw.js"), text);
    },
  };
}

/** Names as addresses have them, in the same order on every machine. */
function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .split(sep)
        .join("/"),
    )
    .sort();
}
