import { isBuiltin } from "node:module";
import { basename } from "node:path";
import { describe, expect, it } from "vitest";
import { kernelTwins } from "../src/cpu/twins/index.ts";
import { kernelChecks } from "../src/doctor/checks/index.ts";
import {
  filesUnder,
  findCycle,
  partOf,
  readText,
  sourceModules,
  specifiersOf,
} from "./support/source_tree.ts";

const LEAVES = ["errors", "random", "version"];

/** What each part of src/ may import, besides itself. What is not listed here it must not know. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  random: [],
  version: [],
  generated: [],
  gpu: LEAVES,
  scheduler: [...LEAVES, "gpu", "generated"],
  kernels: [...LEAVES, "gpu", "scheduler", "generated"],
  model: [...LEAVES, "gpu", "scheduler", "kernels"],
  cpu: [...LEAVES, "gpu", "scheduler", "model", "generated"],
  data: LEAVES,
  io: [...LEAVES, "data", "model"],
  sample: [...LEAVES, "data"],
  predict: [...LEAVES, "data", "io", "cpu", "model", "gpu"],
  train: [...LEAVES, "data", "predict", "cpu", "model", "kernels", "scheduler", "gpu"],
  doctor: [...LEAVES, "gpu", "scheduler", "kernels", "cpu", "model", "data", "train"],
  index: [...LEAVES, "data", "io", "sample", "predict", "train", "model", "gpu"],
  headless: [...LEAVES, "gpu"],
  cli: [
    ...LEAVES,
    "index",
    "doctor",
    "headless",
    "data",
    "io",
    "sample",
    "predict",
    "train",
    "model",
    "cpu",
    "gpu",
  ],
};

/** Parts that run in Node only. */
const NODE_ONLY = ["cli", "headless"];

/** Packages that the library ships with; the command line has more. */
const SHIPPED_PACKAGES = ["papaparse"];

/** Outside gpu/, the modules that call WebGPU themselves. */
const CALL_WEBGPU = [
  "scheduler/gpu_runtime.ts",
  "scheduler/replay.ts",
  "scheduler/round_trip.ts",
  "scheduler/timing.ts",
  "scheduler/step_slots.ts",
];

const modules = sourceModules();
const shaders = filesUnder("shaders", ".wgsl").filter((path) => !path.includes("/"));
const listing = (found: string[]) => found.join("\n");

describe("imports", () => {
  it("are found, in all their forms", () => {
    const source = [
      'import { a } from "./a.ts";',
      'import type {\n  B,\n  C,\n} from "../b.ts";',
      'export * from "./c.ts";',
      'import "./d.ts";',
      'const e = await import("./e.ts");',
      '// import { no } from "./no.ts";',
    ];
    expect(specifiersOf(source.join("\n"))).toEqual(["./a.ts", "../b.ts", "./c.ts", "./d.ts", "./e.ts"]);
    expect(modules.find((m) => m.path === "train/train_step.ts")?.imports).toContain("kernels/mse.ts");
    expect(modules.length).toBeGreaterThan(50);
  });

  it("name modules that exist", () => {
    const paths = new Set(modules.map((m) => m.path));
    const missing = modules.flatMap((m) =>
      m.imports.filter((i) => !paths.has(i)).map((i) => `${m.path} → ${i}`),
    );
    expect(listing(missing)).toBe("");
  });

  it("go one way only, part by part", () => {
    const wrong = modules.flatMap((m) =>
      m.imports
        .filter((i) => partOf(i) !== m.part && !MAY_IMPORT[m.part]?.includes(partOf(i)))
        .map((i) => `${m.path} must not import ${i}`),
    );
    expect(listing(wrong)).toBe("");
    expect(findCycle(new Map(Object.entries(MAY_IMPORT)))).toBeNull();
  });

  it("keep what only training and checks need out of a page that only predicts", () => {
    const loadsOf = new Map(modules.map((m) => [m.path, m.loads]));
    const reached = new Set(["predict/load_model.ts"]);
    for (const path of reached) for (const next of loadsOf.get(path) ?? []) reached.add(next); // grows as it goes
    expect(reached).toContain("cpu/cpu_inference.ts");
    const unneeded =
      /^(?:cpu\/(?:twins|ops)\/|cpu\/cpu_(?:runtime|replay)|train\/|doctor\/|data\/(?:preprocessing|encode_target|target|tabular_data)\.ts|io\/csv)/;
    expect([...reached].filter((path) => unneeded.test(path))).toEqual([]);
    expect(modules.filter((m) => unneeded.test(m.path)).length).toBeGreaterThan(20);
  });

  it("form no cycle among modules, types erased", () => {
    expect(findCycle(new Map(modules.map((m) => [m.path, m.loads])))).toBeNull();
  });

  it("would be caught if they did", () => {
    const graph = (edges: [string, string[]][]) => new Map(edges);
    expect(
      findCycle(
        graph([
          ["a", ["b", "c"]],
          ["b", ["d"]],
          ["c", ["d"]],
          ["d", []],
        ]),
      ),
    ).toBeNull();
    expect(
      findCycle(
        graph([
          ["a", ["b"]],
          ["b", ["c"]],
          ["c", ["b"]],
        ]),
      ),
    ).toEqual(["b", "c", "b"]);
  });

  it("reach Node and development packages from the command line only", () => {
    const wrong = modules
      .filter((m) => !NODE_ONLY.includes(m.part))
      .flatMap((m) =>
        m.packages
          .filter((name) => isBuiltin(name) || !SHIPPED_PACKAGES.includes(name))
          .map((name) => `${m.path} must not import ${name}`),
      );
    expect(listing(wrong)).toBe("");
  });
});

describe("code", () => {
  /** Modules, the Node-only ones left out, in whose code the pattern occurs. */
  const using = (pattern: RegExp) =>
    modules.filter((m) => !NODE_ONLY.includes(m.part) && pattern.test(m.code)).map((m) => m.path);

  it("uses neither window nor document, so that it runs in a worker", () => {
    expect(using(/(?<![.\w"'`-])(?:window|document|self|parent)\s*(?:\.|\?\.|\[)/)).toEqual([]);
  });

  it("uses nothing that only Node has", () => {
    expect(using(/(?<![.\w"'`-])(?:process|Buffer|require|__dirname|__filename)\s*(?:\.|\(|\[)/)).toEqual([]);
  });

  it("uses no global of WebGPU but navigator.gpu, and navigator only to open a device and to know Firefox", () => {
    expect(using(/(?<![.\w"'`])GPU[A-Z]\w*\s*(?:\.|\?\.|\[)/)).toEqual([]);
    expect(using(/\bnavigator\b\s*(?:\)|\.|\?\.)/)).toEqual(["gpu/entry_point.ts", "gpu/wait.ts"]);
  });

  it("dispatches in kernels/ only", () => {
    const dispatching = using(/\.dispatch\(/);
    expect(dispatching.filter((path) => partOf(path) !== "kernels")).toEqual([]);
    expect(dispatching.length).toBeGreaterThan(5);
  });

  it("calls WebGPU in gpu/ and in the few modules that say so", () => {
    const calls =
      /\.(?:create(?:Buffer|BindGroup|CommandEncoder|ShaderModule|ComputePipeline)\w*|mapAsync|queue\.submit)\(/;
    const calling = using(calls).filter((path) => partOf(path) !== "gpu");
    expect(calling.filter((path) => !CALL_WEBGPU.includes(path))).toEqual([]);
  });
});

describe("every shader", () => {
  const room = new Map(
    shaders.map((file) => {
      const name = basename(file, ".wgsl");
      const users = modules.filter((m) => m.imports.includes(`generated/kernels/${name}.ts`));
      return [name, users.map((m) => m.path)];
    }),
  );

  it("has exactly one room, in kernels/", () => {
    expect(room.size).toBeGreaterThan(10);
    for (const [name, users] of room) {
      expect(users.length, `rooms of ${name}: ${users.join(", ") || "none"}`).toBe(1);
      expect(partOf(users[0]), name).toBe("kernels");
    }
    const importers = modules.filter((m) => m.imports.some((path) => path.startsWith("generated/kernels/")));
    expect(new Set(importers.map((m) => m.part))).toEqual(new Set(["kernels"]));
  });

  it("begins with its name and what it computes", () => {
    for (const name of room.keys()) {
      expect(readText(`shaders/${name}.wgsl`).startsWith(`// ${name}: `), name).toBe(true);
    }
  });

  it("has a twin on the CPU and a check of the doctor's", () => {
    expect(Object.keys(kernelTwins).sort()).toEqual([...room.keys()].sort());
    expect(kernelChecks.map((check) => check.kernel).sort()).toEqual([...room.keys()].sort());
    for (const { kernel, cases } of kernelChecks) {
      expect(new Set(cases.map((makeCase) => makeCase().dispatch.kernel.name))).toEqual(new Set([kernel]));
    }
  });

  it("has a test that names it", () => {
    for (const name of room.keys()) {
      expect(readText(`test/kernels/${name}.gpu.test.ts`), name).toContain(`describe("${name}"`);
    }
  });
});

describe("every WebAssembly module", () => {
  it("begins with its name and what it computes, and is loaded by cpu/dense.ts only", () => {
    for (const file of filesUnder("wasm", ".wat")) {
      const name = basename(file, ".wat");
      expect(readText(`wasm/${file}`).startsWith(`;; ${name}: `), name).toBe(true);
    }
    const importers = modules.filter((m) => m.imports.includes("generated/wasm.ts"));
    expect(importers.map((m) => m.path)).toEqual(["cpu/dense.ts"]);
  });
});
