// Reads shaders/*.wgsl, joins each with the parts its header names, checks it by reflection, and writes
// src/generated/shaders.ts: source and interface of every kernel, typed, so that a renamed binding or uniform field is
// a compile error and the shipped library needs no reflection. Run by `npm run generate`.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { WgslReflect } from "wgsl_reflect/wgsl_reflect.module.js";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const HEADER_LINES = ["Shapes", "Bindings", "Dispatch", "Error", "Source"];
const SCALARS = new Set(["u32", "i32", "f32"]);

/** Drops comments and indentation but keeps every line, so that a compiler's line number still fits the file. */
export function stripWgsl(code) {
  return code
    .split("\n")
    .map((line) => line.replace(/\/\/.*$/, "").trim())
    .join("\n");
}

/** Offsets and types of a uniform struct's fields. */
function fieldsOf(variable, fail) {
  const fields = {};
  for (const member of variable.members) {
    const type = member.type.name;
    if (!SCALARS.has(type)) fail(`${variable.name}.${member.name} is ${type}; use u32, i32 or f32.`);
    fields[member.name] = { offset: member.offset, type };
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
    if (!parts.has(part) && !parts.has(`${part}.wide`)) {
      fail(`names the part "${part}", but shaders/parts has none.`);
    }
  }
  const variantsLine = header.find((line) => line.startsWith("// Variants "));
  const variants = variantsLine ? variantsLine.replace("// Variants", "").trim().split(/,\s*/) : [];
  // A part that only the variant needs has no file without ".wide".
  const { code, parts: placed } = joined(
    source,
    partNames.filter((part) => parts.has(part)),
    parts,
  );
  let wide = null;
  for (const variant of variants) {
    if (variant !== "wide") fail(`names the variant "${variant}"; there is only "wide".`);
    const replaced = partNames.map((part) => (parts.has(`${part}.wide`) ? `${part}.wide` : part));
    if (replaced.every((part) => !part.endsWith(".wide"))) fail("none of its parts has a variant wide.");
    wide = joined(source, replaced, parts);
  }

  const reflect = new WgslReflect(code);
  const entries = reflect.entry.compute;
  if (entries.length !== 1 || entries[0].name !== name) {
    fail(
      `needs exactly one compute entry point, named ${name}; found ${entries.map((e) => e.name).join(", ") || "none"}.`,
    );
  }
  let usesStep = false;
  let stepStruct = null;
  let uniforms = null;
  const bindings = {};
  for (const variable of [...reflect.uniforms, ...reflect.storage]) {
    if (variable.group === 0) {
      if (variable.name !== "step") fail(`@group(0) is the step slot, declared by the part "step".`);
      usesStep = true;
      stepStruct = { size: Math.ceil(variable.size / 16) * 16, fields: fieldsOf(variable, fail) };
    } else if (variable.group !== 1) {
      fail(
        `"${variable.name}" sits in @group(${variable.group}); kernels use group 1, the step slot group 0.`,
      );
    } else if (variable.resourceType === 0) {
      if (variable.name !== "dims")
        fail(`the only uniform of group 1 is called "dims", found "${variable.name}".`);
      uniforms = {
        binding: variable.binding,
        size: Math.ceil(variable.size / 16) * 16,
        fields: fieldsOf(variable, fail),
      };
    } else {
      const element = variable.format?.name ?? variable.type.format?.name ?? variable.type.name;
      bindings[variable.name] = {
        binding: variable.binding,
        access: variable.access === "read_write" ? "read_write" : "read",
        element,
      };
    }
  }
  if (!uniforms) fail(`declares no "dims" uniform in group 1.`);
  const slots = [uniforms.binding, ...Object.values(bindings).map((b) => b.binding)];
  if (new Set(slots).size !== slots.length) fail("two variables share a binding number.");
  if (Object.keys(bindings).length > 8)
    fail("binds more than the 8 storage buffers every device guarantees.");
  const overrides = {};
  for (const [, overrideName, value] of code.matchAll(/^override\s+(\w+)\s*:\s*u32\s*=\s*(\d+)u?;/gm)) {
    overrides[overrideName] = Number(value);
  }
  const declared = reflect.overrides.map((o) => o.name);
  if (declared.some((o) => !(o in overrides))) fail(`declare overrides as "override NAME: u32 = 64;".`);
  return { name, code, parts: placed, wide, usesStep, dims: uniforms, bindings, overrides, stepStruct };
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

/** Stands in JSON for the variable of a part's text. */
const PART = "@part ";
const PART_REFERENCE = new RegExp(`"${PART}([^"]+)"`, "g");
const partVariable = (name) => `part_${name.replaceAll(".", "_")}`;

/** The generated files: path from the repository's root → text. */
export function generatedFiles() {
  const kernels = reflectAll();
  let step = null;
  const out = ["// Generated from shaders/*.wgsl by scripts/generate_shaders.mjs. Do not edit.", ""];
  // A part's text is stored once, however many kernels it is joined to.
  const texts = new Map();
  const withTexts = (code, parts) => {
    const lines = stripWgsl(code).split("\n");
    return parts.map(({ name, line }, i) => {
      texts.set(name, lines.slice(line - 1, (parts[i + 1]?.line ?? lines.length + 1) - 1).join("\n"));
      return { name, line, code: `${PART}${name}` };
    });
  };
  const exported = kernels.map(({ stepStruct, ...kernel }) => {
    step = stepStruct ?? step;
    const own = stripWgsl(kernel.code).split("\n");
    const parts = withTexts(kernel.code, kernel.parts);
    const wide = kernel.wide && { parts: withTexts(kernel.wide.code, kernel.wide.parts) };
    const code = own.slice(0, (parts[0]?.line ?? own.length + 1) - 1).join("\n");
    const json = JSON.stringify({ ...kernel, code, parts, wide }, null, 1);
    return `export const ${kernel.name} = ${json.replaceAll(PART_REFERENCE, (_, name) => partVariable(name))} as const;`;
  });
  for (const [name, text] of texts) out.push(`const ${partVariable(name)} = ${JSON.stringify(text)};`, "");
  for (const text of exported) out.push(text, "");
  const stepOut = [out[0], "", `export const step = ${JSON.stringify(step, null, 1)} as const;`, ""];
  return new Map([
    ["src/generated/shaders.ts", out.join("\n")],
    ["src/generated/step.ts", stepOut.join("\n")],
  ]);
}

function generate() {
  mkdirSync(join(root, "src/generated"), { recursive: true });
  for (const [path, text] of generatedFiles()) {
    writeFileSync(join(root, path), text);
    console.log(`shaders: checked, written to ${path}`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) generate();
