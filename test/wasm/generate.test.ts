import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { assemble, generatedWasm } from "../../scripts/generate_wasm.mjs";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

const header = ["Exports", "Shapes", "Memory", "Order", "Error", "Source"].map((key) => `;; ${key}  none.`);
const empty = [";; nothing: does nothing.", ...header, '(module (func (export "run")))'].join("\n");

describe("assemble", () => {
  it("makes a module that runs", async () => {
    const bytes = await assemble("nothing", empty);
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
    expect((exports.run as () => unknown)()).toBeUndefined();
  });

  it("refuses a file without its header", async () => {
    await expect(assemble("something", empty)).rejects.toThrow(
      'wasm/something.wat: the first line must read ";; something: what it computes".',
    );
    await expect(assemble("nothing", empty.replace(";; Error", ";; Errors"))).rejects.toThrow(
      'wasm/nothing.wat: the header has no ";; Error …" line.',
    );
  });

  it("names file and line of a mistake", async () => {
    await expect(assemble("nothing", empty.replace("(func", "(fun"))).rejects.toThrow("wasm/nothing.wat:8:");
    await expect(assemble("nothing", empty.replace('"run")', '"run") i32.add'))).rejects.toThrow(
      "type mismatch",
    );
  });

  it("refuses a module too large to compile at once", async () => {
    const large = empty.replace("(func", `(memory 1) (data (i32.const 0) "${"x".repeat(5000)}") (func`);
    await expect(assemble("nothing", large)).rejects.toThrow("more than 4096 need a promise");
  });
});

describe("wasm/", () => {
  it("is what src/generated holds; else run `npm run generate`", async () => {
    for (const [path, text] of await generatedWasm()) {
      expect(existsSync(new URL(`../../${path}`, import.meta.url)), `${path} exists`).toBe(true);
      expect(read(path) === text, `${path} is up to date`).toBe(true);
    }
  });
});
