import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { axeViolations } from "./axe.ts";
import { tasksDuring } from "./main_thread.ts";
import { type OpenPage, StudioPage, testFile } from "./studio_page.ts";

/** Milliseconds of computing: longer tasks of the main thread are felt. */
const LONG_TASK = 50;

describe("the panel that looks inside", () => {
  let studio: StudioPage;
  let opened: OpenPage;
  let page: Page;

  beforeAll(async () => {
    studio = await StudioPage.start();
    opened = await studio.open();
    page = opened.page;
    await page.waitForSelector("#inside-start:not([disabled])");
  }, 180_000);

  afterAll(() => studio?.close());

  const settings = async (layers: string, lr: string, steps: string) => {
    await page.fill("#inside-layers", layers);
    await page.fill("#inside-lr", lr);
    await page.fill("#inside-steps", steps);
  };
  const ended = (words: RegExp) =>
    expect.poll(() => page.locator("#inside-status").innerText(), { timeout: 120_000 }).toMatch(words);
  const rows = (table: string) => page.locator(`${table} tbody tr`).allInnerTexts();
  /** Pixels of a heat map that are painted, by column. */
  const paintedColumns = (id: string) =>
    page.locator(`#${id} canvas`).evaluate((canvas: HTMLCanvasElement) => {
      const { width, height } = canvas;
      const { data } = canvas.getContext("2d")!.getImageData(0, 0, width, height);
      let painted = 0;
      for (let x = 0; x < width; x++) {
        for (let y = 0; y < height; y++) {
          if (data[4 * (y * width + x) + 3] > 0) {
            painted++;
            break;
          }
        }
      }
      return { painted, width };
    });

  it("says at the field what is wrong, and starts nothing", async () => {
    await settings("8, x", "0", "5");
    await page.click("#inside-start");
    await page.locator('#inside-layers[aria-invalid="true"]').waitFor();
    expect(await page.innerText("#inside-layers-help")).toContain("whole numbers");
    expect(await page.innerText("#inside-lr-help")).toContain("above 0");
    expect(await page.innerText("#inside-steps-help")).toContain("from 10 to 2,000");
    expect(await page.isEnabled("#inside-start")).toBe(true);
    await page.click("#inside-own-layers");
    expect(await page.inputValue("#inside-layers")).toBe(await page.inputValue("#model-layers"));
  });

  it("trains two models from one seed and shows what happens inside, live", async () => {
    await settings("12, 10, 8", "0.05", "20");
    await page.click("#inside-start");
    await page.waitForSelector("#inside-heat");
    expect(await page.isDisabled("#inside-start")).toBe(true);
    expect(await page.isDisabled("#inside-layers")).toBe(true);
    await ended(/^Both have trained 20 steps\.$/);

    const losses = await rows("#inside-losses");
    expect(losses.map((row) => row.split("\t")[0])).toEqual([
      "With every BatchNorm",
      "Without BatchNorm after the hidden layers",
    ]);
    for (const row of losses) expect(row).toMatch(/\t\d+(\.\d+)?\t\d+(\.\d+)?$/);
    const drift = await rows("#inside-drift");
    expect(drift.map((row) => row.split("\t")[0])).toEqual([
      "Continuous columns",
      "Layer 1",
      "Layer 2",
      "Layer 3",
    ]);
    for (const row of drift) expect(row.match(/\d/g)!.length).toBeGreaterThan(6);
    const findings = await page.innerText("#inside-findings");
    expect(findings).toContain("Why after every hidden layer?");
    expect(findings).toContain("At a learning rate of 0.05");
    expect(findings).toContain("all 54,000 training rows");

    expect(await page.locator("#inside-heat canvas[role=img]").count()).toBe(8);
    for (const side of ["with", "without"]) {
      const { painted, width } = await paintedColumns(`inside-heat-${side}-3`);
      expect([painted, width]).toEqual([21, 21]);
      const label = await page.getAttribute(`#inside-heat-${side}-3 canvas`, "aria-label");
      expect(label).toMatch(
        /^Layer 3, with.*: of the activations most lie .+ at the start, most lie .+ at the end\.$/,
      );
    }
    const told = await page.getAttribute("#inside-lines-without canvas", "aria-label");
    expect(told).toMatch(/^The standard deviation of every layer.* layer 3 \d/);
  });

  it("shows other numbers, and the layers before their BatchNorm", async () => {
    const before = await rows("#inside-drift");
    await page.selectOption("#inside-place", "relu");
    await expect.poll(() => page.innerText("#inside-drift caption")).toContain("right after its ReLU");
    const after = await rows("#inside-drift");
    expect(after[0]).toBe(before[0]);
    expect(after[2]).not.toBe(before[2]);
    // Behind a ReLU nothing is negative.
    for (const row of after.slice(1)) expect(row).not.toContain("−");
    await page.selectOption("#inside-metric", "mean");
    const label = () => page.getAttribute("#inside-lines-with canvas", "aria-label");
    await expect.poll(label).toContain("The mean of every layer’s activations");
    await page.selectOption("#inside-place", "handed");
    await expect.poll(() => rows("#inside-drift")).toEqual(before);
  });

  it("reads well with a screen reader, in the dark, on a phone", async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await axeViolations(page)).toEqual([]);
    }
    await page.setViewportSize({ width: 390, height: 800 });
    await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    await page.setViewportSize({ width: 1280, height: 900 });
  });

  it("never holds the page up, with all its pictures drawn as they come", async () => {
    await settings("8, 8, 8, 8, 8, 8", "0.1", "40");
    const [worst] = await tasksDuring(studio.browser, page, async () => {
      await page.click("#inside-start");
      await page.waitForSelector("#inside-heat");
      await page.locator("#inside-heat").scrollIntoViewIfNeeded();
      await ended(/^Both have trained 40 steps\.$/);
    });
    console.log(
      `the main thread’s longest task: ${worst?.cpu.toFixed(0) ?? "under 20"} ms (${worst?.parts})`,
    );
    expect(worst?.cpu ?? 0).toBeLessThanOrEqual(LONG_TASK);
  });

  it("can be stopped, and keeps what was seen", async () => {
    await settings("12, 10", "0.01", "2000");
    await page.click("#inside-start");
    await page.waitForSelector("#inside-drift");
    await page.click("#inside-stop");
    await ended(/^Stopped after [\d,]+ steps?\.$/);
    expect(await rows("#inside-drift")).toHaveLength(3);
    expect(await page.isEnabled("#inside-start")).toBe(true);
  });

  it("answers for a table of one’s own, without the BatchNorm on its columns", async () => {
    await page.setInputFiles("#data-file", testFile("penguins.csv"));
    await page.locator("#data-table-name", { hasText: "penguins.csv" }).waitFor();
    await page.getByText("learned from the data as it was before").waitFor();
    await page.waitForSelector("#inside-start:not([disabled])");
    await page.check("#inside-change-continuous");
    await settings("8, 8", "0.02", "12");
    await page.click("#inside-start");
    await ended(/^Both have trained 12 steps\.$/);
    const findings = await page.innerText("#inside-findings");
    expect(findings).toContain("Here both models have it");
    expect(findings).toMatch(/After 12 steps scales are between [\d.]+ \(\w+\) and [\d.]+ \(\w+\)/);
    expect(findings).toMatch(/clear effect|it helps|better without/);
    expect(opened.complaints).toEqual([]);
  });
});
