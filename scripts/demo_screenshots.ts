/**
 * npm run demo:screenshots: builds and serves the demo, uses it as a visitor would (the sample, a learning rate found, two
 * trainings, two more looked into, columns measured), and writes a picture of every panel, of the top of the page and of
 * all of it to out/demo/, for three widths in both themes. On a software adapter that takes some minutes.
 */
import { mkdirSync } from "node:fs";
import type { Page } from "playwright";
import { StudioPage } from "../test/demo/studio_page.ts";

const OUT = "out/demo";
const WIDTHS = [1440, 1024, 390];
const THEMES = ["light", "dark"] as const;
/** For whatever is waited for: a software adapter that others use too is slow. */
const PATIENCE = 15 * 60_000;

const studio = await StudioPage.start();
try {
  const { page, complaints } = await studio.open({ viewport: { width: 1440, height: 1000 } });
  page.setDefaultTimeout(PATIENCE);
  await use(page);
  mkdirSync(OUT, { recursive: true });
  for (const theme of THEMES) {
    for (const width of WIDTHS) await take(page, theme, width);
  }
  if (complaints.length > 0) throw new Error(`The page complained: ${complaints.join("\n")}`);
  console.log(`wrote ${OUT}/`);
} finally {
  await studio.close();
}

async function use(page: Page): Promise<void> {
  const step = (what: string) => console.log(`${(performance.now() / 1000).toFixed(0)} s: ${what}`);
  await page.waitForSelector("#training-start:enabled");
  step("the learning rate");
  await page.click("#model-range-fill");
  await page.waitForSelector("#lr-finder-start:enabled");
  await page.click("#lr-finder-start");
  await page.waitForSelector("[data-suggestion=valley]:enabled");
  step("a training without BatchNorm");
  await page.uncheck("#model-useBn");
  await page.fill("#training-epochs", "3");
  await trained(page, 1);
  step("a training with it");
  await page.check("#model-useBn");
  await trained(page, 2);
  step("inside");
  await page.click("#inside-start");
  await page.waitForFunction(() =>
    document.querySelector("#inside-status")?.textContent?.includes("Both have trained"),
  );
  step("importances");
  await page.click("#understanding-measure-start");
  await page.waitForSelector("#understanding-importances");
  await page.waitForSelector("#understanding-measure-start:enabled");
}

async function trained(page: Page, run: number): Promise<void> {
  await page.waitForSelector("#training-start:enabled");
  await page.click("#training-start");
  await page.waitForFunction(
    (name) => document.querySelector("#take-away-name")?.textContent?.startsWith(name),
    `Run ${run}`,
  );
  await page.waitForSelector("#predictions-metrics");
}

async function take(page: Page, theme: "light" | "dark", width: number): Promise<void> {
  await page.setViewportSize({ width, height: 1000 });
  await page.selectOption("#theme", theme);
  const path = (name: string) => `${OUT}/${name}-${width}-${theme}.png`;
  await page.evaluate(() => scrollTo({ top: 0, behavior: "instant" }));
  // Charts are drawn again, a few a frame.
  await page.waitForTimeout(2000);
  await page.screenshot({ path: path("top") });
  // In pictures taller than the window the navigation would lie across.
  await page.$eval("#sections", (nav) => nav.style.setProperty("position", "static"));
  for (const section of await page.$$("main > section")) {
    const box = (await section.boundingBox())!;
    const margin = Math.min(24, box.x);
    const clip = { ...box, x: box.x - margin, width: box.width + 2 * margin };
    await page.screenshot({ path: path((await section.getAttribute("id"))!), fullPage: true, clip });
  }
  await page.screenshot({ path: path("page"), fullPage: true });
  await page.$eval("#sections", (nav) => nav.style.removeProperty("position"));
}
