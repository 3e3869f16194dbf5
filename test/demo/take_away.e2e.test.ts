import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serve } from "../../src/headless/serve.ts";
import { loadModel, readCsv, TabularData, tabularLearner } from "../../src/index.ts";
import { type OpenPage, StudioPage, testFile } from "./studio_page.ts";

/** A small model of the penguins, trained on the CPU. */
async function penguinModel(): Promise<Uint8Array> {
  const table = await readCsv(readFileSync(testFile("penguins.csv"), "utf8"));
  const data = TabularData.from(table, {
    target: "species",
    categorical: ["island", "sex"],
    continuous: ["bill_length_mm", "flipper_length_mm"],
    valid: { fraction: 0.2, seed: 1 },
  });
  const learner = await tabularLearner(data, { layers: [8], backend: "cpu", bs: 32, seed: 1 });
  await learner.fitOneCycle(5, 0.05);
  return learner.save();
}

describe("taking a model away", () => {
  let studio: StudioPage;
  let folder: string;
  let open: OpenPage;
  let bytes: Uint8Array;
  const file = () => join(folder, "penguins.safetensors");
  const text = (selector: string) => open.page.locator(selector).innerText();

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "tabgpu-take-away-"));
    [studio, bytes] = await Promise.all([StudioPage.start(), penguinModel()]);
    writeFileSync(file(), bytes);
    open = await studio.open({ permissions: ["clipboard-read", "clipboard-write"] });
  }, 180_000);

  afterAll(async () => {
    await studio?.close();
    if (folder) rmSync(folder, { recursive: true });
  });

  it("says what to do while there is no model", async () => {
    await open.page.getByText("Train a model above, and its file is here.").waitFor(); // panels come one by one
  });

  it("tells what is wrong with a file at the place where it was opened", async () => {
    writeFileSync(join(folder, "table.safetensors"), readFileSync(testFile("penguins.csv")));
    await open.page.setInputFiles("#take-away-open", join(folder, "table.safetensors"));
    await open.page.waitForSelector("#take-away-open-error");
    expect(await text("#take-away-open-error")).toMatch(/^table\.safetensors: .*safetensors/);
    writeFileSync(join(folder, "cut.safetensors"), bytes.subarray(0, 1000));
    await open.page.setInputFiles("#take-away-open", join(folder, "cut.safetensors"));
    await open.page.waitForFunction(() =>
      document.querySelector("#take-away-open-error")?.textContent?.includes("cut.safetensors"),
    );
  });

  it("opens a model's file and tells what it is", async () => {
    await open.page.setInputFiles("#take-away-open", file());
    await open.page.waitForSelector("#take-away-lines");
    expect(await text("#take-away-opened")).toBe("penguins.safetensors is the current model now.");
    expect(await open.page.locator("#take-away-open-error").count()).toBe(0);
    expect(await text("#take-away-name")).toBe("penguins");
    expect(await text("#take-away")).toContain("species");
    const row = JSON.parse(await text("#take-away-json"));
    expect(Object.keys(row)).toEqual(["island", "sex", "bill_length_mm", "flipper_length_mm"]);
    const model = await loadModel(bytes);
    const [{ prediction }] = await model.predict([row]);
    expect(await text("#take-away-lines")).toContain(`// "${prediction}"`);
  });

  it("keeps the model when the next file is none", async () => {
    await open.page.setInputFiles("#take-away-open", join(folder, "cut.safetensors"));
    await open.page.waitForSelector("#take-away-open-error");
    expect(await text("#take-away-open-error")).toContain("The model before is still in use.");
    expect(await text("#take-away-name")).toBe("penguins");
  });

  it("hands the file out again, the same bytes", async () => {
    const [download] = await Promise.all([
      open.page.waitForEvent("download"),
      open.page.click("#take-away-download"),
    ]);
    expect(download.suggestedFilename()).toBe("penguins.safetensors");
    expect(readFileSync(await download.path()).equals(bytes)).toBe(true);
  });

  it("copies lines that work as they are, in a page without npm", async () => {
    await open.page.check("#take-away-module");
    await open.page.click("#take-away-copy");
    await open.page.getByText("Copied", { exact: true }).waitFor();
    const lines = await open.page.evaluate(() => navigator.clipboard.readText());
    const { outputFiles } = await build({
      entryPoints: [fileURLToPath(new URL("../../src/index.ts", import.meta.url))],
      bundle: true,
      minify: true,
      format: "esm",
      write: false,
    });
    const server = await serve({
      files: new Map([
        ["index.html", { body: `<!doctype html>${lines}`, type: "text/html" }],
        ["tabgpu.js", { body: outputFiles[0].contents, type: "text/javascript" }],
        ["penguins.safetensors", { path: file() }],
      ]),
    });
    try {
      const page = await open.context.newPage();
      const said = page.waitForEvent("console", (message) => message.type() === "log");
      await page.goto(`${server.url}index.html`);
      const prediction = (await said).text();
      expect(lines).toContain(`console.log(result.prediction); // "${prediction}"`);
      expect(["Adelie", "Chinstrap", "Gentoo"]).toContain(prediction);
      await page.close();
    } finally {
      await server.close();
    }
  });

  it("has the model again after a reload, and not after starting over", async () => {
    await open.page.reload();
    await open.page.waitForSelector("#take-away-lines");
    expect(await text("#take-away-name")).toBe("penguins");
    await open.page.click("#start-over");
    await Promise.all([open.page.waitForEvent("load"), open.page.click("#start-over-yes")]);
    await open.page.waitForSelector("#start-over:disabled");
    expect(await open.page.locator("#take-away-name").count()).toBe(0);
  });

  it("complains of nothing", () => {
    expect(open.complaints).toEqual([]);
  });
});
