import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { transformSync } from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");

/** A module of src/: its path from there, what it imports (types too), and its code without comments and types. */
export interface SourceModule {
  readonly path: string;
  /** `errors`, `gpu`, …: the folder it lies in, or its own name where it lies in src/ itself. */
  readonly part: string;
  /** Modules of src/, by path. */
  readonly imports: readonly string[];
  /** Those of them that are left when types are erased. */
  readonly loads: readonly string[];
  /** Packages and Node builtins. */
  readonly packages: readonly string[];
  readonly code: string;
}

export function filesUnder(folder: string, ending: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => path.endsWith(ending))
    .sort();
}

export function readText(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

/** What a module's source names as imported or re-exported, types and `import()` included. */
export function specifiersOf(source: string): string[] {
  const code = source.replace(/^\s*(\/\/|\*|\/\*).*$/gm, ""); // comment lines
  const statements = code.matchAll(
    /^\s*(?:import|export)\b[^;"']*?\bfrom\s*"([^"]+)"|^\s*import\s*"([^"]+)"/gm,
  );
  const calls = code.matchAll(/\bimport\(\s*"([^"]+)"/g);
  return [...statements, ...calls].map((match) => match[1] ?? match[2]);
}

/** The folder of src/ a path begins with, or the name of a module that lies in src/ itself. */
export function partOf(path: string): string {
  return path.split("/")[0].replace(/\.ts$/, "");
}

export function sourceModules(): SourceModule[] {
  return filesUnder("src", ".ts").map((path) => {
    const source = readText(`src/${path}`);
    const specifiers = specifiersOf(source);
    const code = transformSync(source, { loader: "ts" }).code;
    const local = (found: string[]) =>
      found
        .filter((s) => /^\..*\.ts$/.test(s))
        .map((s) => posix.normalize(posix.join(posix.dirname(path), s)));
    return {
      path,
      part: partOf(path),
      imports: local(specifiers),
      loads: local(specifiersOf(code)),
      packages: specifiers.filter((s) => !s.startsWith(".")),
      code: code.replace(/^\s*\/\/.*$/gm, ""),
    };
  });
}

/** The first cycle of a graph, as the path around it, or null. */
export function findCycle(graph: ReadonlyMap<string, readonly string[]>): string[] | null {
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (node: string): string[] | null => {
    if (path.includes(node)) return [...path.slice(path.indexOf(node)), node];
    if (done.has(node)) return null;
    path.push(node);
    for (const next of graph.get(node) ?? []) {
      const cycle = visit(next);
      if (cycle) return cycle;
    }
    path.pop();
    done.add(node);
    return null;
  };
  for (const node of graph.keys()) {
    const cycle = visit(node);
    if (cycle) return cycle;
  }
  return null;
}
