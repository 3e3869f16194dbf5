// Reads shaders/*.wgsl, joins each with the parts its header names, checks it by reflection, and writes
// src/generated/kernels/NAME.ts: source and interface of a kernel, typed, so that a renamed binding or uniform field is
// a compile error and the shipped library needs no reflection. A module per kernel and per part, so that a page loads
// those it runs. Run by `npm run generate`.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { WgslReflect } from "wgsl_reflect/wgsl_reflect.module.js";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const HEADER_LINES = ["Shapes", "Bindings", "Dispatch", "Error", "Source"];
const VARIANTS = ["wide", "staged"];
const SCALARS = new Set(["u32", "i32", "f32"]);

/** Drops comments and indentation but keeps every line, so that a compiler's line number still fits the file. */
export function stripWgsl(code) {
  return code
    .split("\n")
    .map((line) => line.replace(/\/\/.*$/, "").trim())
    .join("\n");
}

/** Types of a uniform struct's fields, in order; scalars only, so that field i lies at byte 4 i. */
function fieldsOf(variable, fail) {
  const fields = {};
  for (const member of variable.members) {
    const type = member.type.name;
    if (!SCALARS.has(type)) fail(`${variable.name}.${member.name} is ${type}; use u32, i32 or f32.`);
    fields[member.name] = type;
  }
  return fields;
}

/**
 * A kernel's file with its parts. WGSL declarations may come in any order: parts go behind, so that line numbers of the
 * kernel stay its file's.
 */
function joined(source, partNames, parts) {
  let line = 1 + source.split("\n").length;
  const placed = partNames.map((part) => {
    const first = line;
    line += parts.get(part).split("\n").length;
    return { name: part, line: first };
  });
  return { code: [source, ...partNames.map((part) => parts.get(part))].join("\n"), parts: placed };
}

/** The interface of one kernel as plain data. Throws with file name and remedy where the house rules are broken. */
export function reflectKernel(name, source, parts) {
  const fail = (message) => {
    throw new Error(`shaders/${name}.wgsl: ${message}`);
  };
  const header = source.split("\n").filter((line) => line.startsWith("//"));
  if (!header[0]?.startsWith(`// ${name}: `))
    fail(`the first line must read "// ${name}: what it computes".`);
  for (const key of HEADER_LINES) {
    if (!header.some((line) => line.startsWith(`// ${key} `))) fail(`the header has no "// ${key} …" line.`);
  }
  const partsLine = header.find((line) => line.startsWith("// Parts "));
  const partNames = partsLine ? partsLine.replace("// Parts", "").trim().split(/,\s*/) : [];
  for (const part of partNames) {
    if (!parts.has(part) && !VARIANTS.some((variant) => parts.has(`${part}.${variant}`))) {
      fail(`names the part "${part}", but shaders/parts has none.`);
    }
  }
  const variantsLine = header.find((line) => line.startsWith("// Variants "));
  const variantNames = variantsLine ? variantsLine.replace("// Variants", "").trim().split(/,\s*/) : [];
  // A part that only a variant needs has no file without the variant's name.
  const { code, parts: placed } = joined(
    source,
    partNames.filter((part) => parts.has(part)),
    parts,
  );
  const variants = {};
  for (const variant of variantNames) {
    if (!VARIANTS.includes(variant)) {
      fail(
        `names the variant "${variant}"; there are ${VARIANTS.map((known) => `"${known}"`).join(" and ")}.`,
      );
    }
    const own = partNames.filter((part) => parts.has(`${part}.${variant}`));
    if (own.length === 0) fail(`none of its parts has a variant ${variant}.`);
    const chosen = partNames.map((part) => (own.includes(part) ? `${part}.${variant}` : part));
    variants[variant] = joined(
      source,
      chosen.filter((part) => parts.has(part)),
      parts,
    );
  }

  const reflect = new WgslReflect(code);
  const entries = reflect.entry.compute;
  if (entries.length !== 1 || entries[0].name !== name) {
    fail(
      `needs exactly one compute entry point, named ${name}; found ${entries.map((e) => e.name).join(", ") || "none"}.`,
    );
  }
  let step = null;
  let dims = null;
  const slots = [];
  const bindings = {};
  for (const variable of [...reflect.uniforms, ...reflect.storage]) {
    if (variable.group === 0) {
      if (variable.name !== "step") fail(`@group(0) is the step slot, declared by the part "step".`);
      step = fieldsOf(variable, fail);
    } else if (variable.group !== 1) {
      fail(
        `"${variable.name}" sits in @group(${variable.group}); kernels use group 1, the step slot group 0.`,
      );
    } else if (variable.resourceType === 0) {
      if (variable.name !== "dims")
        fail(`the only uniform of group 1 is called "dims", found "${variable.name}".`);
      dims = fieldsOf(variable, fail);
      slots[0] = variable.binding;
    } else {
      const element = variable.format?.name ?? variable.type.format?.name ?? variable.type.name;
      bindings[variable.name] = {
        access: variable.access === "read_write" ? "read_write" : "read",
        element,
      };
      slots[Object.keys(bindings).length] = variable.binding;
    }
  }
  if (!dims) fail(`declares no "dims" uniform in group 1.`);
  if (slots.some((slot, i) => slot !== i)) {
    fail(`number "dims" 0 and the storage buffers 1, 2, … in the order they are declared, not ${slots}.`);
  }
  if (Object.keys(bindings).length > 8)
    fail("binds more than the 8 storage buffers every device guarantees.");
  const overrides = {};
  for (const [, overrideName, value] of code.matchAll(/^override\s+(\w+)\s*:\s*u32\s*=\s*(\d+)u?;/gm)) {
    overrides[overrideName] = Number(value);
  }
  const declared = reflect.overrides.map((o) => o.name);
  if (declared.some((o) => !(o in overrides))) fail(`declare overrides as "override NAME: u32 = 64;".`);
  return { name, code, parts: placed, variants, dims, bindings, overrides, step };
}

/** All kernels of shaders/, checked. */
export function reflectAll() {
  const read = (file) => readFileSync(file, "utf8");
  const wgsl = (folder) =>
    readdirSync(folder)
      .filter((file) => file.endsWith(".wgsl"))
      .sort();
  const folder = join(root, "shaders");
  const parts = new Map(
    wgsl(join(folder, "parts")).map((f) => [basename(f, ".wgsl"), read(join(folder, "parts", f))]),
  );
  return wgsl(folder).map((file) => reflectKernel(basename(file, ".wgsl"), read(join(folder, file)), parts));
}

/** Stands in JSON for an expression. */
const EXPRESSION = "@expression ";
const variableOf = (part) => part.replaceAll(".", "_");

/** An object as TypeScript; a string that begins with EXPRESSION becomes what follows it. */
function literal(value) {
  const json = JSON.stringify(value, null, 1);
  return json.replaceAll(new RegExp(`"${EXPRESSION}([^"]+)"`, "g"), (_, expression) => expression);
}

/** The generated files: path from the repository's root → text. */
export function generatedFiles() {
  const files = new Map();
  const write = (path, source, lines) => {
    const title = `// Generated from ${source} by scripts/generate_shaders.mjs. Do not edit.`;
    files.set(`src/generated/${path}.ts`, [title, ...lines, ""].join("\n"));
  };
  const partLines = (code, parts) => {
    const lines = stripWgsl(code).split("\n");
    return parts.map(({ line }, i) => lines.slice(line - 1, (parts[i + 1]?.line ?? lines.length + 1) - 1));
  };
  const ofVariants = new Map(VARIANTS.map((variant) => [variant, new Set()]));
  for (const { name, code, parts, variants, step, ...rest } of reflectAll()) {
    const joints = [{ code, parts }, ...Object.values(variants)];
    for (const joint of joints) {
      partLines(joint.code, joint.parts).forEach((lines, i) => {
        const part = joint.parts[i].name;
        const text = literal({ name: part, code: lines.join("\n") });
        write(`parts/${part}`, `shaders/parts/${part}.wgsl`, [`export const ${variableOf(part)} = ${text};`]);
      });
    }
    const own = stripWgsl(code).split("\n");
    const kernel = {
      name,
      code: own.slice(0, (parts[0]?.line ?? own.length + 1) - 1).join("\n"),
      parts: parts.map((part) => EXPRESSION + variableOf(part.name)),
      variants: Object.fromEntries(Object.keys(variants).map((variant) => [variant, EXPRESSION + variant])),
      ...rest,
    };
    // A page loads a variant where its adapter is one for it: of all kernels at once.
    const loads = Object.entries(variants).map(([variant, { parts }]) => {
      const names = parts.map((part) => part.name);
      const loaded = names.filter((part) => part.endsWith(`.${variant}`));
      for (const part of loaded) ofVariants.get(variant).add(part);
      return `const ${variant} = async () => {
  const { ${loaded.map(variableOf).join(", ")} } = await import("../${variant}.ts");
  return [${names.map(variableOf).join(", ")}];
};
`;
    });
    const used = [...new Set(joints.flatMap((joint) => joint.parts.map((part) => part.name)))];
    write(`kernels/${name}`, `shaders/${name}.wgsl`, [
      ...used
        .filter((part) => !part.includes("."))
        .map((part) => `import { ${variableOf(part)} } from "../parts/${part}.ts";`),
      "",
      ...loads,
      `export const ${name} = ${literal(kernel)} as const;`,
    ]);
    if (step) {
      write("step", "shaders/parts/step.wgsl", [
        "",
        `export const step = ${JSON.stringify(step, null, 1)} as const;`,
      ]);
    }
  }
  for (const [variant, parts] of ofVariants) {
    const exports = [...parts]
      .sort()
      .map((part) => `export { ${variableOf(part)} } from "./parts/${part}.ts";`);
    write(variant, `shaders/parts/*.${variant}.wgsl`, exports);
  }
  return files;
}

function generate() {
  const folder = join(root, "src/generated");
  const files = generatedFiles();
  for (const kind of ["kernels", "parts"]) {
    mkdirSync(join(folder, kind), { recursive: true });
    for (const file of readdirSync(join(folder, kind))) {
      if (!files.has(`src/generated/${kind}/${file}`)) rmSync(join(folder, kind, file));
    }
  }
  for (const [path, text] of files) writeFileSync(join(root, path), text);
  console.log(`shaders: checked, written to ${files.size} modules in src/generated`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) generate();
