/** The worker, as the page sees it. */
import { type Remote, wrap } from "comlink";
import type { Studio } from "./worker/studio.worker.ts";

const worker = new Worker(new URL("./worker/studio.worker.ts", import.meta.url), { type: "module" });

/** Calls run in the worker; functions handed over (progress) must be wrapped by Comlink's `proxy`. */
export const studio: Remote<Studio> = wrap<Studio>(worker);

/** The worker's script could not be loaded or ended. */
export function onWorkerFailure(tell: (message: string) => void): void {
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    tell(event.message || "The part of this page that computes could not be loaded. Reload the page.");
  });
}
