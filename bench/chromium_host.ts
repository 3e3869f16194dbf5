import type { Headless } from "../src/headless/index.ts";
import type { Host, OpenHost } from "./host.ts";

/** Runs each contender in a page of its own, all in one browser. */
export function pagesOf(run: Headless): OpenHost {
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
