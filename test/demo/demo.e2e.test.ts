import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright";
import { chromium } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { adapterFromEnvironment } from "../../src/headless/adapter.ts";
import { findChromium } from "../../src/headless/find_browser.ts";
import { type Headless, launchHeadless } from "../../src/headless/launch.ts";
import type { Server } from "../../src/headless/serve.ts";
import { loadModelFile } from "../../src/io/model_file.ts";
import { serveDemo } from "./page.ts";

describe("the demo page", () => {
  let folder: string;
  let server: Server;
  let run: Headless;
  let page: Page;
  /** What the browser complained of, and every address it asked for. */
  const complaints: string[] = [];
  const requests: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "tabgpu-demo-"));
    server = await serveDemo(folder);
    run = await launchHeadless({ adapter: adapterFromEnvironment() });
    page = (await run.open(server.url)).native as Page;
    page.setDefaultTimeout(60_000);
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("request", (request) => requests.push(request.url()));
    await page.reload(); // launchHeadless opened the page before anyone listened
  }, 180_000);

  afterAll(async () => {
    await run?.close();
    await server?.close();
    if (folder) rmSync(folder, { recursive: true });
  });

  const text = (selector: string) => page.locator(selector).innerText();
  const whenReady = () => page.waitForSelector("#train:enabled");
  const trainWith = async (settings: Record<string, string>) => {
    for (const [name, value] of Object.entries(settings)) await page.fill(`#${name}`, value);
    await page.click("#train");
  };

  /** Pixels of the chart that have about this colour of the style sheet. */
  const pixelsOf = (variable: string) =>
    page.evaluate((name) => {
      const chart = document.querySelector<HTMLCanvasElement>("#loss-chart canvas")!;
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
    }, variable);

  it("opens on the sample, names it synthetic, and shows adapter and model before anything is trained", async () => {
    await whenReady();
    expect(await text("header")).toContain("The sales are synthetic.");
    expect(await text("#data")).toContain(
      "60,000 rows of synthetic sales: 54,000 to train on, the newest 6,000",
    );
    expect(await text("#adapter")).not.toContain("Looking");
    expect(await page.isVisible("#software")).toBe((await text("#adapter")).includes("software"));
    await page.click("summary");
    expect(await text("#model-text")).toMatch(/^TabularModel\(\n {2}\(embeds\): ModuleList\(\n/);
    expect(await text("#model-text")).toContain("Linear(in_features=65, out_features=200, bias=False)");
    expect(await page.isVisible("#result")).toBe(false);
  });

  it("tells each mistake at its field, goes to the first, and trains nothing", async () => {
    await trainWith({ layers: "200; 100", epochs: "0", bs: "1", lr: "fast", wd: "-1" });
    expect(await text("#layers-help")).toBe(
      "Write whole numbers from 1 to 2,048 with commas between them, such as 200, 100.",
    );
    expect(await text("#epochs-help")).toBe("Write a whole number from 1 to 200.");
    expect(await text("#bs-help")).toBe("Write a whole number from 2 to 8,192.");
    expect(await text("#lr-help")).toBe("Write a number above 0, at most 10, such as 0.01.");
    expect(await text("#wd-help")).toBe("Write a number from 0 to 10, such as 0.1.");
    expect(await page.getAttribute("#lr", "aria-invalid")).toBe("true");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("layers");
    expect(await page.isEnabled("#train")).toBe(true);
    expect(await page.isEnabled("#stop")).toBe(false);
  });

  it("trains: a line of losses, a row per epoch, a score, five predictions", async () => {
    await trainWith({ layers: "16", epochs: "2", bs: "1024", lr: "0,03", wd: "0" });
    await page.waitForSelector("#result:not([hidden])");

    expect(await text("#status")).toBe("Trained.");
    expect(await text("#model-text")).toContain("out_features=16");
    expect(await page.$eval("#progress", (bar) => (bar as HTMLProgressElement).value)).toBe(1);
    const rows = await page.$$eval("#epoch-rows tr", (all) =>
      all.map((row) => [...row.children].map((cell) => cell.textContent ?? "")),
    );
    expect(rows.map(([epoch]) => epoch)).toEqual(["1", "2"]);
    const [first, second] = rows.map((row) => row.slice(1, 4).map(Number));
    for (let column = 0; column < 3; column++) expect(second[column]).toBeLessThan(first[column]);
    expect(await pixelsOf("--training")).toBeGreaterThan(200);
    expect(await pixelsOf("--validation")).toBeGreaterThan(50);
    expect(await text("#loss-chart .u-legend")).toMatch(/training\s*\d+\.\d{4}\s*validation\s*\d+\.\d{4}/);

    expect(Number(await text("#reached"))).toBe(second[2]);
    expect(await text("#possible")).toBe("0.1002");
    expect(second[2]).toBeGreaterThan(0.1002);
    const predictions = await page.$$eval("#prediction-rows tr", (all) => all.map((row) => row.textContent));
    expect(predictions).toHaveLength(5);
    for (const row of predictions) expect(row).toMatch(/^S\d{3}, (Mon|Tue|Wed|Thu|Fri|Sat) \d+ \w{3}/);
  });

  it("hands out the model file", async () => {
    const [download] = await Promise.all([page.waitForEvent("download"), page.click("#download")]);
    expect(download.suggestedFilename()).toBe("store-sales.safetensors");
    const { config, preprocessing, tensors } = loadModelFile(readFileSync(await download.path()));
    expect(config.layers).toEqual([16]);
    expect(preprocessing.target).toMatchObject({ task: "regression", names: ["sales"], log: true });
    expect(tensors.size).toBeGreaterThan(10);
  });

  it("tells how far it is, stops, scores what was learned so far, and can train again", async () => {
    await trainWith({ epochs: "200" });
    await page.waitForFunction(() => document.querySelector("#speed")?.textContent?.includes("rows/s"));
    expect(await text("#speed")).toMatch(/^Epoch \d+ of 200.* · [\d,]+ rows\/s · .* left$/);
    expect(await page.isEnabled("#layers")).toBe(false);
    expect(await page.isEnabled("#train")).toBe(false);
    expect(await page.isVisible("#result")).toBe(false);
    await page.click("#stop");
    await page.waitForSelector("#result:not([hidden])");
    expect(await text("#status")).toBe("Stopped. The model keeps what it has learned.");
    expect(await text("#score-text")).toMatch(/^Stopped early, the model is off by \d+\.\d %/);
    expect(await page.isEnabled("#train")).toBe(true);
    expect(await page.isEnabled("#layers")).toBe(true);
  });

  it("never scrolls sideways on a phone", async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.waitForFunction(() => (document.querySelector("#loss-chart canvas")?.clientWidth ?? 0) <= 390);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  });

  it("asked nobody but its own host, and the console stayed silent", () => {
    expect(requests.filter((url) => !url.startsWith(server.url) && !url.startsWith("blob:"))).toEqual([]);
    expect(requests.length).toBeGreaterThan(3);
    expect(complaints).toEqual([]);
  });

  it("says what to do where there is no WebGPU", async () => {
    const args = ["--no-sandbox", "--disable-blink-features=WebGPU"];
    const without = await chromium.launch({ executablePath: findChromium(), args });
    try {
      const bare = await without.newPage();
      await bare.goto(server.url);
      await bare.waitForSelector("#no-device:not([hidden])");
      expect(await bare.locator("#no-device").innerText()).toContain("No WebGPU");
      expect(await bare.locator("#status").innerText()).toBe("Training needs WebGPU.");
      expect(await bare.isEnabled("#train")).toBe(false);
      expect(await bare.locator("#data").innerText()).toContain("60,000 rows");
    } finally {
      await without.close();
    }
  });
});
