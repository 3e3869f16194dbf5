import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { cli } from "./cli_harness.ts";
import { temporaryFolder } from "./temporary_folder.ts";

const files = temporaryFolder();
const csv = files.write(
  "sales.csv",
  "Store,DayOfWeek,Date,Sales\n1,5,2015-07-31,5263\n2,5,2015-07-31,6064\n",
);

/** Every case fails before a browser could start: the harness has no page. */
async function fails(code: number, message: string, ...words: string[]) {
  const run = await cli(words);
  expect(run.err).toContain(message);
  expect(run.code).toBe(code);
  expect(run.out).toBe("");
}

const train = (...words: string[]) => ["train", csv, "--out", files.path("m.safetensors"), ...words];

describe("tabgpu", () => {
  it.each(["--help", "train --help", "predict --help", "inspect --help", "lr-find --help", "sample --help"])(
    "prints help and ends with 0: %s",
    async (words) => {
      const run = await cli(words.split(" "));
      expect(run.code).toBe(0);
      expect(run.out).toContain("Usage: tabgpu");
    },
  );

  it("prints its version", async () => {
    expect(await cli(["--version"])).toEqual({
      code: 0,
      out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
      err: "",
    });
  });

  it("ends with 2 for a command or an option it does not know, and suggests one", async () => {
    await fails(2, "unknown command 'trian'\n(Did you mean train?)", "trian");
    await fails(2, "unknown option '--taget'\n(Did you mean --target?)", ...train("--taget", "Sales"));
    await fails(2, "missing required argument 'data.csv'", "train");
    await fails(
      2,
      '--target is missing: name the column to predict. sales.csv has "Store", "DayOfWeek", "Date", "Sales".',
      ...train(),
    );
  });

  it.each([
    ["--lr", "fast", "Expected a number above 0, such as 1e-3."],
    ["--epochs", "0", "Expected a whole number from 1 on."],
    ["--layers", "200;100", "Expected whole numbers separated by commas, such as 200,100, or none."],
    ["--ps", "1", "Expected a probability: at least 0 and below 1."],
    ["--y-range", "10,0", "Expected two numbers separated by a comma, the lower first, such as 0,10.8."],
    ["--bs", "1", "BatchNorm cannot train on single rows."],
    ["--recipe", "v3", "Allowed choices are v1, v2."],
    ["--task", "ranking", "Allowed choices are regression, classification, multilabel."],
    ["--valid-fraction", "1.5", "Expected a number between 0 and 1, such as 0.2."],
    ["--metrics", "rmsee", 'There is no metric "rmsee". Did you mean rmse'],
    ["--delimiter", ";;", 'Expected one character, such as ";", or \\t for a tab.'],
    ["--types", "Store=int", "Expected column=kind separated by commas"],
    ["--encoding", "klingon", '--encoding is "klingon", which is no known name'],
    ["--adapter", "gpu", "Allowed choices are auto, hardware, software."],
  ])("refuses %s %s", async (option, value, message) => {
    await fails(2, message, ...train("--target", "Sales", option, value));
  });

  it("refuses two ways of validating", async () => {
    const message = "option '--valid-last <rows>' cannot be used with option '--valid-first <rows>'";
    await fails(2, message, ...train("--target", "Sales", "--valid-last", "1", "--valid-first", "1"));
  });

  it("refuses dropouts that do not fit the layers", async () => {
    const message =
      "--ps gives 3 dropout probabilities for 2 hidden layers (--layers 200,100). Give one for each, or a single one for all.";
    await fails(2, message, ...train("--target", "Sales", "--ps", "0.1,0.1,0.1"));
  });

  it("names near columns for one that the file lacks, whichever option names it", async () => {
    const message = (option: string) =>
      `error: ${option} names a column "Stor" that sales.csv lacks. Did you mean "Store"?`;
    await fails(2, message("--target"), ...train("--target", "Stor"));
    await fails(2, message("--types"), ...train("--target", "Sales", "--types", "Stor=text"));
    for (const option of ["--cat", "--cont", "--exclude", "--dates", "--valid-column"]) {
      await fails(2, message(option), ...train("--target", "Sales", option, "Stor"));
    }
  });

  it("knows the parts of a date as columns", async () => {
    const parts = ["--dates", "Date", "--cat", "DayOfWeak"];
    await fails(
      2,
      'Did you mean "DayOfWeek" or "Dayofweek" or "Dayofyear"?',
      ...train("--target", "Sales", ...parts),
    );
  });

  it("ends with 1 for a table that is not there or no table", async () => {
    await fails(1, "There is no file nowhere.csv. Check the path.", "train", "nowhere.csv", "--target", "y");
    await fails(1, "is a folder. Name a .csv or .csv.gz file.", "train", files.folder, "--target", "y");
    const empty = files.write("empty.csv", "");
    await fails(1, "empty.csv is empty. A table needs a header line", "train", empty, "--target", "y");
    const twice = files.write("twice.csv.gz", gzipSync("a,b,a\n1,2,3\n"));
    await fails(1, 'the header names column "a" twice', "train", twice, "--target", "b");
  });

  it.runIf(process.platform === "linux")("does not hang on a folder that cannot be made", async () => {
    const words = ["train", csv, "--target", "Sales", "--out", "/proc/nowhere/deep/m.safetensors"];
    await fails(2, "--out /proc/nowhere/deep/m.safetensors cannot be written: ENOENT", ...words);
  });

  it("refuses, before it trains, an output that cannot be written", async () => {
    const message = `--out ${files.folder} cannot be written: it is a folder. Choose another path.`;
    await fails(2, message, "train", csv, "--target", "Sales", "--out", files.folder);
  });

  it("checks TABGPU_ADAPTER like --adapter", async () => {
    process.env.TABGPU_ADAPTER = "fpga";
    try {
      await fails(2, "value 'fpga' from env 'TABGPU_ADAPTER' is invalid", ...train("--target", "Sales"));
    } finally {
      delete process.env.TABGPU_ADAPTER;
    }
  });
});
