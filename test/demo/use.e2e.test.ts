import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Download, Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadModel, readCsv, storeSalesSample, type TabularModel, toCsv } from "../../src/index.ts";
import { axeViolations } from "./axe.ts";
import { penguinBench } from "./small_bench.ts";
import { type OpenPage, StudioPage, testFile } from "./studio_page.ts";

/** Panels "Predictions" and "Understanding", as a person uses them: on the sample, on classes, on a model without rows. */
describe("using and understanding a model", () => {
  let studio: StudioPage;
  let open: OpenPage;
  let page: Page;
  let folder: string;
  /** The page's own model, taken away and run in Node. */
  let model: TabularModel;

  const text = (selector: string) => page.locator(selector).first().innerText();
  const answer = async () => Number((await text("#predictions-answer dd")).replaceAll(",", ""));
  const field = (column: string) => page.locator(`#predictions [data-column="${column}"]`);
  const settings = async (values: Record<string, string>) => {
    for (const [id, value] of Object.entries(values)) {
      await page.fill(`input#${id}`, value);
      await page.locator(`input#${id}`).blur();
    }
  };
  /** Trains what the settings say and waits until the panels below show the run's model. */
  const train = async (run: number) => {
    await page.waitForSelector("#training-start:enabled");
    await page.click("#training-start");
    await page.waitForFunction(
      (name) => document.querySelector("#predictions .panel strong")?.textContent?.startsWith(name),
      `Run ${run}`,
    );
    await page.waitForSelector("#predictions-metrics");
  };
  /** Waits until the prediction is another than `before`, and gives it. */
  const changed = async (before: number) => {
    await page.waitForFunction(
      (old) => document.querySelector("#predictions-answer dd")?.textContent?.trim() !== old,
      before.toLocaleString("en", { maximumSignificantDigits: 5 }),
    );
    return answer();
  };
  /** Presses a button in the frame that shows it: what it stops may be over before a pointer gets there. */
  const stopAsSoonAs = (selector: string) =>
    page.waitForFunction((button) => {
      const found = document.querySelector<HTMLButtonElement>(button);
      found?.click();
      return found !== null;
    }, selector);
  const rows = (selector: string) =>
    page.$$eval(`${selector} tbody tr`, (all) =>
      all.map((row) => [...row.children].map((cell) => (cell.textContent ?? "").trim())),
    );
  const download = async (selector: string): Promise<Download> => {
    const [got] = await Promise.all([page.waitForEvent("download"), page.click(selector)]);
    return got;
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "tabgpu-use-"));
    studio = await StudioPage.start();
    open = await studio.open();
    page = open.page;
  }, 180_000);

  afterAll(async () => {
    await studio?.close();
    if (folder) rmSync(folder, { recursive: true });
  });

  it("says what to do while there is no model", async () => {
    await page.waitForSelector("#understanding .empty");
    expect(await text("#predictions .panel")).toContain("There is no trained model yet.");
    expect(await text("#understanding .panel")).toContain("There is no trained model yet.");
  });

  it("makes a form for the model and answers every change of it", async () => {
    await page.waitForSelector("#training-start:enabled");
    await settings({ "model-layers": "16", "training-epochs": "1", "training-bs": "1024" });
    await train(1);
    expect(await page.locator("#predictions .field[data-column]").count()).toBe(14);
    expect(await text("#predictions-truth")).toContain("A typical row");
    const typical = await answer();
    expect(typical).toBeGreaterThan(100);
    expect(typical).toBeLessThan(100_000);

    await field("promo").locator("select").selectOption({ label: "1" });
    const promoted = await changed(typical);
    await field("promo").locator("select").selectOption({ label: "0" });
    expect(await changed(promoted)).toBe(typical);

    // The slider by keyboard takes the number box along.
    const box = field("temperature").locator("input[inputmode]");
    const slider = field("temperature").locator("input[type=range]");
    await slider.focus();
    await page.keyboard.press("End");
    const hot = await changed(typical);
    expect(await box.inputValue()).toBe(await slider.getAttribute("max"));

    // Of a burst of changes the last one stands.
    const least = Number(await slider.getAttribute("min"));
    await slider.evaluate((input: HTMLInputElement) => {
      for (let value = Number(input.max); value >= Number(input.min); value -= 0.5) {
        input.value = String(value);
        input.dispatchEvent(new Event("input", { bubbles: true }));
      }
      input.value = input.min;
      input.dispatchEvent(new Event("input", { bubbles: true }));
    });
    const cold = await changed(hot);
    await box.fill("0,5");
    await changed(cold);
    expect(Math.abs(Number(await slider.inputValue()) - 0.5)).toBeLessThan(0.11); // it moves by 0.2
    await box.fill(String(least));
    await page.waitForFunction(
      (want) => document.querySelector("#predictions-answer dd")?.textContent?.trim() === want,
      cold.toLocaleString("en", { maximumSignificantDigits: 5 }),
    );
  });

  it("tells at the field what is no number, outside of what was seen, missing, or unknown", async () => {
    const temperature = field("temperature");
    const box = temperature.locator("input[inputmode]");
    const before = await answer();
    await box.fill("warm");
    expect(await temperature.innerText()).toContain("Write a number, such as");
    expect(await box.getAttribute("aria-invalid")).toBe("true");
    expect(await box.inputValue()).toBe("warm");
    expect(await answer()).toBe(before);
    await box.fill("99");
    const outside = await changed(before);
    expect(await temperature.innerText()).toContain("the model guesses here");
    await temperature.locator("input[type=checkbox]").check();
    const missing = await changed(outside);
    expect(await temperature.innerText()).toContain("Read as");
    expect(await box.isEnabled()).toBe(false);
    await field("store").locator("input").fill("S999");
    await changed(missing);
    expect(await field("store").innerText()).toContain("Not among the known categories: read as missing.");
    expect(await text(".predictions-outcome")).toContain("S999");
    await page.click("#predictions-typical");
    await page.waitForFunction(() =>
      document.querySelector("#predictions-truth")?.textContent?.includes("typical"),
    );
    expect(await box.isEnabled()).toBe(true);
    expect(await field("store").locator("input").inputValue()).toMatch(/^S0\d\d$/);
  });

  it("starts from a row of the validation set and tells what is true", async () => {
    await page.click("#predictions-random");
    await page.waitForFunction(() =>
      /True sales: [\d,.]+ \(the prediction is off by/.test(
        document.querySelector<HTMLElement>("#predictions-truth")?.innerText ?? "",
      ),
    );
    await page.click("#predictions-typical");
  });

  it("shows the validation rows: metrics, a scatter, the worst of them", async () => {
    expect(await text("#predictions-evaluation")).toContain("All 6,000 validation rows");
    const metrics = await page.$$eval("#predictions-metrics dd", (all) =>
      all.map((dd) => Number(dd.textContent)),
    );
    expect(metrics).toHaveLength(3);
    // exp_rmspe is the score that the run's table has too.
    const epochs = await rows("table#training-epochs, #training-epoch-table");
    expect(epochs.at(-1)!.map(Number)).toContain(metrics[0]);
    const scatter = page.locator("#predictions-evaluation canvas");
    expect(await scatter.getAttribute("aria-label")).toContain("Predicted against true sales of 3,000 rows");
    const pixels = await scatter.evaluate((canvas: HTMLCanvasElement) => {
      const hex = getComputedStyle(document.documentElement).getPropertyValue("--series-2").trim().slice(1);
      const wanted = [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
      const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
      let [line, drawn] = [0, 0];
      for (let i = 0; i < data.length; i += 4) {
        if (data[i + 3] > 60) drawn++;
        if (data[i + 3] > 200 && wanted.every((level, k) => Math.abs(data[i + k] - level) < 24)) line++;
      }
      return { line, drawn };
    });
    expect(pixels.line).toBeGreaterThan(200);
    expect(pixels.drawn).toBeGreaterThan(5000);

    const worst = await rows("#predictions-worst");
    expect(worst).toHaveLength(10);
    const sides = await page.$$eval("#predictions-worst tr", (all) =>
      all.map((row) => [...row.children].map((cell) => getComputedStyle(cell).textAlign)),
    );
    const head = await page.$$eval("#predictions-worst th[scope=col]", (all) =>
      all.map(({ textContent }) => textContent!),
    );
    const texts = ["store", "state_holiday", "store_type", "assortment", "region", "events"];
    for (const row of sides) {
      expect(row).toEqual(head.map((name) => (texts.includes(name) ? "left" : "right")));
    }
    const off = worst.map(([, , , by]) => Math.abs(Number.parseFloat(by.replace("−", "-"))));
    expect(Math.min(...off)).toBeGreaterThan(20);
    await page.locator("#predictions-worst button").first().click();
    const number = worst[0][0].match(/[\d,]+/)![0];
    await page.waitForFunction(
      (row) => document.querySelector("#predictions-truth")?.textContent?.includes(`Row ${row} of the table`),
      number,
    );
    expect(await field("store").locator("input").inputValue()).toBe(worst[0][4]);
    expect(await text("#predictions-truth")).toContain(
      `True sales: ${Number(worst[0][1].replace(",", "")).toLocaleString("en").slice(0, 3)}`,
    );
  });

  it("scores a file: the same predictions as the model taken away, and what training never saw", async () => {
    const path = join(folder, "model.safetensors");
    await (await download("#take-away-download")).saveAs(path);
    model = await loadModel(readFileSync(path), { backend: "cpu" });
    const table = storeSalesSample().table.take(Uint32Array.from({ length: 300 }, (_, i) => i * 199));
    const csv = toCsv(table).replace(/^S\d+/m, "S999");
    writeFileSync(join(folder, "days.csv.gz"), gzipSync(csv));
    await page.setInputFiles("#predictions-file", join(folder, "days.csv.gz"));
    await page.waitForSelector("#predictions-download");
    expect(await text("#predictions-score")).toContain("300 rows predicted");
    expect(await text(".predictions-notes")).toContain('store: 1 value that training never saw ("S999")');
    const got = await download("#predictions-download");
    expect(got.suggestedFilename()).toBe("days-predictions.csv");
    const scored = await readCsv(readFileSync(await got.path(), "utf8"));
    expect(scored.names).toEqual([...table.names, "sales_prediction"]);
    const predicted = (scored.column("sales_prediction") as { values: Float64Array }).values;
    const again = await model.predictTable(await readCsv(csv, { like: model.preprocessing }));
    (again.columns[0] as { values: Float64Array }).values.forEach((value, row) => {
      expect(predicted[row] / value).toBeCloseTo(1, 4);
    });
  });

  it("keeps what was scored when a file is wrong or stopped", async () => {
    await page.setInputFiles("#predictions-file", testFile("shops.csv"));
    await page.waitForSelector("#predictions-score [role=alert]");
    expect(await text("#predictions-score [role=alert]")).toContain('lacks the column "store"');
    expect(await page.isVisible("#predictions-download")).toBe(true);
    const table = storeSalesSample().table;
    writeFileSync(join(folder, "all.csv"), toCsv(table));
    await page.setInputFiles("#predictions-file", join(folder, "all.csv"));
    await stopAsSoonAs("#predictions-score-stop");
    await page.waitForFunction(() => !document.querySelector("#predictions-score-stop"));
    expect(await text("#predictions-download")).toBe("Download days-predictions.csv");
  });

  it("measures which columns matter, the most important first", async () => {
    await page.click("#understanding-measure-start");
    await page.waitForSelector("#understanding-importances");
    const columns = await rows("#understanding-importances");
    expect(columns).toHaveLength(14);
    const rises = columns.map((cells) => Number(cells[2].replace("−", "-")));
    expect(rises).toEqual([...rises].sort((a, b) => b - a));
    expect(rises[0]).toBeGreaterThan(0);
    expect(await page.locator("#understanding-importances svg rect").count()).toBe(14);
    // What was measured stays when another measuring is stopped.
    await page.selectOption("#understanding-measure", "exp_rmspe");
    await page.click("#understanding-measure-start");
    await stopAsSoonAs("#understanding-importance-stop");
    await page.waitForSelector("#understanding-measure-start:enabled");
    expect(await text("#understanding-importances caption")).toContain("Rise of mse");
    await page.locator("#understanding-importances button", { hasText: "promo" }).click();
    expect(await page.inputValue("#understanding-dependence-column")).toBe("promo");
  });

  it("shows how a column moves the prediction: bars for categories, a line for numbers", async () => {
    await page.waitForFunction(() =>
      document.querySelector("#understanding-dependence-bars caption")?.textContent?.includes("promo"),
    );
    const bars = await rows("#understanding-dependence-bars");
    expect(bars.map(([label]) => label)).toEqual(["0", "1"]);
    const [without, with1] = bars.map((cells) => Number(cells[2].replaceAll(",", "")));
    expect(with1).toBeGreaterThan(without);
    // By hand: the same rows with promo set, in Node. The page takes 400 of the 6,000 rows.
    const all = storeSalesSample().table;
    const valid = all.take(Uint32Array.from({ length: 6000 }, (_, i) => 54_000 + i)).toRecords();
    const said = await model.predict(valid.map((row) => ({ ...row, promo: 1 })));
    const mean = said.reduce((sum, { prediction }) => sum + (prediction as number), 0) / said.length;
    expect(with1 / mean).toBeGreaterThan(0.9);
    expect(with1 / mean).toBeLessThan(1.1);

    await page.selectOption("#understanding-dependence-column", "temperature");
    await page.waitForFunction(() =>
      document
        .querySelector("#understanding-dependence canvas")
        ?.getAttribute("aria-label")
        ?.includes("as temperature changes"),
    );
    await page.locator("#understanding-dependence summary").click();
    expect((await rows("#understanding-dependence details")).length).toBeGreaterThan(20);
  });

  it("maps the embedding of a column", async () => {
    await page.selectOption("#understanding-map-column", "day_of_week");
    await page.waitForFunction(() =>
      document
        .querySelector("#understanding-map canvas")
        ?.getAttribute("aria-label")
        ?.includes("day_of_week"),
    );
    const words = await text("#understanding-map-explained");
    const [first, second, both] = words.match(/\d+(?=\s%)/g)!.map(Number);
    expect(first).toBeGreaterThanOrEqual(second);
    expect(Math.abs(first + second - both)).toBeLessThanOrEqual(1);
    await page.locator("#understanding-map summary").click();
    const table = await rows("#understanding-map details");
    expect(table.map(([label]) => label).sort()).toEqual(["1", "2", "3", "4", "5", "6"]);
    const numbers = table.map((cells) => cells.slice(1, 3).map((cell) => Number(cell.replace("−", "-"))));
    const weights = (await model.tensors()).get("embeds.1.weight")!;
    const width = weights.length / 7;
    const spread = (values: number[]) => values.reduce((sum, value) => sum + value ** 2, 0);
    const means = Array.from({ length: width }, (_, k) => {
      return [1, 2, 3, 4, 5, 6].reduce((sum, code) => sum + weights[code * width + k] / 6, 0);
    });
    const total = spread(
      [1, 2, 3, 4, 5, 6].flatMap((code) => means.map((mean, k) => weights[code * width + k] - mean)),
    );
    expect((100 * spread(numbers.map(([x]) => x))) / total).toBeCloseTo(first, -0.7);
    expect((100 * spread(numbers.map(([, y]) => y))) / total).toBeCloseTo(second, -0.7);
  });

  it("has no accessibility fault, and never scrolls sideways on a phone", async () => {
    const own = (faults: string[]) => faults.filter((line) => /#?(predictions|understanding)/.test(line));
    expect(own(await axeViolations(page))).toEqual([]);
    await page.setViewportSize({ width: 390, height: 844 });
    // Charts are drawn again one after the other.
    await page.waitForFunction(() => document.documentElement.scrollWidth === 390, null, { timeout: 10_000 });
    await page.setViewportSize({ width: 1280, height: 900 });
  });

  it("does it all for classes: probabilities as bars, a confusion matrix, whose probability moves", async () => {
    await page.setInputFiles("#data-file", testFile("penguins.csv"));
    await page.waitForFunction(
      () => document.querySelector("#data-table-name")?.textContent === "penguins.csv",
    );
    await page.waitForFunction(() => document.querySelector("#data-summary:not(.muted)"));
    await settings({ "model-layers": "16", "training-epochs": "15", "training-bs": "32" });
    await train(2);
    await page.waitForSelector("#predictions-classes tbody tr");
    const bars = await rows("#predictions-classes");
    expect(bars.map(([label]) => label)).toEqual(["Adelie", "Chinstrap", "Gentoo"]);
    const chances = bars.map((cells) => Number.parseFloat(cells[2]));
    expect(chances.reduce((sum, chance) => sum + chance, 0)).toBeCloseTo(100, 0);
    expect(await text("#predictions-answer dd")).toBe(bars[chances.indexOf(Math.max(...chances))][0]);

    const matrix = await rows("#predictions-confusion");
    const counts = matrix.map((cells) => cells.slice(1, 4).map(Number));
    const total = counts.flat().reduce((sum, count) => sum + count, 0);
    expect(await text("#predictions-evaluation")).toContain(`All ${total} validation rows`);
    const right = counts.reduce((sum, row, i) => sum + row[i], 0);
    expect(Number(await text("#predictions-metrics dd"))).toBeCloseTo(right / total, 4);
    expect(right / total).toBeGreaterThan(0.7);

    await page.setInputFiles("#predictions-file", testFile("penguins.csv"));
    await page.waitForFunction(() =>
      document.querySelector("#predictions-download")?.textContent?.includes("penguins"),
    );
    const got = await download("#predictions-download");
    const scored = await readCsv(readFileSync(await got.path(), "utf8"));
    expect(scored.rows).toBe(344);
    expect(scored.names.slice(-4)).toEqual([
      "species_prediction",
      "probability_Adelie",
      "probability_Chinstrap",
      "probability_Gentoo",
    ]);

    await page.selectOption("#understanding-dependence-column", "flipper_length_mm");
    await page.selectOption("#understanding-dependence-output", "Gentoo");
    await page.waitForFunction(() =>
      /probability of Gentoo as flipper_length_mm changes/.test(
        document.querySelector("#understanding-dependence canvas")?.getAttribute("aria-label") ?? "",
      ),
    );
    const own = (faults: string[]) => faults.filter((line) => /#?(predictions|understanding)/.test(line));
    expect(own(await axeViolations(page))).toEqual([]);
  });

  it("finds its rows again after a reload", async () => {
    const metrics = await text("#predictions-metrics");
    const rowsOf = await text("#predictions-evaluation .help");
    await page.waitForTimeout(500); // what is kept is written shortly after
    await page.reload();
    await page.waitForSelector("#predictions-metrics");
    expect(await text("#predictions-metrics")).toBe(metrics);
    expect(await text("#predictions-evaluation .help")).toBe(rowsOf);
    await page.waitForSelector("#understanding-map-explained");
  });

  it("does what can be done without rows, and says what is missing", async () => {
    const bench = await penguinBench();
    writeFileSync(join(folder, "penguins.safetensors"), bench.current!.bytes);
    await page.click("#data-sample");
    await page.waitForFunction(
      () => document.querySelector("#data-table-name")?.textContent === "Store sales",
    );
    await page.waitForFunction(() => document.querySelector("#data-summary:not(.muted)"));
    await page.setInputFiles("#take-away-open", join(folder, "penguins.safetensors"));
    await page.waitForFunction(() =>
      /lacks “island”, “sex”, “bill_length_mm” and \d more/.test(
        document.querySelector("#predictions-evaluation")?.textContent ?? "",
      ),
    );
    expect(await page.isVisible("#predictions-random")).toBe(false);
    expect(await page.isVisible("#predictions-metrics")).toBe(false);
    expect(await text("#understanding-importance")).toContain("lacks “island”");
    await page.waitForFunction(() =>
      document
        .querySelector("#understanding-dependence")
        ?.textContent?.includes("this is how a single typical row moves"),
    );
    const before = await text("#predictions-classes");
    await field("island").locator("select").selectOption({ label: "Dream" });
    await page.waitForFunction(
      (old) => document.querySelector<HTMLElement>("#predictions-classes")?.innerText !== old,
      before,
    );
    // With its table at hand it is held against all rows of that.
    await page.setInputFiles("#data-file", testFile("penguins.csv"));
    await page.waitForFunction(() =>
      document.querySelector("#predictions-evaluation")?.textContent?.includes("rows of the table at hand"),
    );
    await page.waitForSelector("#predictions-confusion");
  });

  it("left nothing in the console and asked nobody else", () => {
    expect(open.complaints).toEqual([]);
    const elsewhere = open.requests.filter(
      ({ url }) => !/^(blob|data):/.test(url) && !url.startsWith(studio.server.url),
    );
    expect(elsewhere).toEqual([]);
  });
});
