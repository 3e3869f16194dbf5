import type { ABORT, EMIT, IMPORT, PageContext, PageOutcome } from "./page_protocol.ts";

/**
 * Runs inside the page, serialised by Playwright, so it may use nothing from around it but its argument: imports the
 * page's module, calls its function, and turns an exception into data.
 */
export async function hostInPage(call: {
  module: string;
  function: string;
  argument: unknown;
  emit: typeof EMIT;
  abort: typeof ABORT;
  import: typeof IMPORT;
}): Promise<PageOutcome<unknown>> {
  const scope = globalThis as unknown as Record<string, (value?: unknown) => Promise<unknown>>;
  let emitted: Promise<unknown> = Promise.resolve();
  const controller = new AbortController();
  scope[call.abort] = async () => controller.abort();
  const url = (name: string) => new URL(name.split("/").map(encodeURIComponent).join("/"), document.baseURI);
  const context: PageContext<unknown> = {
    url,
    emit: (event) => {
      emitted = scope[call.emit](event);
    },
    signal: controller.signal,
    upload: async (name, bytes) => {
      const response = await fetch(url(name), {
        method: "PUT",
        body: bytes as Uint8Array<ArrayBuffer>,
      });
      if (!response.ok)
        throw new Error(`Sending ${name} (${bytes.length} bytes) back failed: ${response.status}.`);
    },
  };
  try {
    const module = (await scope[call.import](new URL(call.module, document.baseURI).href)) as Record<
      string,
      (argument: unknown, context: PageContext<unknown>) => Promise<unknown>
    >;
    const value = await module[call.function](call.argument, context);
    await emitted; // events arrive before the result
    return { ok: true, value };
  } catch (error) {
    const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
    return { ok: false, failure: { name, message, stack: stack ?? "" } };
  }
}
