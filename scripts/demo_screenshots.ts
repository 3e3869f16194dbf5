/**
 * npm run demo:screenshots [-- --readme]: builds and serves the demo, uses it as a visitor would (the sample, a learning rate found, two
 * trainings, two more looked into, columns measured), and writes a picture of every panel, of the top of the page and of
 * all of it to out/demo/, for three widths in both themes. On a software adapter that takes some minutes. With --readme it
 * also writes the README's pictures, to docs/images/.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import type { Page } from "playwright";
import { StudioPage } from "../test/demo/studio_page.ts";

const OUT = "out/demo";
const README_IMAGES = "docs/images";
/** Of a picture in the README: what it shows, as selectors of its parts. */
const README_PICTURES = [
  { name: "training", theme: "light", parts: ["#training .beside", "#training-score"] },
  { name: "inside", theme: "dark", parts: [".inside-lines", "#inside-heat"] },
  {
    name: "understanding",
    theme: "light",
    parts: ["#understanding-importance", "#understanding-map", "#understanding-dependence"],
  },
] as const;
/** Of WebP: text stays sharp. */
const QUALITY = 0.82;
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
  if (process.argv.includes("--readme")) {
    mkdirSync(README_IMAGES, { recursive: true });
    for (const picture of README_PICTURES) await takeForReadme(page, picture);
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

async function dress(page: Page, theme: "light" | "dark", width: number): Promise<void> {
  await page.setViewportSize({ width, height: 1000 });
  await page.selectOption("#theme", theme);
  await page.evaluate(() => scrollTo({ top: 0, behavior: "instant" }));
  // Charts are drawn again, a few a frame.
  await page.waitForTimeout(2000);
}

async function take(page: Page, theme: "light" | "dark", width: number): Promise<void> {
  await dress(page, theme, width);
  const path = (name: string) => `${OUT}/${name}-${width}-${theme}.png`;
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

async function takeForReadme(
  page: Page,
  { name, theme, parts }: (typeof README_PICTURES)[number],
): Promise<void> {
  await dress(page, theme, 1100);
  const boxes = await Promise.all(
    parts.map((part) =>
      page.$eval(part, (element) => {
        const { left, top, right, bottom } = (element.closest(".card") ?? element).getBoundingClientRect();
        return { left, top: top + scrollY, right, bottom: bottom + scrollY };
      }),
    ),
  );
  const margin = 16;
  const x = Math.min(...boxes.map(({ left }) => left)) - margin;
  const y = Math.min(...boxes.map(({ top }) => top)) - margin;
  const width = Math.max(...boxes.map(({ right }) => right)) + margin - x;
  const height = Math.max(...boxes.map(({ bottom }) => bottom)) + margin - y;
  await page.$eval("#sections", (nav) => nav.style.setProperty("position", "static"));
  const png = await page.screenshot({ fullPage: true, clip: { x, y, width, height } });
  await page.$eval("#sections", (nav) => nav.style.removeProperty("position"));
  const webp = await page.evaluate(
    async ([data, quality]) => {
      const image = new Image();
      image.src = `data:image/png;base64,${data}`;
      await image.decode();
      const canvas = document.createElement("canvas");
      canvas.width = image.width;
      canvas.height = image.height;
      canvas.getContext("2d")!.drawImage(image, 0, 0);
      return canvas.toDataURL("image/webp", quality).split(",")[1];
    },
    [png.toString("base64"), QUALITY] as const,
  );
  writeFileSync(`${README_IMAGES}/demo-${name}.webp`, Buffer.from(webp, "base64"));
}
