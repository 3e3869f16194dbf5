import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Page } from "playwright";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { axeViolations } from "./axe.ts";
import { type OpenPage, StudioPage, testFile } from "./studio_page.ts";

let studio: StudioPage;
let opened: OpenPage;
let page: Page;

beforeAll(async () => {
  studio = await StudioPage.start();
  opened = await studio.open();
  page = opened.page;
}, 180_000);
afterAll(() => studio?.close());

const summary = () => page.locator("#data-summary:not(.muted)");
const role = (column: string) => page.getByLabel(`Role of ${column}`, { exact: true });
const csv = (name: string, text: string) => ({ name, mimeType: "text/csv", buffer: Buffer.from(text) });

/** Chooses a file and waits for the table to be there, ready for training. */
async function bring(file: string | { name: string; mimeType: string; buffer: Buffer }): Promise<void> {
  await page.setInputFiles("#data-file", file);
  const name = typeof file === "string" ? file.split("/").at(-1)! : file.name;
  await page.locator("#data-table-name", { hasText: name }).waitFor();
  await summary().waitFor();
}

/** Drops a file on the page's footer: anywhere will do. */
async function drop(name: string, bytes: Buffer): Promise<void> {
  const files = await page.evaluateHandle(
    ({ name, base64 }) => {
      const transfer = new DataTransfer();
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      transfer.items.add(new File([bytes], name));
      return transfer;
    },
    { name, base64: bytes.toString("base64") },
  );
  await page.dispatchEvent("footer", "dragenter", { dataTransfer: files });
  await page.locator("#data-drop.over").waitFor();
  await page.dispatchEvent("footer", "drop", { dataTransfer: files });
}

describe("the sample", () => {
  it("is there when the page opens, named as synthetic, with a plan that is applied", async () => {
    await summary().waitFor();
    expect(await page.textContent("#data-table-name")).toBe("Store sales");
    expect(await page.isVisible("#data-synthetic")).toBe(true);
    expect(await summary().textContent()).toBe(
      "54,000 rows to train on, 6,000 rows to check it on · 11 categorical (1 says where a number was missing) and 4 continuous inputs",
    );
    expect(await page.inputValue("#data-target")).toBe("sales");
    expect(await page.isChecked("#data-log")).toBe(true);
    expect(await role("store").inputValue()).toBe("categorical");
    expect(await page.locator(".data-columns tbody tr").count()).toBe(15);
    expect(await page.locator(".data-preview tbody tr").count()).toBe(8);
  });

  it("shows each column's gaps, distinct values and picture", async () => {
    const row = page.locator(".data-columns tr", { hasText: "competition_distance" });
    expect(await row.locator(".data-missing").textContent()).toMatch(/^[\d,]+ \([\d.]+\s%\)$/);
    expect(Number(await row.locator(".data-distinct").textContent())).toBeGreaterThan(20);
    expect(await row.getByRole("img").getAttribute("aria-label")).toMatch(
      /^Histogram: \d+ to [\d,]+; \d+\s% of them/,
    );
  });

  it("follows another role, another target and back", async () => {
    await role("day_of_month").selectOption("ignored");
    await expect.poll(() => summary().textContent()).toContain("3 continuous inputs");
    await page.selectOption("#data-target", "region");
    await expect.poll(() => summary().textContent()).toContain("4 classes");
    expect(await page.isChecked("#data-task-classification")).toBe(true);
    expect(await page.isDisabled("#data-task-regression")).toBe(true);
    expect(await role("sales").inputValue()).toBe("continuous");
    // What becomes the target moves to the top, and the keyboard stays with it.
    await role("store").focus();
    await role("store").selectOption("target");
    await expect.poll(() => page.locator(".data-columns tbody th").first().textContent()).toBe("store");
    expect(await page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toBe(
      "Role of store",
    );
    await page.click("#data-guess");
    await expect.poll(() => summary().textContent()).toContain("and 4 continuous inputs");
    expect(await page.inputValue("#data-target")).toBe("sales");
  });

  it("tells of a share that is none at its field, and keeps what worked", async () => {
    const before = await summary().textContent();
    await page.fill("#data-valid-share", "120");
    expect(await page.textContent("#data-valid-error")).toBe("A whole number from 1 to 90.");
    expect(await page.getAttribute("#data-valid-share", "aria-invalid")).toBe("true");
    expect(await summary().textContent()).toBe(before);
    await page.fill("#data-valid-share", "25");
    await expect.poll(() => summary().textContent()).toContain("45,000 rows to train on");
    expect(await page.locator("#data-valid-error").count()).toBe(0);
    await page.selectOption("#data-valid", "random");
    await page.fill("#data-valid-share", "30");
    await expect.poll(() => summary().textContent()).toContain("42,000 rows to train on");
  });
});

describe("a table of one's own", () => {
  it("as CSV: three kinds of penguins", async () => {
    await bring(testFile("penguins.csv"));
    expect(await page.locator("#data-synthetic").count()).toBe(0);
    expect(await page.inputValue("#data-target")).toBe("species");
    expect(await summary().textContent()).toContain("3 classes");
    await page.selectOption("#data-target", "body_mass_g");
    const notice = page.locator(".data-outcome .notice");
    await expect
      .poll(() => notice.textContent())
      .toBe("2 rows without a value of “body_mass_g” are left out.");
  });

  it("as gzipped CSV, dropped anywhere on the page: dates are recognised", async () => {
    await drop("shops.csv.gz", gzipSync(readFileSync(testFile("shops.csv"))));
    await page.locator("#data-table-name", { hasText: "shops.csv.gz" }).waitFor();
    await summary().waitFor();
    expect(await role("Date").inputValue()).toBe("date");
    expect(await page.inputValue("#data-valid")).toBe("by:Date");
    expect(await page.locator("#data-drop.over").count()).toBe(0);
  });

  it("tells at the column how dates must be written, whatever it is used as", async () => {
    const rows = Array.from(
      { length: 40 },
      (_, i) => `${(i % 28) + 1}.12.${15 + (i % 3)};${i % 5};${(i * 7) % 11}`,
    );
    await bring(csv("deutsch.csv", `Datum;a;b\n${rows.join("\n")}\n`));
    const note = page.locator(".data-columns tr", { hasText: "Datum" }).locator(".help").first();
    await expect.poll(() => note.textContent()).toMatch(/^Dates such as “\d+\.12\.15” .* as in 2015-12-31, /);
    await role("Datum").selectOption("categorical");
    await expect.poll(() => note.textContent()).toMatch(/^Dates such as /);
    await bring(testFile("shops.csv"));
  });

  it("as Parquet: the same roles as from the CSV", async () => {
    const rolesNow = () =>
      page
        .locator(".data-role select")
        .evaluateAll((all) => all.map((one) => (one as HTMLSelectElement).value));
    const fromCsv = { roles: await rolesNow(), summary: await summary().textContent() };
    await bring(testFile("shops.parquet"));
    expect({ roles: await rolesNow(), summary: await summary().textContent() }).toEqual(fromCsv);
  });

  it("as Parquet packed with zstd, with columns that no table can hold", async () => {
    await bring(csv("two.csv", "a,b\n1,2\n2,3\n3,5\n"));
    await page.setInputFiles("#data-file", testFile("kinds.parquet"));
    await page.locator("#data-table-name", { hasText: "kinds.parquet" }).waitFor();
    expect(await page.locator(".data-source .notice").allTextContents()).toEqual([
      expect.stringContaining("“list” is left out"),
      expect.stringContaining("“struct” is left out"),
    ]);
    expect(await page.textContent(".data-preview tbody")).toContain("9007199254740993");
  });
});

describe("what goes wrong is told where it can be mended, and loses nothing", () => {
  beforeEach(() => bring(testFile("shops.csv")));
  const kept = async () => {
    expect(await page.textContent("#data-table-name")).toBe("shops.csv");
    expect(await summary().textContent()).toContain("rows to train on");
    expect(await page.locator(".data-columns tbody tr").count()).toBe(11);
  };

  it.each<[string, { name: string; mimeType: string; buffer: Buffer }, string]>([
    [
      "a line with too many fields",
      csv("broken.csv", "a,b\n1,2\n3,4,5\n"),
      "broken.csv, line 3: found 3 fields",
    ],
    [
      "a quote that never ends",
      csv("quote.csv", 'a,b\n1,"x\n3,4\n'),
      "quote.csv, line 2: a field opens with a double quote",
    ],
    ["no rows", csv("empty.csv", "a,b\n"), 'empty.csv has a header ("a", "b") but no rows.'],
    ["a workbook", { name: "book.xlsx", mimeType: "", buffer: Buffer.from("PK\x03\x04 and more") }, "Excel"],
    [
      "half a Parquet file",
      {
        name: "half.parquet",
        mimeType: "",
        buffer: readFileSync(testFile("shops.parquet")).subarray(0, 5000),
      },
      "half.parquet could not be read as Parquet",
    ],
  ])("%s", async (_, file, message) => {
    await page.setInputFiles("#data-file", file);
    const alert = page.locator("#data-error[role=alert]");
    await alert.waitFor();
    await expect.poll(() => alert.textContent()).toContain(message);
    expect(await alert.textContent()).toContain("“shops.csv” stays as it was.");
    await kept();
  });

  it("a model dropped among the tables", async () => {
    await drop("model.safetensors", Buffer.from("x"));
    await expect.poll(() => page.textContent("#data-error")).toContain("is a model, not a table");
    await kept();
  });

  it("a role that cannot be, at its column", async () => {
    const lines = Array.from({ length: 200 }, (_, i) => `${7 * i},${(i * 3) % 11}.5,${(i * 5) % 9}`);
    await bring(csv("orders.csv", `order_id,warmth,Sales\n${lines.join("\n")}\n`));
    await role("order_id").selectOption("categorical");
    const alert = page.locator(".data-columns tr", { hasText: "order_id" }).getByRole("alert");
    await expect.poll(() => alert.textContent()).toContain("Give it the role “continuous” or “ignored”.");
    expect(await role("order_id").getAttribute("aria-invalid")).toBe("true");
    expect(await page.textContent("#data-summary")).toContain("1 continuous input"); // what worked before
    const link = page.locator(".data-outcome a", { hasText: "The column “order_id”" });
    expect(await page.locator((await link.getAttribute("href"))!).textContent()).toBe("Columns");
    expect(
      (await axeViolations(page)).filter((line) => line.includes("#data") || line.includes(".data-")),
    ).toEqual([]);
    await role("order_id").selectOption("continuous");
    await expect.poll(() => alert.count()).toBe(0);
    await expect.poll(() => summary().textContent()).toContain("2 continuous inputs");
  });
});

describe("a large file", () => {
  it("tells how far it is, and can be given up", async () => {
    await bring(testFile("shops.csv"));
    await page.evaluate(() => {
      const worst = { ms: 0 };
      Object.assign(window, { worst });
      new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) worst.ms = Math.max(worst.ms, duration);
      }).observe({ entryTypes: ["longtask"] });
    });
    const lines = Array.from(
      { length: 400_000 },
      (_, i) => `${i % 997},c${i % 31},${((i * 7919) % 100_003) / 100}`,
    );
    const large = join(studio.folder, "large.csv"); // as a path: a buffer would be unpacked in the page
    writeFileSync(large, `a,b,amount\n${lines.join("\n")}\n`);
    await page.setInputFiles("#data-file", large);
    await page
      .locator("#data-loading", { hasText: /Reading large\.csv: .+ of .+\sMB, [\d,]+ rows/ })
      .waitFor();
    await page.click("#data-cancel");
    expect(await page.textContent("#data-table-name")).toBe("shops.csv");
    expect(await page.locator("#data-error").count()).toBe(0);

    await bring(large);
    expect((await page.textContent(".data-size"))?.trim()).toBe("400,000 rows, 3 columns");
    expect(await page.textContent("#data-table-name")).toBe("large.csv");
    const worst = await page.evaluate(() => (window as unknown as { worst: { ms: number } }).worst.ms);
    console.log(
      `longest task of the page while 400,000 rows were read twice: ${worst} ms (0: none over 50 ms)`,
    );
  });

  it("all of this without a complaint in the console", () => {
    expect(opened.complaints).toEqual([]);
  });
});
