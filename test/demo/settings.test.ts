import { describe, expect, it } from "vitest";
import { parseSettings, type Typed } from "../../demo/settings.ts";

const good: Typed = { layers: "200, 100", epochs: "5", bs: "256", lr: "0.02", wd: "0.3" };
const parse = (changed: Partial<Typed>) => parseSettings({ ...good, ...changed });

describe("parseSettings", () => {
  it("reads numbers as people type them", () => {
    expect(parse({})).toEqual({ settings: { layers: [200, 100], epochs: 5, bs: 256, lr: 0.02, wd: 0.3 } });
    expect(parse({ layers: " 8 ", lr: "0,02", wd: "1e-2" })).toEqual({
      settings: { layers: [8], epochs: 5, bs: 256, lr: 0.02, wd: 0.01 },
    });
  });

  it.each<[keyof Typed, string, string]>([
    ["layers", "1, 2048", "0"],
    ["layers", "8,8,8,8,8,8,8,8", "8,8,8,8,8,8,8,8,8"],
    ["layers", "2048", "2049"],
    ["layers", "8", ""],
    ["layers", "8, 8", "8, 8,"],
    ["epochs", "1", "0"],
    ["epochs", "200", "201"],
    ["epochs", "2", "2.5"],
    ["bs", "2", "1"],
    ["bs", "8192", "8193"],
    ["lr", "1e-7", "0"],
    ["lr", "10", "10.1"],
    ["lr", "1", " "],
    ["lr", "1", "Infinity"],
    ["wd", "0", "-0.1"],
    ["wd", "10", "ten"],
  ])("%s: takes %j and refuses %j, at its own field", (name, accepted, refused) => {
    expect(parse({ [name]: accepted })).toHaveProperty("settings");
    const parsed = parse({ [name]: refused });
    expect("errors" in parsed && Object.keys(parsed.errors)).toEqual([name]);
  });

  it("says how many layers are too many", () => {
    expect(parse({ layers: Array(9).fill("8").join(",") })).toEqual({
      errors: { layers: "These are 9 layers; at most 8 fit here." },
    });
  });
});
