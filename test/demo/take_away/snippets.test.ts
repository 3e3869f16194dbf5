import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { embedLines, exampleJson, fileNameOf, rowHelp } from "../../../demo/take_away/snippets.ts";
import type { TakeAwayInfo } from "../../../demo/take_away/types.ts";

const info: TakeAwayInfo = {
  inputs: [],
  example: { Store: 1, "Day of week": "Fri", Promo: true, Date: "2015-07-31", Distance: null },
  prediction: { prediction: 5263.123456, raw: 8.56 },
  training: null,
};

/** What the row in the lines says, run as the lines would. */
function rowOf(lines: string): unknown {
  const [, literal] = /predict\(\[([\s\S]*),\s*\]\)/.exec(lines)!;
  return new Function(`return (${literal})`)();
}

describe("the lines that embed a model", () => {
  it("hold the file's name, the row with the model's own column names, and what comes out", () => {
    const lines = embedLines("npm", "shops.safetensors", info);
    expect(lines).toContain('import { loadModel } from "tabgpu/predict";');
    expect(lines).toContain('new URL("./shops.safetensors", import.meta.url)');
    expect(rowOf(lines)).toEqual(info.example);
    expect(lines.split("\n").at(-1)).toBe("console.log(result.prediction); // 5263.1");
  });

  it("install the file that npm pack writes", () => {
    const { name, version } = JSON.parse(readFileSync("package.json", "utf8"));
    const lines = embedLines("npm", "shops.safetensors", info);
    expect(lines).toContain(`npm install ./${name}-${version}.tgz`);
    expect(lines).not.toContain("npm install tabgpu");
  });

  it("are one script of a page without npm", () => {
    const lines = embedLines("module", "shops.safetensors", info).split("\n");
    expect(lines[1]).toBe('<script type="module">');
    expect(lines.at(-1)).toBe("</script>");
    expect(lines.join("\n")).toContain('import { loadModel } from "./tabgpu.js";');
    expect(rowOf(lines.join("\n"))).toEqual(info.example);
  });

  it("break a long row where cells end", () => {
    const example = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`column ${i}`, `value ${i}`]));
    const lines = embedLines("npm", "m.safetensors", { ...info, example });
    expect(rowOf(lines)).toEqual(example);
    expect(Math.max(...lines.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it("survive any text in names, cells and classes", () => {
    const nasty = '"</script>\n\\\u2028';
    const example = { [nasty]: nasty };
    const lines = embedLines("module", "m.safetensors", {
      ...info,
      example,
      prediction: { prediction: nasty },
    });
    expect(rowOf(lines)).toEqual(example);
    expect(lines.match(/<\/script>/g)).toHaveLength(1);
  });

  it("give the row as JSON", () => {
    expect(JSON.parse(exampleJson(info))).toEqual(info.example);
  });

  it("tell how dates are written only where the model reads one", () => {
    const number = { name: "Store", type: "continuous" } as const;
    const date = { name: "Date", type: "date" } as const;
    expect(rowHelp([number])).toBe(
      "The one column that the model reads. Write null where the value is unknown.",
    );
    expect(rowHelp([number, date])).toBe(
      "All 2 columns that the model reads. Write null where a value is unknown, and dates like 2015-07-31.",
    );
  });
});

describe("fileNameOf", () => {
  it.each([
    ["Run 2: 200, 100 · lr 0.02", "sales", "sales-run-2.safetensors"],
    ["shops.safetensors", "sales", "shops.safetensors"],
    ["Größe", "sales", "gro-e.safetensors"],
    ["Run 3: a", "···", "run-3.safetensors"],
    ["···", "sales", "model.safetensors"],
  ])("makes of %s, which predicts %s, %s", (name, target, file) => {
    expect(fileNameOf({ name, target })).toBe(file);
  });
});
