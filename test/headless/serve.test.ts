import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { OptionError } from "../../src/errors.ts";
import { type ServedFile, type Server, serve } from "../../src/headless/serve.ts";

describe("serve", () => {
  const folder = mkdtempSync(join(tmpdir(), "tabgpu-"));
  let server: Server;

  beforeAll(async () => {
    const path = join(folder, "sales.csv");
    writeFileSync(path, "store,sales\nA,1\n");
    mkdirSync(join(folder, "site", "inner"), { recursive: true });
    writeFileSync(join(folder, "site", "inner", "index.html"), "<p>inner</p>");
    writeFileSync(join(folder, "site", "add.wgsl"), "fn add() {}");
    const files = new Map([
      ["", { body: "<!doctype html>", type: "text/html" }],
      ["data 1", { path }],
      ["gone", { path: join(folder, "gone.csv") }],
    ] as [string, ServedFile][]);
    server = await serve({ files, folder: join(folder, "site"), overlay: /^over\d\// });
  });

  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });

  it("serves what it was given, with type and length", async () => {
    expect(await (await fetch(server.url)).text()).toBe("<!doctype html>");
    const response = await fetch(`${server.url}data%201`);
    expect(response.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    expect(response.headers.get("content-length")).toBe("16");
    expect(await response.text()).toBe("store,sales\nA,1\n");
  });

  it("serves nothing else: no other name, nothing outside the token, no path tricks", async () => {
    const { origin } = new URL(server.url);
    for (const url of [
      `${server.url}other`,
      origin,
      `${origin}/data%201`,
      `${server.url}%2e%2e%2f${"etc"}`,
      `${server.url}%2e%2e%2fsales.csv`,
      `${server.url}inner%2f..%2f..%2fsales.csv`,
      `${server.url}%zz`,
    ]) {
      expect((await fetch(url)).status, url).toBe(404);
    }
  });

  it("reports a file that has vanished", async () => {
    const response = await fetch(`${server.url}gone`);
    expect(response.status).toBe(500);
    expect(await response.text()).toContain("gone.csv");
  });

  it("keeps what the page sends", async () => {
    const body = new Uint8Array([1, 2, 3]);
    expect((await fetch(`${server.url}model`, { method: "PUT", body })).status).toBe(204);
    expect(server.uploads.get("model")).toEqual(body);
    const { origin } = new URL(server.url);
    expect((await fetch(`${origin}/model`, { method: "PUT", body })).status).toBe(404);
    expect(server.uploads.size).toBe(1);
  });

  it("serves a folder, its pages by their folder's name, and knows the WGSL it has served", async () => {
    expect(await (await fetch(`${server.url}inner/`)).text()).toBe("<p>inner</p>");
    for (const name of ["over1/add.wgsl", "add.wgsl"]) {
      const response = await fetch(server.url + name);
      expect(response.headers.get("content-type")).toBe("text/wgsl; charset=utf-8");
      expect(await response.text()).toBe("fn add() {}");
      expect([...server.shaders]).toEqual([["add.wgsl", "fn add() {}"]]); // as the folder knows it
    }
    expect((await fetch(`${server.url}outer1/add.wgsl`)).status).toBe(404);
  });

  it("isolates its pages from other origins when asked", async () => {
    expect((await fetch(server.url)).headers.get("cross-origin-opener-policy")).toBeNull();
    const isolated = await serve({ folder, crossOriginIsolated: true });
    const { headers } = await fetch(`${isolated.url}sales.csv`);
    await isolated.close();
    expect(headers.get("cross-origin-opener-policy")).toBe("same-origin");
    expect(headers.get("cross-origin-embedder-policy")).toBe("require-corp");
  });

  it("says so when its port is taken, or its folder is not there", async () => {
    const port = Number(new URL(server.url).port);
    await expect(serve({ port })).rejects.toThrow(
      new OptionError(`Port ${port} is in use. Choose another, or leave port out: any free one is taken.`),
    );
    const nowhere = join(folder, "nowhere");
    await expect(serve({ folder: nowhere })).rejects.toThrow(
      new OptionError(`folder is "${nowhere}", but there is no such folder.`),
    );
  });
});
