import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { predictsHere } from "../../src/cli/predict.ts";
import { encodeTable } from "../../src/data/preprocessing.ts";
import { readCsv } from "../../src/io/csv.ts";
import { saveModelFile } from "../../src/io/save_model_file.ts";
import { modelRepr } from "../../src/model/repr.ts";
import { smallModel } from "../io/small_model.ts";
import { ReferenceModel } from "../reference/model.reference.ts";
import { expectClose } from "../support/close.ts";
import { cli } from "./cli_harness.ts";
import { temporaryFolder } from "./temporary_folder.ts";

const files = temporaryFolder();
const model = smallModel();
const bytes = saveModelFile(model);
const path = files.write("model.safetensors", bytes);

/** The small model for two categorical columns: none says whether Distance was missing. */
function withoutLastEmbedding() {
  const { config, tensors } = smallModel({
    embeddingSizes: [
      [4, 3],
      [3, 3],
    ],
  });
  return { config, tensors };
}

describe("tabgpu inspect", () => {
  it("quotes categories that hold a comma or nothing", async () => {
    const { preprocessing } = model;
    const [shop, ...others] = preprocessing.categorical;
    const levels = ["", "a, b", "Bern"];
    const categorical = [{ ...shop, levels }, ...others];
    const odd = saveModelFile({ ...model, preprocessing: { ...preprocessing, categorical } });
    const { out } = await cli(["inspect", files.write("odd.safetensors", odd)]);
    expect(out).toMatch(/^Shop +text +3 +4 x 3 +"", "a, b", Bern$/m);
  });

  it("prints the model, its columns, categories and sizes", async () => {
    const { code, out } = await cli(["inspect", path]);
    expect(code).toBe(0);
    expect(out).toContain(modelRepr(model.config));
    expect(out).toContain("target: Sales (regression of the logarithm)");
    expect(out).toContain("trained: 5 epochs, train_loss 0.01000, valid_loss 0.02000, exp_rmspe - (seed 42,");
    expect(out).toMatch(/^Weekday +number +2 +3 x 3 +1, 7$/m);
    expect(out).toMatch(/^Distance +12\.25 +3\.1 +11\.5$/m);
  });

  it("prints the same as JSON", async () => {
    const { out } = await cli(["inspect", path, "--json"]);
    const { config, preprocessing, training, bytes: size } = JSON.parse(out);
    expect({ config, preprocessing, training }).toEqual({
      config: model.config,
      preprocessing: model.preprocessing,
      training: model.training,
    });
    expect(size).toBe(bytes.length);
  });

  it("ends with 1 for a file that is missing, cut short or no model", async () => {
    const cut = files.write("cut.safetensors", bytes.subarray(0, bytes.length - 9));
    const text = files.write("text.safetensors", "not a model at all");
    for (const wrong of ["gone.safetensors", cut, text]) {
      const run = await cli(["inspect", wrong]);
      expect(run.code, run.err).toBe(1);
      expect(run.err).toContain(wrong);
    }
  });
});

describe("a file that is no model", () => {
  const csv = files.write("data.csv", "Shop,Weekday,Distance\nBern,1,3.5\n");

  it("is told apart: a CSV where the model should be, and a folder", async () => {
    const swapped = await cli(["predict", csv, path]);
    expect(swapped.code).toBe(2);
    expect(swapped.err).toContain("data.csv looks like a CSV; the model comes first: tabgpu predict MODEL ");
    const inspected = await cli(["inspect", csv]);
    expect(inspected.code).toBe(2);
    expect(inspected.err).toContain("data.csv looks like a CSV; inspect takes a model's file.");
    const folder = await cli(["inspect", files.folder]);
    expect(folder.code).toBe(1);
    expect(folder.err).toContain(`${files.folder} is a folder. Name a model's file.`);
  });
});

describe("tabgpu predict --backend auto", () => {
  const auto = { backend: "auto", engine: "auto", adapter: "auto" } as const;

  it("starts no engine where there is no GPU, unless one is asked for", () => {
    expect(predictsHere(auto, false)).toBe(true);
    expect(predictsHere(auto, true)).toBe(false);
    expect(predictsHere({ ...auto, backend: "cpu" }, true)).toBe(true);
    const asked = [{ backend: "webgpu" }, { engine: "chromium" }, { adapter: "software" }] as const;
    for (const flags of asked) expect(predictsHere({ ...auto, ...flags }, false)).toBe(false);
  });
});

describe("tabgpu predict --backend cpu", () => {
  const text = "Id,Shop,Weekday,Distance\n7,Zürich,1,3.5\n8,Bern,7,\n9,,3,12\n";
  const csv = files.write("new.csv", text);
  const predict = (...words: string[]) => cli(["predict", path, csv, "--backend", "cpu", ...words]);

  it("writes a line per row: the same numbers as the model's forward, the logarithm undone", async () => {
    const { code, out, err } = await predict("--keep", "Id");
    expect(err).toContain("predicted 3 rows: f32 on the CPU");
    expect(code).toBe(0);
    const encoded = encodeTable(await readCsv(text), model.preprocessing, { targets: "none" });
    const expected = new ReferenceModel(model.config, model.tensors).evalForward(encoded).map(Math.exp);
    const lines = out
      .trim()
      .split("\n")
      .map((line) => line.split(","));
    expect(lines[0]).toEqual(["Id", "Sales"]);
    expect(lines.slice(1).map(([id]) => id)).toEqual(["7", "8", "9"]);
    expectClose(
      lines.slice(1).map(([, sales]) => Number(sales)),
      expected,
      (value) => 1e-6 * value,
    );
  });

  it("writes to a file, and then nothing to stdout", async () => {
    const target = files.path("predictions.csv");
    const run = await predict("--out", target);
    expect(run.out).toBe("");
    expect(readFileSync(target, "utf8")).toMatch(/^Sales\n[\d.]+\n[\d.]+\n[\d.]+\n$/);
  });

  it("reads a text column as text, even if every value in this file looks like a number", async () => {
    const digits = files.write("digits.csv", "Shop,Weekday,Distance\n12,1,3.5\n");
    const unseen = files.write("unseen.csv", "Shop,Weekday,Distance\nBern,1,3.5\n");
    const runs = await Promise.all(
      [digits, unseen].map((file) => cli(["predict", path, file, "--backend", "cpu"])),
    );
    expect(runs[0].code, runs[0].err).toBe(0);
    expect(runs[0].out).toBe(runs[1].out);
  });

  it("fills gaps that training never had with --lenient only, and names that flag", async () => {
    const { preprocessing } = model;
    const whole = saveModelFile({
      ...model,
      preprocessing: {
        ...preprocessing,
        fillMissing: {},
        categorical: preprocessing.categorical.slice(0, 2),
      },
      ...withoutLastEmbedding(),
    });
    const wholePath = files.write("whole.safetensors", whole);
    const gap = files.write("gap.csv", "Shop,Weekday,Distance\nBern,1,?\nBern,1,12.25\n");
    const words = ["predict", wholePath, gap, "--backend", "cpu", "--missing", "?"];
    const strict = await cli(words);
    expect(strict.code).toBe(1);
    expect(strict.err).toContain("or give --lenient, which takes the column's training mean.");
    const { code, out, err } = await cli([...words, "--lenient"]);
    expect(code, err).toBe(0);
    const [, first, mean] = out.trim().split("\n");
    expect(first).toBe(mean); // 12.25 is the training mean
  });

  it("says which categories training never saw", async () => {
    const unseen = files.write("towns.csv", "Shop,Weekday,Distance\nAtlantis,1,3\nZürich,1,3\n,7,3\n");
    const { code, out, err } = await cli(["predict", path, unseen, "--backend", "cpu"]);
    expect(code).toBe(0);
    expect(out.trim().split("\n")).toHaveLength(4);
    expect(err).toContain(
      'warning: Shop: 1 of 2 values was never seen in training ("Atlantis"); the model takes them for missing\n',
    );
    expect(err).not.toContain("Weekday");
  });

  it("reads other encodings and kinds", async () => {
    const plain = files.write("utf8.csv", "Shop,Weekday,Distance\nZürich,1,3.5\n");
    const latin = files.write("latin.csv", Buffer.from("Shop,Weekday,Distance\nZürich,1,3.5\n", "latin1"));
    const expected = await cli(["predict", path, plain, "--backend", "cpu"]);
    const words = ["predict", path, latin, "--backend", "cpu"];
    const wrong = await cli(words);
    expect(wrong.code).toBe(1);
    expect(wrong.err).toContain("name its encoding, as in --encoding windows-1252.");
    const { out, err } = await cli([...words, "--encoding", "windows-1252", "--types", "Distance=number"]);
    expect(out, err).toBe(expected.out);
    const odd = await cli(["predict", path, plain, "--backend", "cpu", "--types", "Dist=number"]);
    expect(odd.code).toBe(2);
    expect(odd.err).toContain('--types names a column "Dist" that utf8.csv lacks.');
  });

  it("names the predictions apart from a target that is kept", async () => {
    const known = files.write("known.csv", "Shop,Weekday,Distance,Sales\nBern,1,3.5,100\n");
    const { out } = await cli(["predict", path, known, "--backend", "cpu", "--keep", "Sales"]);
    expect(out).toMatch(/^Sales,Sales_prediction\n100,/);
  });

  it("says which columns are missing, and which names are near", async () => {
    const lacking = files.write("lacking.csv", "Shp,Weekday\nBern,1\n");
    const { code, err } = await cli(["predict", path, lacking, "--backend", "cpu"]);
    expect(code).toBe(1);
    expect(err).toContain(
      'lacking.csv lacks 2 of the 3 columns that the model was trained on: "Shop", "Distance". Did you mean "Shp"?',
    );
  });

  it("refuses to keep a column that is not there", async () => {
    const { code, err } = await predict("--keep", "ID");
    expect(code).toBe(2);
    expect(err).toContain('--keep names a column "ID" that new.csv lacks. Did you mean "Id"?');
  });
});

describe("tabgpu predict without a browser that works", () => {
  const csv = files.write("one.csv", "Shop,Weekday,Distance\nBern,1,3.5\n");

  async function withoutBrowser(...words: string[]) {
    process.env.TABGPU_CHROMIUM = process.execPath; // a program that is no browser
    try {
      return await cli(["predict", path, csv, "--engine", "chromium", ...words]);
    } finally {
      delete process.env.TABGPU_CHROMIUM;
    }
  }

  it("predicts on the CPU instead, and says so", async () => {
    const { code, out, err } = await withoutBrowser();
    expect(err).toContain("no WebGPU, so the CPU predicts: ");
    expect(err).toContain("predicted 1 row: f32 on the CPU");
    expect(code).toBe(0);
    expect(out).toMatch(/^Sales\n[\d.]+\n$/);
  });

  it("fails where WebGPU was asked for", async () => {
    const { code, out, err } = await withoutBrowser("--backend", "webgpu");
    expect(code).toBe(1);
    expect(out).toBe("");
    expect(err).toContain("does not start as a headless Chromium");
  });
});
