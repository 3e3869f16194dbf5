import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { bestFirst } from "../../src/cli/engine.ts";
import { findBrowser } from "../../src/headless/index.ts";
import { toCsv } from "../../src/io/csv.ts";
import { loadModelFile } from "../../src/io/model_file.ts";
import { storeSalesSample } from "../../src/sample/store_sales.ts";
import { LACKS_VULKAN } from "../headless/browsers.ts";
import { expectClose } from "../support/close.ts";
import { cli } from "./cli_harness.ts";
import { temporaryFolder } from "./temporary_folder.ts";

// The build script is plain JavaScript.
const { buildPage } = (await import(new URL("../../scripts/build.mjs", import.meta.url).href)) as {
  buildPage(path: string): Promise<void>;
};

const files = temporaryFolder();
const pageModule = files.path("page.js");
const { table } = storeSalesSample({ rows: 4000 });
const csv = files.write("sales.csv.gz", gzipSync(toCsv(table)));
const model = files.path("model.safetensors");
const shape = ["--layers", "20,10", "--bs", "128", "--valid-last", "400", "--target", "sales"];

const logged = ["--log-target", "--y-range", "5,11"];

beforeAll(() => buildPage(pageModule));

const numbersOf = (text: string) => text.trim().split("\n").slice(1).map(Number);

describe("tabgpu train", () => {
  it("trains on a .csv.gz and writes a model that predicts the same on WebGPU and on the CPU", async () => {
    const words = ["train", csv, ...shape, ...logged, "--epochs", "3", "--lr", "2e-2", "--out", model];
    const { code, out, err } = await cli(words, { pageModule });
    expect(err).toBe("");
    expect(code).toBe(0);
    expect(out).toContain("4,000 rows: 3,600 to train on, 400 to validate");
    expect(out).toContain("target sales (regression of the logarithm); 11 categorical, 4 continuous columns");
    expect(out).toMatch(/^engine: .+\nadapter: .+$/m);
    expect(out).toContain("(layers): Sequential(");
    expect(out).toMatch(
      /^epoch +train_loss +valid_loss +exp_rmspe +time\n0 .*\n1 .*\n2 .*\n\nvalidation row/m,
    );
    expect(out).toMatch(/wrote .*model\.safetensors \(\d+ kB\)/);

    expect(loadModelFile(readFileSync(model)).training?.epochs).toBe(3);
    const [gpu, cpu] = await Promise.all(
      ["webgpu", "cpu"].map((backend) => cli(["predict", model, csv, "--backend", backend], { pageModule })),
    );
    expect([gpu.code, cpu.code], gpu.err + cpu.err).toEqual([0, 0]);
    expect(numbersOf(gpu.out)).toHaveLength(4000);
    expectClose(numbersOf(gpu.out), numbersOf(cpu.out), (value) => 1e-4 * value, "predictions");
  });

  it("prints with --json one object per epoch and a last one with the result, nothing else", async () => {
    const words = [
      "train",
      csv,
      ...shape,
      "--epochs",
      "2",
      "--recipe",
      "v1",
      "--metrics",
      "rmse,r2_score",
      "--json",
    ];
    const { code, out, err } = await cli([...words, "--out", files.path("json.safetensors")], { pageModule });
    expect(code, err).toBe(0);
    // The target is far from 0, and two epochs at a small rate cannot reach it.
    expect(err).toMatch(
      /^warning: Target "sales" has mean \d+ .* Learn its logarithm with --log-target, --y-range [\d.]+,[\d.]+, or bound it as it is with --y-range -?\d+,\d+\.\nwarning: The model is no better than a constant: .*\n$/,
    );
    const lines = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.map(({ event, epoch }) => [event, epoch])).toEqual([
      ["epoch", 0],
      ["epoch", 1],
      ["result", 1],
    ]);
    for (const line of lines) {
      expect(Object.keys(line.metrics)).toEqual(["rmse", "r2_score"]);
      expect(line.metrics.rmse).toBeCloseTo(Math.sqrt(line.valid_loss), 2);
    }
    expect(lines[2]).toMatchObject({ epochs: 2, lr: 3e-3, model: files.path("json.safetensors") });
    expect(lines[2].adapter).toHaveProperty("software");
    expect(lines[2].examples).toHaveLength(5);
  });

  it("classifies text without being told", async () => {
    const words = ["train", csv, "--target", "store_type", "--cat", "store", "--epochs", "8", "--lr", "3e-2"];
    const { code, out, err } = await cli([...words, "--bs", "64", "--out", files.path("class.safetensors")], {
      pageModule,
    });
    expect(code, err).toBe(0);
    expect(out).toContain("target store_type (classification)");
    const accuracies = [...out.matchAll(/^\d +[\d.]+ +[\d.]+ +([\d.]+) +\d+:\d+$/gm)].map(([, value]) =>
      Number(value),
    );
    expect(accuracies).toHaveLength(8);
    expect(accuracies[7]).toBeGreaterThan(0.95); // a store has one type, so it can be learned by heart
  });

  it("shows several targets with rounded numbers", async () => {
    const rows = Array.from({ length: 200 }, (_, i) => `${i % 9},${(i % 9) / 7},${1 / (1 + (i % 9))}`);
    const two = files.write("two.csv", `x,a,b\n${rows.join("\n")}\n`);
    const words = ["train", two, "--target", "a,b", "--epochs", "1", "--bs", "20", "--layers", "4"];
    const { code, out, err } = await cli([...words, "--out", files.path("two.safetensors")], { pageModule });
    expect(code, err).toBe(0);
    const pair = "a -?[\\d.]{1,9}, b -?[\\d.]{1,9}";
    expect(out).toMatch(new RegExp(`^row \\d+ +${pair} +${pair}$`, "m"));
  });

  it("ends with 1 for data that cannot be learned from, and writes no model", async () => {
    const constant = files.write("constant.csv", `x,y\n${"1,5\n2,5\n".repeat(50)}`);
    const target = files.path("none.safetensors");
    const { code, err } = await cli(["train", constant, "--target", "y", "--out", target], { pageModule });
    expect(code).toBe(1);
    expect(err).toMatch(/^error: .*"y".*\n$/);
    expect(existsSync(target)).toBe(false);
  });

  it("ends with 130 when it is interrupted, closes the browser and writes no model", async () => {
    const controller = new AbortController();
    const target = files.path("interrupted.safetensors");
    const { code, err } = await cli(
      ["train", csv, ...shape, ...logged, "--epochs", "10000", "--engine", "chromium", "--out", target],
      {
        pageModule,
        signal: controller.signal,
        onOut: (text) => {
          if (/^epoch/m.test(text)) controller.abort();
        },
      },
    );
    expect(code).toBe(130);
    expect(err).toBe("interrupted\n");
    expect(existsSync(target)).toBe(false);
    if (process.platform === "linux") {
      const children = execFileSync("ps", ["-o", "args=", "--ppid", String(process.pid)], {
        encoding: "utf8",
      });
      expect(children).not.toContain("--headless");
    }
  });
});

describe("tabgpu train --engine", () => {
  const words = ["train", csv, ...shape, ...logged, "--epochs", "1", "--lr", "2e-2", "--json"];
  const train = async (engine: string) => {
    const out = files.path(`${engine}.safetensors`);
    const run = await cli([...words, "--engine", engine, "--out", out], { pageModule });
    expect(run.code, run.err).toBe(0);
    return JSON.parse(run.out.trim().split("\n").at(-1)!);
  };

  it("trains alike in each, and auto says which it took", async () => {
    const reference = await train("chromium");
    expect(reference.engine).toMatch(/^Chromium \d/);
    const others = [...(LACKS_VULKAN ? [] : ["node"]), ...(findBrowser("firefox") ? ["firefox"] : [])];
    for (const engine of others) {
      const result = await train(engine);
      expect(result.engine).toMatch(engine === "node" ? /^Dawn in Node \d/ : /^Firefox \d/);
      expectClose(
        [result.train_loss, result.valid_loss],
        [reference.train_loss, reference.valid_loss],
        (loss) => 1e-3 * loss,
        `losses in ${engine}`,
      );
    }
    expect((await train("auto")).engine).toMatch(/^(Chromium|Dawn in Node) \d/);
  });

  it("orders the engines that auto tries: a GPU before software", () => {
    const engines = (hasLavapipe: boolean) => bestFirst("auto", false, hasLavapipe).map(([engine]) => engine);
    expect(engines(true)).toEqual(["node", "chromium", "firefox"]);
    expect(engines(false)).toEqual(["chromium", "node", "firefox"]);
    expect(bestFirst("auto", true).map((lane) => lane.join(" "))[0]).toBe("chromium hardware");
    expect(bestFirst("hardware", false).every(([, adapter]) => adapter === "hardware")).toBe(true);
    expect(bestFirst("software", true).every(([, adapter]) => adapter === "software")).toBe(true);
  });
});

describe("tabgpu lr-find", () => {
  it("draws the curve and suggests rates", async () => {
    const { code, out, err } = await cli(["lr-find", csv, ...shape, ...logged], { pageModule });
    expect(code, err).toBe(0);
    expect(out).toContain("learning rate");
    expect(out).toMatch(/^to train with it: --lr \d\.\de-\d$/m);
    expect(out).toMatch(/^valley +\d\.\d\de-\d +about halfway along the longest fall/m);
  });
});

describe("tabgpu sample", () => {
  it("trains on the sample and says how near it came to the best possible score", async () => {
    const words = ["sample", "--rows", "5000", "--epochs", "1", "--out", files.path("sample.safetensors")];
    const { code, out, err } = await cli(words, { pageModule });
    expect(code, err).toBe(0);
    expect(out).toContain("Synthetic store sales");
    expect(out).toMatch(/^S\d{3}, \w{3} \d+\/\d+(, promo)? +\d+ +\d+$/m);
    expect(out).toMatch(/exp_rmspe 0\.\d{4}: .* to the true function itself \(0\.1009 in theory\)/);
  });

  it("writes the sample as CSV", async () => {
    const path = files.path("sample.csv");
    const { code } = await cli(["sample", "--csv", path, "--rows", "1000", "--seed", "7"]);
    expect(code).toBe(0);
    expect(readFileSync(path, "utf8")).toBe(toCsv(storeSalesSample({ rows: 1000, seed: 7 }).table));
  });
});
