import type { Page } from "playwright";
import { chromium } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findChromium } from "../../src/headless/find_browser.ts";
import { axeViolations } from "./axe.ts";
import { type OpenPage, StudioPage, testFile } from "./studio_page.ts";

/** Fills fields as a user does: each is left before the next. */
async function fill(page: Page, values: Record<string, string>): Promise<void> {
  for (const [selector, value] of Object.entries(values)) {
    await page.fill(selector, value);
    await page.locator(selector).blur();
  }
}

const text = (page: Page, selector: string) => page.locator(selector).innerText();
const canTrain = (page: Page) => page.waitForSelector("#training-start:enabled");
const whenStatus = (page: Page, pattern: RegExp) =>
  page.waitForFunction(
    (source) => new RegExp(source).test(document.querySelector("#training-status")?.textContent ?? ""),
    pattern.source,
  );
const whenDone = (page: Page, fraction: number) =>
  page.waitForFunction(
    (wanted) => document.querySelector<HTMLProgressElement>("#training-progress")!.value >= wanted,
    fraction,
  );
const cells = (page: Page, table: string) =>
  page.$$eval(`${table} tbody tr`, (rows) =>
    rows.map((row) => [...row.children].map((cell) => cell.textContent!.trim())),
  );

/** Pixels of a chart that have about this colour of the style sheet. */
const pixelsOf = (page: Page, host: string, variable: string) =>
  page.evaluate(
    ([selector, name]) => {
      const chart = document.querySelector<HTMLCanvasElement>(`${selector} canvas`)!;
      const hex = getComputedStyle(document.documentElement).getPropertyValue(name).trim().slice(1);
      const wanted = [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
      // Read from a copy: reading it back again and again would slow the chart's own canvas down.
      const copy = new OffscreenCanvas(chart.width, chart.height).getContext("2d", {
        willReadFrequently: true,
      })!;
      copy.drawImage(chart, 0, 0);
      const { data } = copy.getImageData(0, 0, chart.width, chart.height);
      let count = 0;
      for (let i = 0; i < data.length; i += 4) {
        if (data[i + 3] > 200 && wanted.every((level, k) => Math.abs(data[i + k] - level) < 24)) count++;
      }
      return count;
    },
    [host, variable],
  );

const TINY = { "#model-layers": "16", "#training-bs": "1024", "#training-epochs": "2" };

describe("model, learning rate and training on the demo page", () => {
  let studio: StudioPage;
  let open: OpenPage;
  let page: Page;

  beforeAll(async () => {
    studio = await StudioPage.start();
    open = await studio.open();
    page = open.page;
    await canTrain(page);
  }, 180_000);

  afterAll(() => studio?.close());

  it("shows the model that follows from data and settings, as PyTorch prints it", async () => {
    expect(await text(page, "#model-text")).toMatch(/^TabularModel\(\n {2}\(embeds\): ModuleList\(\n/);
    expect(await text(page, "#model-text")).toContain("Linear(in_features=65, out_features=200, bias=False)");
    expect(await text(page, "#model-parameters")).toBe("36,075");
    await page.click("#model-embeddings summary");
    const embeddings = await cells(page, "#model-embeddings table");
    expect(embeddings[0]).toEqual(["store", "101", "21", "2,121"]);
    expect(embeddings).toHaveLength(11);

    await fill(page, { "#model-layers": "32, 16", "#model-ps": "0.1, 0.2", "#model-embDrop": "0.05" });
    await page.uncheck("#model-useBn");
    await page.uncheck("#model-bnCont");
    await page.click("#model-range-fill");
    await page.waitForFunction(() =>
      document.querySelector("#model-text")?.textContent?.includes("SigmoidRange"),
    );
    await canTrain(page);
    const printed = await text(page, "#model-text");
    expect(printed).toContain("Linear(in_features=65, out_features=32, bias=True)");
    expect(printed).toContain("(emb_drop): Dropout(p=0.05, inplace=False)");
    expect(printed).toContain("Dropout(p=0.2, inplace=False)");
    expect(printed).not.toContain("BatchNorm1d");
    expect(printed).toMatch(/SigmoidRange\(low=5\.7, high=10\.7\)/);
    await page.click("#model-range-clear");
    await page.check("#model-useBn");
    await page.check("#model-bnCont");
    await fill(page, { "#model-ps": "0", "#model-embDrop": "0" });
  });

  it("tells a mistake in the model at its field, and keeps the model that was there", async () => {
    await fill(page, { "#model-layers": "200; many" });
    expect(await text(page, "#model-layers-help")).toBe(
      "Write whole numbers from 1 to 2,048 with commas between them, such as 200, 100.",
    );
    expect(await page.getAttribute("#model-layers", "aria-invalid")).toBe("true");
    await canTrain(page);
    expect(await text(page, "#model-text")).toContain("out_features=32");
    for (const button of ["training", "lr-finder", "inside"]) {
      await page.click(`#${button}-start`);
      await expect
        .poll(() => text(page, `#${button}-refusal`))
        .toContain("“Hidden layers” needs a change under Model. Write whole numbers");
      expect(await page.evaluate(() => document.activeElement?.id)).toBe("model-layers");
    }
    expect(await page.locator("#training-runs").count()).toBe(0);
    await fill(page, TINY);
    await expect
      .poll(() => page.locator("#training-refusal, #lr-finder-refusal, #inside-refusal").count())
      .toBe(0);
    expect(await page.getAttribute("#model-layers", "aria-invalid")).toBe("false");
    await page.waitForFunction(() =>
      document.querySelector("#model-text")?.textContent?.includes("out_features=16"),
    );
    await canTrain(page);
    await page.waitForSelector(".model-built:not(.outdated)");
  });

  it("mutes the model before while another is built, and says that it is that", async () => {
    const muted = page.waitForFunction(() => {
      const shown = document.querySelector(".model-built.outdated")?.textContent;
      return (
        shown?.includes("Below is still the model before this change.") && shown.includes("out_features=16")
      );
    });
    await fill(page, { "#model-layers": "24" });
    await muted;
    await page.waitForFunction(() =>
      document.querySelector("#model-text")?.textContent?.includes("out_features=24"),
    );
    await page.waitForSelector(".model-built:not(.outdated)");
    expect(await page.locator("#model-outdated").count()).toBe(0);
    await fill(page, { "#model-layers": "16" });
    await canTrain(page);
  });

  it("begins nothing that takes a batch size from the training while that is wrong", async () => {
    const bs = await page.inputValue("#training-bs");
    await fill(page, { "#training-bs": "1" });
    for (const button of ["lr-finder", "inside"]) {
      await page.click(`#${button}-start`);
      await expect
        .poll(() => text(page, `#${button}-refusal`))
        .toContain("“Batch size” needs a change under Training. Write a whole number");
      expect(await page.evaluate(() => document.activeElement?.id)).toBe("training-bs");
    }
    await fill(page, { "#training-bs": bs });
    await expect.poll(() => page.locator("#lr-finder-refusal, #inside-refusal").count()).toBe(0);
  });

  it("finds a learning rate: a curve, suggestions by name, one click takes one", async () => {
    await page.click("#lr-finder-start");
    await expect.poll(() => page.isEnabled("#training-start")).toBe(false);
    await page.waitForSelector("[data-suggestion=valley]:enabled");
    const names = await page.$$eval("[data-suggestion]", (all) =>
      all.map((button) => (button as HTMLElement).dataset.suggestion),
    );
    expect(names).toEqual(["valley", "steep", "minimum", "slide"]);
    await expect.poll(() => pixelsOf(page, "#lr-finder-curve", "--series-1")).toBeGreaterThan(200);
    const told = await page.getAttribute("#lr-finder-curve canvas", "aria-label");
    expect(told).toMatch(/^Loss by learning rate, on a log axis, .* Suggestions: valley [\d.e-]+, steep /);

    await page.click("[data-suggestion=steep]");
    const rate = /steep ([\d.e-]+)[,.]/.exec(told!)![1];
    expect(Number(rate)).toBeGreaterThan(1e-4);
    await expect.poll(() => page.inputValue("#training-lr")).toBe(rate);
    expect(await page.getAttribute("[data-suggestion=steep]", "aria-pressed")).toBe("true");
    expect(await page.isVisible("#lr-finder-stale")).toBe(false);
  });

  it("stops looking for a rate, keeps the curve that was there, and checks where it looks", async () => {
    await page.click("#lr-finder-settings summary");
    await fill(page, { "#lr-finder-numIt": "1" });
    await page.click("#lr-finder-start");
    expect(await text(page, "#lr-finder-numIt-help")).toBe("Write a whole number from 20 to 1,000.");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("lr-finder-numIt");
    await fill(page, { "#lr-finder-numIt": "1000" });
    await page.click("#lr-finder-start");
    await page.waitForFunction(() =>
      /^Step [1-9]\d* of 1000, loss /.test(document.querySelector("#lr-finder-progress")?.textContent ?? ""),
    );
    await page.click("#lr-finder-stop");
    await page.waitForSelector("#lr-finder-start:enabled");
    expect(await page.isVisible("[data-suggestion=valley]")).toBe(true);
  });

  it("tells each mistake in the training's settings at its field, goes to the first, and trains nothing", async () => {
    await fill(page, {
      "#training-epochs": "0",
      "#training-bs": "1",
      "#training-lr": "fast",
      "#training-wd": "-1",
      "#training-seed": "",
    });
    expect(await text(page, "#training-seed-help")).toBe("Write a whole number from 0 to 2,147,483,647.");
    await page.locator("#training-epochs").pressSequentially("5");
    expect(await page.getAttribute("#training-epochs", "aria-invalid")).toBe("false");
    await page.fill("#training-epochs", "");
    expect(await page.getAttribute("#training-epochs", "aria-invalid")).toBe("false");
    await fill(page, { "#training-epochs": "0" });
    expect(await text(page, "#training-epochs-help")).toBe("Write a whole number from 1 to 500.");
    await page.click("#training-start");
    expect(await text(page, "#training-epochs-help")).toBe("Write a whole number from 1 to 500.");
    expect(await text(page, "#training-bs-help")).toBe("Write a whole number from 2 to 8,192.");
    expect(await text(page, "#training-lr-help")).toBe("Write a number above 0, at most 10, such as 0.01.");
    expect(await text(page, "#training-wd-help")).toBe("Write a number from 0 to 10, such as 0.1.");
    expect(await page.getAttribute("#training-lr", "aria-invalid")).toBe("true");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("training-epochs");
    expect(await page.isEnabled("#training-stop")).toBe(false);
    expect(await page.locator("#training-runs").count()).toBe(0);
    await fill(page, {
      "#training-epochs": "2",
      "#training-bs": "1024",
      "#training-lr": "0,03",
      "#training-wd": "0",
      "#training-seed": "42",
    });
    await canTrain(page);
  });

  it("trains: losses and schedule drawn, a row per epoch, the score beside the best possible one", async () => {
    await page.click("#training-start");
    await whenStatus(page, /is trained/);
    expect(await text(page, "#training-status")).toMatch(/^Run 1 is trained\. Validation loss \d\.\d{4}\.$/);
    expect(await text(page, "#training-speed")).toMatch(/^2 epochs in \d+\ss$/);
    const rows = await cells(page, "#training-epoch-table");
    expect(rows.map(([epoch]) => epoch)).toEqual(["1", "2"]);
    const head = await page.$$eval("#training-epoch-table th[scope=col]", (all) =>
      all.map(({ textContent }) => textContent),
    );
    expect(head).toEqual(["epoch", "train_loss", "valid_loss", "exp_rmspe", "rmse", "r2_score", "time"]);
    const [first, second] = rows.map((row) => row.slice(1, 4).map(Number));
    for (let column = 0; column < 3; column++) expect(second[column]).toBeLessThan(first[column]);
    await expect.poll(() => pixelsOf(page, "#training-loss", "--training")).toBeGreaterThan(200);
    expect(await pixelsOf(page, "#training-loss", "--validation")).toBeGreaterThan(50);
    await expect.poll(() => pixelsOf(page, "#training-schedule", "--series-1")).toBeGreaterThan(100);
    expect(await text(page, "#training-loss .u-legend")).toMatch(
      /training:?\s*\d+\.\d{4}\s*validation:?\s*\d+\.\d{4}/,
    );
    expect(Number(await text(page, "#training-reached"))).toBe(second[2]);
    expect(await text(page, "#training-possible")).toBe("0.1002");
    expect(second[2]).toBeGreaterThan(0.1002);
  });

  it("pauses, shows where it stands, goes on, and stops with the model as it is", async () => {
    await fill(page, { "#training-epochs": "200", "#training-seed": "7" });
    await canTrain(page);
    await page.click("#training-start");
    await whenDone(page, 0.005);
    expect(await text(page, "#training-speed")).toMatch(/^Epoch \d+ of 200.* · [\d,]+ rows\/s · .* left$/);
    expect(await page.isEnabled("#training-epochs")).toBe(false);
    await expect.poll(() => page.isEnabled("#model-layers")).toBe(false);
    expect(await page.isEnabled("#training-start")).toBe(false);

    await page.click("#training-pause");
    await page.waitForSelector("#training-resume");
    expect(await text(page, "#training-status")).toBe("Run 2 is paused.");
    const paused = await text(page, "#training-speed");
    expect(paused).toMatch(/^Paused at \d+\s%$/);
    const drawn = () => page.$eval("#training-loss canvas", (canvas) => canvas.ariaLabel);
    const before = await drawn();
    await page.waitForTimeout(700);
    expect([await text(page, "#training-speed"), await drawn()]).toEqual([paused, before]);

    const at = await page.$eval("#training-progress", (bar) => (bar as HTMLProgressElement).value);
    await page.click("#training-resume");
    await whenDone(page, at + 0.003);
    expect(await text(page, "#training-status")).toMatch(/^Run 2 (is training|has done epoch)/);
    await page.click("#training-stop");
    await whenStatus(page, /was stopped/);
    expect(await text(page, "#training-status")).toBe(
      "Run 2 was stopped. The model keeps what it has learned.",
    );
    await canTrain(page);
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe("training-start");
    const [, second] = await cells(page, "#training-runs");
    expect(second[1]).toContain("stopped");
    expect(Number.parseFloat(second[2])).toBeGreaterThan(0);
  });

  it("can be stopped while it is paused", async () => {
    await page.click("#training-start");
    await whenDone(page, 0.006);
    await page.click("#training-pause");
    await page.waitForSelector("#training-resume");
    await page.click("#training-stop");
    await whenStatus(page, /Run 3 was stopped/);
    await canTrain(page);
  });

  it("compares runs: draws them or not, renames and removes them, shows the epochs of any", async () => {
    const legend = () => text(page, "#training-loss .u-legend");
    await expect.poll(legend).toMatch(/training 1:?.*validation 3/s);
    for (const series of ["--series-1", "--series-2"]) {
      await expect
        .poll(() => pixelsOf(page, "#training-loss", series), { message: series })
        .toBeGreaterThan(10);
    }
    await page.uncheck('[aria-label="Draw run 2"]');
    await expect.poll(legend).not.toContain("validation 2");
    await expect.poll(() => pixelsOf(page, "#training-loss", "--series-2")).toBe(0);
    await page.check('[aria-label="Draw run 2"]');

    const name = '[aria-label="Name of run 1"]';
    expect(await page.inputValue(name)).toBe("16 · lr 0.03");
    await fill(page, { [name]: "the first" });
    expect(await page.getAttribute("#training-loss canvas", "aria-label")).not.toBe(null);
    await expect
      .poll(() => page.getAttribute("#training-loss canvas", "aria-label"))
      .toContain("Run 1, the first: training loss");
    await fill(page, { [name]: " " });
    expect(await page.inputValue(name)).toBe("the first");

    await page.click('[aria-label="Epochs of run 1"]');
    expect(await text(page, "#training-epochs-title")).toBe("Epochs of run 1");
    expect(await cells(page, "#training-epoch-table")).toHaveLength(2);
    await page.click('[aria-label="Remove run 3"]');
    expect((await cells(page, "#training-runs")).map(([run]) => run)).toEqual(["1", "2"]);
  });

  it("says what to do when training diverges, and loses nothing", async () => {
    await page.uncheck("#model-useBn");
    await page.uncheck("#model-bnCont");
    // Weights decay by 1 − lr · wd: here they change sign and grow each step.
    await fill(page, { "#training-lr": "10", "#training-wd": "10", "#training-epochs": "2" });
    await canTrain(page);
    await page.click("#training-start");
    await whenStatus(page, /failed|trained/);
    expect(await text(page, "#training-status")).toMatch(/^Run \d+ failed\.$/);
    expect(await text(page, "#training-failure")).toMatch(/Training diverged.* Use a lower learning rate/);
    await canTrain(page);
    expect((await cells(page, "#training-runs")).length).toBe(3);
    await page.check("#model-useBn");
    await page.check("#model-bnCont");
    await canTrain(page);
  });

  it("is usable without seeing it, in both themes", async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await axeViolations(page)).toEqual([]);
    }
  });

  it("fits on a phone, the charts too", async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.waitForFunction(() =>
      [...document.querySelectorAll("canvas")].every(({ clientWidth }) => clientWidth <= 390),
    );
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  });

  it("left the console silent", () => {
    expect(open.complaints).toEqual([]);
  });

  it("learns classes of a small table, with settings of its size and metrics of its task", async () => {
    const { page: tab, context, complaints } = await studio.open();
    await canTrain(tab);
    await tab.setInputFiles("#data-file", testFile("penguins.csv"));
    await tab.waitForFunction(
      () =>
        document.querySelector("#training-bs") &&
        document.querySelector<HTMLInputElement>("#training-bs")!.value === "32",
    );
    expect(await tab.inputValue("#training-epochs")).toBe("20");
    await tab.selectOption("#data-target", { label: "species" });
    await tab.waitForFunction(
      () =>
        /Embedding/.test(document.querySelector("#model-text")?.textContent ?? "") &&
        /out_features=3,/.test(document.querySelector("#model-text")?.textContent ?? ""),
    );
    expect(await tab.locator("#model-low").count()).toBe(0);
    await fill(tab, { "#model-layers": "16", "#training-epochs": "5" });
    await canTrain(tab);
    await tab.click("#lr-finder-start");
    await tab.waitForSelector("[data-suggestion=valley]:enabled");
    await canTrain(tab);
    await tab.click("#training-start");
    await whenStatus(tab, /is trained/);
    const head = await tab.$$eval("#training-epoch-table th[scope=col]", (all) =>
      all.map(({ textContent }) => textContent),
    );
    expect(head).toEqual(["epoch", "train_loss", "valid_loss", "accuracy", "f1_score_macro", "time"]);
    const rows = await cells(tab, "#training-epoch-table");
    expect(Number(rows[4][3])).toBeGreaterThan(0.8);
    expect(await tab.locator("#training-score").count()).toBe(0);
    await fill(tab, { "#training-bs": "5000" });
    await tab.click("#training-start");
    expect(await text(tab, "#training-bs-help")).toMatch(/^There are only \d+ rows to train on\./);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("warns of a target that a new model is far from, and a range of outputs helps", async () => {
    const { page: tab, context, complaints } = await studio.open();
    await canTrain(tab);
    expect(await tab.locator("#model-scale").count()).toBe(0);
    await tab.setInputFiles("#data-file", testFile("shops.csv"));
    await tab.waitForSelector("#model-scale");
    expect(await text(tab, "#model-scale")).toContain("The values of Sales lie far from 0");
    await canTrain(tab);
    await fill(tab, { "#model-layers": "16", "#training-epochs": "3" });
    const trained = async (run: number) => {
      await canTrain(tab);
      await tab.click("#training-start");
      await whenStatus(tab, new RegExp(`Run ${run} is trained`));
      const rows = await cells(tab, "#training-epoch-table");
      return Number(rows.at(-1)![3].replaceAll(",", ""));
    };
    const plain = await trained(1);
    await tab.click("#model-scale-range");
    await tab.waitForFunction(() =>
      document.querySelector("#model-text")?.textContent?.includes("SigmoidRange"),
    );
    expect(await tab.locator("#model-scale").count()).toBe(0);
    const ranged = await trained(2);
    expect(plain).toBeGreaterThan(2 * ranged);
    await tab.click("#data-log");
    await canTrain(tab);
    expect(await tab.locator(".run-group").count()).toBe(1);
    expect(await tab.locator(".run-group .best").count()).toBe(4);
    await tab.click("#training-start");
    await whenStatus(tab, /Run 3 is trained/);
    // Euros and logarithms: two tables with a unit to each score, and only one of them is drawn.
    expect(await tab.locator(".run-group .help").allInnerTexts()).toEqual([
      expect.stringMatching(
        /^Sales of shops\.csv\. Scores are of the last .* by Date\. The best of a column is bold\.$/,
      ),
      expect.stringMatching(/^ln Sales of shops\.csv\. Scores are of the last .* by Date\.$/),
    ]);
    expect(await tab.locator(".run-group th", { hasText: "rmse Sales" }).count()).toBe(1);
    expect(await tab.locator(".run-group th", { hasText: "rmse ln Sales" }).count()).toBe(1);
    expect(await tab.locator(".run-group .best").count()).toBe(4);
    const drawn = () => tab.getAttribute("#training-loss canvas", "aria-label");
    expect(await text(tab, "#training-left-out")).toContain("are not drawn");
    await expect.poll(drawn).toContain("Latest training loss");
    await tab.click('[aria-label="Epochs of run 2"]');
    await expect.poll(drawn).toMatch(/Run 1, .* Run 2, /);
    await tab.setViewportSize({ width: 390, height: 844 });
    const cut = await tab.$$eval(
      "#training-runs :is(td, th, input)",
      (all) =>
        all.filter((cell) => cell.closest("tbody") && cell.getBoundingClientRect().right > 390 - 16).length,
    );
    expect(cut).toBe(0);
    await tab.waitForFunction(() => document.documentElement.scrollWidth === 390); // charts are drawn again for the width
    expect(await axeViolations(tab)).toEqual([]);
    await tab.setViewportSize({ width: 1280, height: 900 });
    await tab.click("#data-log");
    await canTrain(tab);
    await tab.click("#model-range-fill");
    await tab.click("#data-log");
    expect(await text(tab, "#model-range-dropped")).toContain("was not made for ln Sales");
    await canTrain(tab);
    expect(await tab.inputValue("#model-low")).toBe("");
    await tab.click("#data-task-classification");
    await tab.click("#data-task-regression");
    expect(await tab.isChecked("#data-log")).toBe(true);
    await tab.fill("#data-valid-share", "120");
    await tab.click("#training-start");
    await expect.poll(() => text(tab, "#training-refusal")).toContain("under Data");
    expect(await tab.evaluate(() => document.activeElement?.id)).toBe("data-valid-share");
    await tab.click("#inside-start");
    await expect.poll(() => text(tab, "#inside-refusal")).toContain("under Data");
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("trains on the CPU where there is no WebGPU, and says so", async () => {
    const args = ["--no-sandbox", "--disable-blink-features=WebGPU"];
    const without = await chromium.launch({ executablePath: findChromium(), args });
    try {
      const bare = await without.newPage();
      bare.setDefaultTimeout(60_000);
      await bare.goto(studio.server.url);
      await canTrain(bare);
      expect(await text(bare, "#adapter")).toContain("CPU");
      expect(await text(bare, "#training-settings")).toContain("Training runs on the CPU. No WebGPU");
      await fill(bare, { "#model-layers": "8", "#training-bs": "1024", "#training-epochs": "1" });
      await canTrain(bare);
      await bare.click("#training-start");
      await whenStatus(bare, /is trained/);
      expect(await cells(bare, "#training-epoch-table")).toHaveLength(1);
    } finally {
      await without.close();
    }
  });
});
