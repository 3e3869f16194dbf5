import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { chromium } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findChromium } from "../../src/headless/find_browser.ts";
import { serve } from "../../src/headless/serve.ts";
import { axeViolations } from "./axe.ts";
import { StudioPage } from "./studio_page.ts";

const SECTIONS = [
  "data",
  "model",
  "lr-finder",
  "training",
  "inside",
  "predictions",
  "understanding",
  "take-away",
];
/** Gzipped, everything that is fetched before the data is there. */
const FIRST_LOAD = 200_000;

describe("the demo page as a whole", () => {
  let studio: StudioPage;

  beforeAll(async () => {
    studio = await StudioPage.start();
  }, 180_000);

  afterAll(() => studio?.close());

  /** The model that follows from the sample is made, so all that is asked of the page at first is done. */
  const whenReady = "#adapter strong";

  it("has eight sections, each with a heading, and a navigation that leads to them", async () => {
    const { page, context, complaints } = await studio.open();
    await page.waitForSelector(whenReady);
    const ids = await page.$$eval("main > section", (all) => all.map(({ id }) => id));
    expect(ids).toEqual(SECTIONS);
    expect(await page.$$eval("#sections a", (all) => all.map((link) => link.getAttribute("href")))).toEqual(
      SECTIONS.map((id) => `#${id}`),
    );
    for (const id of SECTIONS) expect(await page.locator(`#${id} > h2`).count()).toBe(1);
    await page.click('#sections a[href="#understanding"]');
    await page.waitForSelector('#sections a[href="#understanding"][aria-current="true"]');
    const top = await page.$eval("#understanding", (section) => section.getBoundingClientRect().top);
    expect(top).toBeGreaterThan(0);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("shows the system's theme, and the one chosen here after a reload too", async () => {
    const { page, context } = await studio.open({ colorScheme: "dark" });
    const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
    await page.waitForSelector("#theme");
    expect(await theme()).toBe("dark");
    await page.emulateMedia({ colorScheme: "light" });
    await expect.poll(theme).toBe("light");
    await page.selectOption("#theme", "dark");
    expect(await theme()).toBe("dark");
    await page.reload();
    expect(await theme()).toBe("dark");
    await page.waitForSelector("#theme");
    expect(await page.inputValue("#theme")).toBe("dark");
    await page.selectOption("#theme", "system");
    expect(await theme()).toBe("light");
    await context.close();
  });

  it("lets nothing run or be fetched that is not its own", () => {
    const html = readFileSync(join(studio.folder, "index.html"), "utf8");
    const [, policy] = /http-equiv="Content-Security-Policy"\s+content="([^"]+)"/.exec(html)!;
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(policy).not.toContain("unsafe");
    expect(policy).not.toContain("http");
    expect(html).not.toMatch(/<style|\sstyle=|\son\w+=/);
    for (const [, attributes, inside] of html.matchAll(/<script([^>]*)>([^<]*)<\/script>/g)) {
      expect(attributes).toContain("src=");
      expect(inside).toBe("");
    }
  });

  it("loads less than 200 kB before the data", async () => {
    const { page, context, requests } = await studio.open({ serviceWorkers: "block" });
    await page.waitForSelector(whenReady);
    const files = new Set(requests.map(({ url }) => new URL(url).pathname.split("/").slice(2).join("/")));
    const sizes = [...files].map((name) => {
      const bytes = gzipSync(readFileSync(join(studio.folder, name || "index.html")), { level: 9 }).length;
      return [name || "index.html", bytes] as const;
    });
    const total = sizes.reduce((sum, [, bytes]) => sum + bytes, 0);
    console.log(
      `first load: ${(total / 1000).toFixed(1)} kB gzip in ${sizes.length} files`,
      Object.fromEntries(sizes),
    );
    expect(sizes.length).toBeGreaterThan(3);
    expect(total).toBeLessThan(FIRST_LOAD);
    await context.close();
  });

  it("opens without a network once it was loaded", async () => {
    const { page, context, complaints } = await studio.open();
    await page.waitForSelector("#offline-ready");
    await context.setOffline(true);
    await page.reload();
    await page.waitForSelector(whenReady);
    expect(await page.locator("#adapter").innerText()).toContain("Runs on");
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("works from any path, service worker included", async () => {
    const parent = mkdtempSync(join(tmpdir(), "tabgpu-sub-path-"));
    mkdirSync(join(parent, "some"));
    cpSync(studio.folder, join(parent, "some/where"), { recursive: true });
    const server = await serve({ folder: parent });
    try {
      const url = `${server.url}some/where/`;
      const { page, context, complaints, requests } = await studio.open({ url });
      await page.waitForSelector(whenReady);
      await page.waitForSelector("#offline-ready");
      expect(
        requests.filter((request) => !request.url.startsWith(url) && !request.url.startsWith("blob:")),
      ).toEqual([]);
      expect(server.missing).toEqual([]);
      expect(complaints).toEqual([]);
      await context.setOffline(true);
      await page.goto(`${url}index.html`);
      await page.waitForSelector(whenReady);
      await context.close();
    } finally {
      await server.close();
      rmSync(parent, { recursive: true });
    }
  });

  it("is the host's newest version as soon as it is loaded anew", async () => {
    const folder = mkdtempSync(join(tmpdir(), "tabgpu-versions-"));
    cpSync(studio.folder, folder, { recursive: true });
    const server = await serve({ folder });
    const title = "The next version";
    try {
      const { page, context, complaints } = await studio.open({ url: server.url });
      await page.waitForSelector("#offline-ready");
      const html = join(folder, "index.html");
      writeFileSync(
        html,
        readFileSync(html, "utf8").replace(/<title>.*<\/title>/, `<title>${title}</title>`),
      );
      await page.reload();
      expect(await page.title()).toBe(title);
      await page.waitForSelector(whenReady);
      expect(complaints).toEqual([]);
      await context.close();
    } finally {
      await server.close();
      rmSync(folder, { recursive: true });
    }
  });

  it("says so where the browser keeps nothing, and works all the same", async () => {
    const context = await studio.browser.newContext();
    await context.addInitScript(() => {
      IDBFactory.prototype.open = () => {
        throw new DOMException("The operation is insecure.", "SecurityError");
      };
    });
    const { page, complaints } = await studio.openIn(context);
    await page.waitForSelector(whenReady);
    await page.waitForSelector("#storage-trouble");
    expect(await page.locator("#storage-trouble").innerText()).toContain("gone after a reload");
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("tells when its worker cannot be loaded", async () => {
    const context = await studio.browser.newContext({ serviceWorkers: "block" });
    await context.route(/studio\.worker/, (route) => route.abort());
    const { page } = await studio.openIn(context);
    await page.waitForSelector("#failure");
    expect(await page.locator("#failure").innerText()).toContain("Reload the page.");
    await context.close();
  });

  it("trains on the processor where there is no WebGPU, and says that it is slow", async () => {
    const args = ["--no-sandbox", "--disable-blink-features=WebGPU"];
    const without = await chromium.launch({ executablePath: findChromium(), args });
    try {
      const page = await without.newPage();
      await page.goto(studio.server.url);
      await page.waitForSelector(whenReady);
      await page.waitForSelector("#software");
      expect(await page.locator("#software").innerText()).toContain("no WebGPU");
    } finally {
      await without.close();
    }
  });

  for (const colorScheme of ["light", "dark"] as const) {
    for (const width of [1440, 390]) {
      it(`has nothing that axe finds wrong at first, ${colorScheme}, ${width} pixels wide`, async () => {
        const { page, context } = await studio.open({ colorScheme, viewport: { width, height: 900 } });
        await page.waitForSelector(whenReady);
        expect(await axeViolations(page)).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
        await context.close();
      });
    }
  }
});
