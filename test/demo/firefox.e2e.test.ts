import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ElementHandle, Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { adapterFromEnvironment } from "../../src/headless/adapter.ts";
import { type Headless, launchHeadless } from "../../src/headless/launch.ts";
import { type Server, serve } from "../../src/headless/serve.ts";
import { lacksBrowser } from "../headless/browsers.ts";
import { buildDemo, testFile } from "./studio_page.ts";

/** The way from a table to a prediction once more in another engine, where a Firefox is installed. */
describe.skipIf(lacksBrowser("firefox"))("the demo page in Firefox", () => {
  let folder: string;
  let server: Server;
  let run: Headless;
  let page: Page;
  const complaints: string[] = [];
  const text = (selector: string) => page.$eval(selector, (element) => element.textContent ?? "");

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "tabgpu-demo-"));
    await buildDemo(folder);
    server = await serve({ folder });
    run = await launchHeadless({ browser: "firefox", adapter: adapterFromEnvironment() });
    const opened = await run.open(server.url, {
      onConsole: ({ type, text: said }) => {
        if (type === "error") complaints.push(said);
      },
      onError: (error) => complaints.push(String(error)),
    });
    page = opened.native as Page;
    page.setDefaultTimeout(120_000);
  }, 240_000);

  afterAll(async () => {
    await run?.close();
    await server?.close();
    if (folder) rmSync(folder, { recursive: true });
  });

  it("opens on the sample and tells its adapter", async () => {
    await page.waitForSelector("#training-start:not([disabled])");
    await page.waitForSelector("#adapter strong");
    expect(await text("#adapter")).toContain("Runs on");
    expect(await text("#data-table-name")).toBe("Store sales");
  });

  it("reads a table, trains on it and predicts", async () => {
    const input = (await page.$("#data-file")) as ElementHandle<HTMLInputElement>;
    await input.uploadFile(testFile("shops.csv"));
    await page.waitForFunction(() => document.querySelector("#data-table-name")?.textContent === "shops.csv");
    await page.waitForSelector("#training-start:not([disabled])");
    await page.click("#training-start");
    await page.waitForSelector("#predictions-answer");
    await page.waitForSelector("#take-away-json");
    expect(await text("#training-status")).toContain("Run 1 is trained");
    expect(JSON.parse(await text("#take-away-json"))).toHaveProperty("StoreType");
    expect(await text("#predictions-answer")).toMatch(/Predicted Sales\s+−?[\d,.]+/);
  });

  it("has the model again after a reload", async () => {
    const name = await text("#take-away-name");
    await new Promise((resolve) => setTimeout(resolve, 500)); // what is kept waits for the last change
    await page.reload();
    await page.waitForSelector("#take-away-json");
    expect(await text("#take-away-name")).toBe(name);
    expect(await text("#data-table-name")).toBe("shops.csv");
  });

  it("complains of nothing", () => {
    expect(complaints).toEqual([]);
  });
});
