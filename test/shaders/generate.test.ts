import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { generatedFiles, reflectAll, reflectKernel, stripWgsl } from "../../scripts/generate_shaders.mjs";
import { hasVariant, type KernelSource, kernelCode, partsOf } from "../../src/gpu/kernel_source.ts";

const parts = new Map([
  ["step", "// step\nstruct Step { rows: u32, lr: f32 }\n@group(0) @binding(0) var<uniform> step: Step;\n"],
  ["half", "// half\nfn half(x: f32) -> f32 {\n  return 0.5 * x;\n}\n"],
]);

/** A kernel that breaks no rule. */
const GOOD = `// halve: y = x / 2. One invocation per element.
// Shapes    x, y [count]
// Bindings  x read; y written
// Dispatch  ceil(count / THREADS) × 1 × 1
// Error     exact
// Source    none
// Parts     step, half
override THREADS: u32 = 64;
struct Dims { count: u32, by: f32 }
@group(1) @binding(0) var<uniform> dims: Dims;
@group(1) @binding(1) var<storage, read> x: array<vec4f>;
@group(1) @binding(2) var<storage, read_write> y: array<f32>;
@compute @workgroup_size(THREADS)
fn halve(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= min(dims.count, step.rows)) {
    return;
  }
  y[id.x] = half(x[id.x].x) * dims.by; // a comment
}
`;

/** The message with which the good kernel is refused after one change to it. */
function refusal(from: string | RegExp, to: string): string {
  const changed = GOOD.replace(from, to);
  expect(changed, "the fault was planted").not.toBe(GOOD);
  try {
    reflectKernel("halve", changed, parts);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("the fault was not noticed");
}

describe("reflectKernel", () => {
  it("reads a kernel's interface", () => {
    const kernel = reflectKernel("halve", GOOD, parts);
    expect(kernel.name).toBe("halve");
    expect(kernel.step).toEqual({ rows: "u32", lr: "f32" });
    expect(kernel.overrides).toEqual({ THREADS: 64 });
    expect(Object.entries(kernel.dims)).toEqual([
      ["count", "u32"],
      ["by", "f32"],
    ]);
    expect(Object.entries(kernel.bindings)).toEqual([
      ["x", { access: "read", element: "vec4f" }],
      ["y", { access: "read_write", element: "f32" }],
    ]);
  });

  it("knows where in the joined code each part begins", () => {
    const { code, parts: placed } = reflectKernel("halve", GOOD, parts);
    expect(placed.map((p) => p.name)).toEqual(["step", "half"]);
    const lines = code.split("\n");
    for (const { name, line } of placed) expect(lines[line - 1]).toBe(`// ${name}`);
    expect(lines.slice(0, 5)).toEqual(GOOD.split("\n").slice(0, 5));
  });

  it("refuses another entry point, none, or two", () => {
    const message = (found: string) =>
      `shaders/halve.wgsl: needs exactly one compute entry point, named halve; found ${found}.`;
    expect(refusal("fn halve(", "fn double(")).toBe(message("double"));
    expect(refusal(/@compute @workgroup_size\(THREADS\)\n/, "")).toBe(message("none"));
    expect(refusal(/$/, "@compute @workgroup_size(1)\nfn more() {}\n")).toBe(message("halve, more"));
  });

  it("refuses a header without its first line or one of its lines", () => {
    expect(refusal("// halve: ", "// This kernel: ")).toBe(
      'shaders/halve.wgsl: the first line must read "// halve: what it computes".',
    );
    for (const key of ["Shapes", "Bindings", "Dispatch", "Error", "Source"]) {
      const message = `shaders/halve.wgsl: the header has no "// ${key} …" line.`;
      expect(refusal(new RegExp(`// ${key} .*\n`), "")).toBe(message);
    }
  });

  it("refuses a part that does not exist", () => {
    expect(refusal("step, half", "step, third")).toBe(
      'shaders/halve.wgsl: names the part "third", but shaders/parts has none.',
    );
  });

  it("joins the wide parts in a variant wide, at lines of their own; the kernel's lines stay", () => {
    const wideParts = new Map([
      ...parts,
      ["step.wide", "// step, wide\n// one line more\n" + parts.get("step")],
    ]);
    const source = GOOD.replace("step, half", "step, half\n// Variants  wide");
    const { code, parts: placed, variants } = reflectKernel("halve", source, wideParts);
    const { wide } = variants;
    expect(wide.parts.map((p) => p.name)).toEqual(["step.wide", "half"]);
    expect(placed.map((p) => p.name)).toEqual(["step", "half"]);
    const own = source.split("\n");
    const lines = wide.code.split("\n");
    expect(lines.slice(0, own.length)).toEqual(own);
    expect(code.split("\n").slice(0, own.length)).toEqual(own);
    expect(wide.parts.map(({ line }) => lines[line - 1])).toEqual(["// step, wide", "// half"]);
    expect(placed.map(({ line }) => code.split("\n")[line - 1])).toEqual(["// step", "// half"]);
    expect(reflectKernel("halve", GOOD, wideParts).variants).toEqual({});
  });

  it("joins a part that only one variant has in that one alone", () => {
    const more = new Map([...parts, ["half.wide", parts.get("half")!], ["half.staged", parts.get("half")!]]);
    more.set("slab.staged", "// slab");
    const source = GOOD.replace("step, half", "step, slab, half\n// Variants  wide, staged");
    const { parts: placed, variants } = reflectKernel("halve", source, more);
    const names = (joint: { readonly parts: readonly { readonly name: string }[] }) =>
      joint.parts.map(({ name }) => name);
    expect(names({ parts: placed })).toEqual(["step", "half"]);
    expect(names(variants.wide)).toEqual(["step", "half.wide"]);
    expect(names(variants.staged)).toEqual(["step", "slab.staged", "half.staged"]);
  });

  it("refuses a variant that no part has, or that there is none of", () => {
    const message = (found: string) => `shaders/halve.wgsl: ${found}`;
    expect(refusal("step, half", "step, half\n// Variants  wide")).toBe(
      message("none of its parts has a variant wide."),
    );
    expect(refusal("step, half", "step, half\n// Variants  tall")).toBe(
      message('names the variant "tall"; there are "wide" and "staged".'),
    );
  });

  it("refuses binding numbers that are shared, left out, or not in the order of the declarations", () => {
    const message = (found: string) =>
      `shaders/halve.wgsl: number "dims" 0 and the storage buffers 1, 2, … in the order they are declared, not ${found}.`;
    expect(refusal("@binding(2)", "@binding(1)")).toBe(message("0,1,1"));
    expect(refusal("@binding(2)", "@binding(0)")).toBe(message("0,1,0"));
    expect(refusal("@binding(2)", "@binding(3)")).toBe(message("0,1,3"));
    expect(refusal(/@binding\(1\)(.*\n.*)@binding\(2\)/, "@binding(2)$1@binding(1)")).toBe(message("0,2,1"));
    expect(refusal("@group(1) @binding(0)", "@group(1) @binding(3)")).toBe(message("3,1,2"));
  });

  it("refuses a ninth storage buffer, and takes eight", () => {
    const more = (n: number) =>
      Array.from(
        { length: n },
        (_, i) => `@group(1) @binding(${3 + i}) var<storage, read> z${i}: array<f32>;`,
      ).join("\n");
    const eight = GOOD.replace("@compute", `${more(6)}\n@compute`);
    expect(Object.keys(reflectKernel("halve", eight, parts).bindings).length).toBe(8);
    expect(refusal("@compute", `${more(7)}\n@compute`)).toBe(
      "shaders/halve.wgsl: binds more than the 8 storage buffers every device guarantees.",
    );
  });

  it("refuses dims that are no scalars, or missing, or called otherwise", () => {
    expect(refusal("by: f32", "by: vec2f")).toMatch(
      /^shaders\/halve\.wgsl: dims\.by is vec2f?; use u32, i32 or f32\.$/,
    );
    expect(refusal(/@group\(1\) @binding\(0\) .*\n/, "const dims = vec2u();\n")).toBe(
      'shaders/halve.wgsl: declares no "dims" uniform in group 1.',
    );
    expect(refusal("uniform> dims:", "uniform> sizes:")).toBe(
      'shaders/halve.wgsl: the only uniform of group 1 is called "dims", found "sizes".',
    );
  });

  it("refuses other groups, and anything but the step in group 0", () => {
    expect(refusal("@group(1) @binding(2)", "@group(2) @binding(2)")).toBe(
      'shaders/halve.wgsl: "y" sits in @group(2); kernels use group 1, the step slot group 0.',
    );
    expect(refusal("@group(1) @binding(2)", "@group(0) @binding(2)")).toBe(
      'shaders/halve.wgsl: @group(0) is the step slot, declared by the part "step".',
    );
  });

  it("refuses an override whose default it cannot read", () => {
    expect(refusal("override THREADS: u32 = 64;", "override THREADS: u32 = 8 * 8;")).toBe(
      'shaders/halve.wgsl: declare overrides as "override NAME: u32 = 64;".',
    );
  });
});

describe("shaders/", () => {
  const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

  it("all pass", () => {
    const files = readdirSync(new URL("../../shaders", import.meta.url)).filter((f) => f.endsWith(".wgsl"));
    expect(reflectAll().map((kernel) => `${kernel.name}.wgsl`)).toEqual(files.sort());
  });

  it("are what src/generated holds; else run `npm run generate`", () => {
    for (const [path, text] of generatedFiles()) {
      expect(existsSync(new URL(`../../${path}`, import.meta.url)), `${path} exists`).toBe(true);
      expect(read(path) === text, `${path} is up to date`).toBe(true);
    }
  });

  it("use every part", () => {
    const used = reflectAll().flatMap(({ parts, variants }) =>
      [{ parts }, ...Object.values(variants)].flatMap((joint) => joint.parts.map((p) => p.name)),
    );
    const there = readdirSync(new URL("../../shaders/parts", import.meta.url)).map((f) =>
      f.replace(/\.wgsl$/, ""),
    );
    expect(new Set(there)).toEqual(new Set(used));
  });

  it("keep the lines of their files in src/generated, in all variants", async () => {
    const linesOf = (path: string) => stripWgsl(read(path)).split("\n");
    const seen = { narrow: 0, wide: 0, staged: 0 };
    for (const { name } of reflectAll()) {
      const generated = await import(`../../src/generated/kernels/${name}.ts`);
      const kernel: KernelSource = generated[name];
      expect(kernel.name).toBe(name);
      for (const variant of (["narrow", "wide", "staged"] as const).filter((one) =>
        hasVariant(kernel, one),
      )) {
        const parts = await partsOf(kernel, variant);
        const lines = kernelCode(kernel, parts, variant)
          .replace(/^enable subgroups; diagnostic\(off, subgroup_uniformity\); /, "")
          .split("\n");
        const own = linesOf(`shaders/${kernel.name}.wgsl`);
        expect(lines.slice(0, own.length), kernel.name).toEqual(own);
        let line = own.length;
        for (const { name } of parts) {
          const part = linesOf(`shaders/parts/${name}.wgsl`);
          expect(lines.slice(line, line + part.length), `${kernel.name}, ${name}`).toEqual(part);
          line += part.length;
        }
        expect(lines.length, kernel.name).toBe(line);
        seen[variant]++;
      }
    }
    expect(seen.wide).toBeGreaterThan(3);
    expect(seen.staged).toBeGreaterThan(3);
  });
});

describe("stripWgsl", () => {
  it("drops comments and indentation but no line", () => {
    expect(stripWgsl("// a\n  let x = 1; // one\n\n}")).toBe("\nlet x = 1;\n\n}");
  });
});
