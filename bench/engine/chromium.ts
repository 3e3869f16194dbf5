import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { adapterLine, type Headless, launchHeadless } from "../../src/headless/index.ts";
import type { Engine, Host, OpenHost } from "./host.ts";

const PAGE =
  '<!doctype html><html lang="en"><meta charset="utf-8"><link rel="icon" href="data:,"><title>bench</title></html>';

/** Headless Chromium: each contender has a page of its own, all in one browser. */
export interface ChromiumEngine extends Engine {
  readonly headless: Headless;
}

export async function chromiumEngine(
  adapter: "auto" | "hardware" | "software",
  folder: string,
): Promise<ChromiumEngine> {
  writeFileSync(join(folder, "page.html"), PAGE);
  // Shaders compiled for one page are not to be found compiled by the next: first use is what a visitor has.
  const args = ["--disable-gpu-shader-disk-cache"];
  const headless = await launchHeadless({ adapter, folder, crossOriginIsolated: true, args });
  return {
    name: headless.browser.version,
    adapter: adapterLine(headless.adapter),
    url: headless.url,
    headless,
    open: pagesOf(headless),
    call: async (module, name, argument) => {
      const call = { module: `${module}.js`, function: name, argument, strict: false, timeout: 0 };
      return (await headless.call(call)).value;
    },
    close: () => headless.close(),
  };
}

function pagesOf(run: Headless): OpenHost {
  return async ({ module, backend }, count = false) => {
    const page = await run.open(new URL("page.html", run.url));
    const callExport = (what: { url: string; name: string; argument: unknown }) =>
      import(what.url).then((exports) => exports[what.name](what.argument));
    const { href: url } = new URL(`${module}.js`, run.url);
    const host: Host = {
      call: (name, ...[argument]) => page.evaluate(callExport, { url, name, argument }) as Promise<never>,
      close: () => page.close(),
    };
    try {
      await host.call("start", { backend, base: run.url, count });
      return host;
    } catch (error) {
      await page.close();
      throw error;
    }
  };
}
