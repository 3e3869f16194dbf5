/** The lines that embed a model in a page. Pure: text in, text out. */
import type { InputColumn } from "tabgpu";
import { grouped } from "../ui/format.ts";
import type { JsonCell, TakeAwayInfo } from "./types.ts";

export type Variant = "npm" | "module";

/**
 * A name that every file system and address takes: "shops.safetensors" for a file's model, "sales-run-2.safetensors" for
 * "Run 2: 200, 100 · lr 0.02" that predicts sales.
 */
export function fileNameOf({ name, target }: { readonly name: string; readonly target: string }): string {
  const [, run] = /^(Run \d+):/.exec(name) ?? [];
  const plain = (run ? `${target} ${run}` : name.replace(/\.safetensors$/i, ""))
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return `${plain || "model"}.safetensors`;
}

/** From a clone: there is no package on npm yet. */
const INSTALL = [
  "// TabGPU is not on npm yet: `npm pack` in a clone of it writes",
  "// tabgpu-0.1.0.tgz. Copy that here, then: npm install ./tabgpu-0.1.0.tgz",
];

/** The lines for a bundler or Node (`npm`), or for a page without either (`module`). */
export function embedLines(variant: Variant, file: string, info: TakeAwayInfo): string {
  const [from, fetched] =
    variant === "npm"
      ? ["tabgpu/predict", `new URL("./${file}", import.meta.url)`]
      : ["./tabgpu.js", `"./${file}"`];
  const lines = [
    `import { loadModel } from ${JSON.stringify(from)};`,
    "",
    `const file = await fetch(${fetched});`,
    "const model = await loadModel(await file.arrayBuffer());",
    "",
    "const [result] = await model.predict([",
    `  ${objectLines(info.example, "  ")},`,
    "]);",
    `console.log(result.prediction); // ${shortly(predictionOf(info))}`,
  ];
  const script = lines.join("\n");
  if (variant === "npm") return [...INSTALL, script].join("\n");
  return [
    "<!-- tabgpu.js is dist/index.js of the package tabgpu, copied beside your page -->",
    '<script type="module">',
    script.replace(/^(?=[^\n])/gm, "  "),
    "</script>",
  ].join("\n");
}

/** A row as JSON: what a form or a server would hand in. */
export function exampleJson(info: TakeAwayInfo): string {
  return JSON.stringify(info.example, null, 2);
}

/** What there is to know of that row. */
export function rowHelp(inputs: readonly InputColumn[]): string {
  const [columns, value] =
    inputs.length === 1
      ? ["The one column", "the value"]
      : [`All ${grouped(inputs.length)} columns`, "a value"];
  const dates = inputs.some(({ type }) => type === "date") ? ", and dates like 2015-07-31" : "";
  return `${columns} that the model reads. Write null where ${value} is unknown${dates}.`;
}

/** As many cells to a line as fit. */
function objectLines(row: Readonly<Record<string, JsonCell>>, indent: string): string {
  const cells = Object.entries(row).map(([name, value]) => `${key(name)}: ${literal(value)}`);
  const oneLine = `{ ${cells.join(", ")} }`;
  if (oneLine.length <= 72) return oneLine;
  const lines: string[] = [];
  for (const cell of cells) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + cell.length < 70) lines[lines.length - 1] = `${last} ${cell},`;
    else lines.push(`${cell},`);
  }
  return ["{", ...lines.map((line) => `${indent}  ${line}`), `${indent}}`].join("\n");
}

function key(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : literal(name);
}

/** No text may hold </script>, which would end the script, or the line breaks that JSON leaves as they are. */
function literal(value: unknown): string {
  const escaped = (found: string) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(value).replace(/[<\u2028\u2029]/g, escaped);
}

function predictionOf({ prediction }: TakeAwayInfo): unknown {
  return typeof prediction === "object" && prediction !== null && "prediction" in prediction
    ? prediction.prediction
    : prediction;
}

function shortly(value: unknown): string {
  const round = (inner: unknown) => (typeof inner === "number" ? Number(inner.toPrecision(5)) : inner);
  return literal(typeof value === "object" && value !== null ? mapValues(value, round) : round(value));
}

function mapValues(value: object, change: (inner: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map(change);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, change(inner)]));
}
