import {
  type Codec,
  EMIT,
  HOST,
  type PageContext,
  type PageOutcome,
  type PageRequest,
  type ShaderFault,
  sendableCodec,
} from "./page_protocol.ts";

/** What the host puts into the page's global scope. */
export interface PageHost {
  /** Whether a call is under way. A page that was reloaded has a host too, but an idle one. */
  readonly isBusy: boolean;
  /** Calls a module's function; PageRequest and PageOutcome as the codec's text. */
  call(request: string): Promise<string>;
  abort(): void;
}

/** The page that every call opens: empty but for the host. `import` is written here because bundlers rewrite it. */
export function hostPage(): string {
  const names = JSON.stringify({ host: HOST, emit: EMIT });
  return `<!doctype html><html lang="en"><meta charset="utf-8"><link rel="icon" href="data:,"><title>tabgpu/headless</title>
<script>(${installHost})(${names}, (${sendableCodec})(), (url) => import(url));</script></html>`;
}

/**
 * Runs inside the page, serialised, so it may use nothing from around it but its arguments: imports the module, calls its
 * function, turns an exception into data, and notes what WebGPU complains of.
 */
function installHost(
  names: { host: string; emit: string },
  codec: Codec,
  load: (url: string) => Promise<unknown>,
): void {
  const scope = globalThis as unknown as Record<string, unknown>;
  const controller = new AbortController();
  const shaders: ShaderFault[] = [];
  const uncaptured: string[] = [];
  const checks: Promise<unknown>[] = [];
  watchWebGpu();

  const url = (name: string) => new URL(name.split("/").map(encodeURIComponent).join("/"), document.baseURI);
  const host = { call, abort: () => controller.abort(), isBusy: false };
  scope[names.host] = host;

  async function call(request: string): Promise<string> {
    const { module: name, function: member, argument } = codec.decode(request) as PageRequest;
    host.isBusy = true;
    let emitted: Promise<unknown> = Promise.resolve();
    const context: PageContext<unknown> = {
      url,
      emit: (event) => {
        emitted = (scope[names.emit] as (text: string) => Promise<unknown>)(codec.encode(event));
      },
      signal: controller.signal,
      upload: async (file, bytes) => {
        const response = await fetch(url(file), { method: "PUT", body: bytes as Uint8Array<ArrayBuffer> });
        if (!response.ok)
          throw new Error(`Sending ${file} (${bytes.length} bytes) back failed: ${response.status}.`);
      },
    };
    let outcome: { ok: true; value: unknown } | { ok: false; failure: object };
    try {
      const module = (await load(url(name).href)) as Record<string, unknown>;
      const run = module[member];
      if (typeof run !== "function") {
        const exported = Object.keys(module).join(", ") || "nothing";
        throw new TypeError(
          `${name.replace("../", "")} exports no function "${member}"; it exports ${exported}.`,
        );
      }
      const value: unknown = await run(argument, context);
      codec.encode(value); // a result that cannot be sent is the function's fault
      outcome = { ok: true, value };
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      const { message } = error;
      outcome = { ok: false, failure: { name: error.name, message, stack: error.stack ?? "" } };
    }
    await emitted.catch(() => {}); // events arrive before the result; a lost page is noticed elsewhere
    await Promise.all(checks);
    await new Promise((resolve) => setTimeout(resolve)); // uncaptured errors arrive as events
    const result: PageOutcome = { ...outcome, faults: { shaders, uncaptured } } as PageOutcome;
    return codec.encode(result);
  }

  /** Wraps the two calls through which every shader and every device comes. */
  function watchWebGpu(): void {
    if (!("GPUDevice" in globalThis)) return;
    const { createShaderModule } = GPUDevice.prototype;
    GPUDevice.prototype.createShaderModule = function (descriptor) {
      const module = createShaderModule.call(this, descriptor);
      const check = module.getCompilationInfo().then((info) => {
        const messages = info.messages
          .filter(({ type }) => type === "error")
          .map(({ message, lineNum, linePos }) => ({ message, lineNum, linePos }));
        if (messages.length > 0)
          shaders.push({ label: descriptor.label ?? "", code: descriptor.code, messages });
      });
      checks.push(check.catch(() => {})); // the device is gone, which the caller hears of otherwise
      return module;
    };
    const { requestDevice } = GPUAdapter.prototype;
    GPUAdapter.prototype.requestDevice = async function (descriptor) {
      const device = await requestDevice.call(this, descriptor);
      device.addEventListener("uncapturederror", (event) => {
        // Listeners that come after this one may yet say that they have dealt with it.
        setTimeout(() => {
          if (!event.defaultPrevented) uncaptured.push(event.error.message);
        });
      });
      return device;
    };
  }
}
