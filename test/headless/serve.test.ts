import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Server, serve } from "../../src/headless/serve.ts";

describe("serve", () => {
  const folder = mkdtempSync(join(tmpdir(), "tabgpu-"));
  let server: Server;

  beforeAll(async () => {
    const path = join(folder, "sales.csv");
    writeFileSync(path, "store,sales\nA,1\n");
    server = await serve(
      new Map([
        ["", { body: "<!doctype html>", type: "text/html" }],
        ["data 1", { path }],
        ["gone", { path: join(folder, "gone.csv") }],
      ]),
    );
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
});
