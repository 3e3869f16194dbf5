// Assembles wasm/*.wat and writes src/generated/wasm.ts: each module as text, so that the shipped library is one file
// and needs no fetch. In hexadecimal: longer than base64, but shorter once gzipped, which sees bytes that recur. Run by `npm run generate`.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import initWabt from "wabt";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const HEADER_LINES = ["Exports", "Shapes", "Memory", "Order", "Error", "Source"];
/** Browsers compile so many bytes at once on a page's main thread; more would have to wait for a promise. */
const MAX_BYTES = 4096;

/** A module's bytes. Throws with file name and remedy where the house rules are broken. */
export async function assemble(name, source) {
  const file = `wasm/${name}.wat`;
  const fail = (message) => {
    throw new Error(`${file}: ${message}`);
  };
  const header = source.split("\n").filter((line) => line.startsWith(";;"));
  if (!header[0]?.startsWith(`;; ${name}: `))
    fail(`the first line must read ";; ${name}: what it computes".`);
  for (const key of HEADER_LINES) {
    if (!header.some((line) => line.startsWith(`;; ${key} `))) fail(`the header has no ";; ${key} …" line.`);
  }
  const wabt = await initWabt();
  const module = wabt.parseWat(file, source, { simd: true });
  try {
    module.resolveNames();
    module.validate();
    const bytes = module.toBinary({}).buffer;
    if (bytes.length > MAX_BYTES) fail(`has ${bytes.length} bytes; more than ${MAX_BYTES} need a promise.`);
    return bytes;
  } finally {
    module.destroy();
  }
}

/** The generated file: path from the repository's root → text. */
export async function generatedWasm() {
  const folder = join(root, "wasm");
  const out = ["// Generated from wasm/*.wat by scripts/generate_wasm.mjs. Do not edit.", ""];
  for (const file of readdirSync(folder).sort()) {
    if (!file.endsWith(".wat")) continue;
    const name = basename(file, ".wat");
    const bytes = await assemble(name, readFileSync(join(folder, file), "utf8"));
    const hex = Buffer.from(bytes).toString("hex");
    out.push(`/** ${bytes.length} bytes, in hexadecimal. */`, `export const ${name} = "${hex}";`, "");
  }
  return new Map([["src/generated/wasm.ts", out.join("\n")]]);
}

async function generate() {
  mkdirSync(join(root, "src/generated"), { recursive: true });
  for (const [path, text] of await generatedWasm()) {
    writeFileSync(join(root, path), text);
    console.log(`wasm: assembled, written to ${path}`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await generate();
