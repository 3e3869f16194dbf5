// The page of bench/feeding.mjs, which only starts the worker and passes on what it measures.
import type { PageContext } from "../src/headless/index.ts";

export function measure(
  settings: { target: string | null; rounds: number },
  { emit }: PageContext<unknown>,
): Promise<void> {
  const at = (name: string) => new URL(name, import.meta.url).href;
  const worker = new Worker(at("feeding_worker.js"), { type: "module" });
  return new Promise((resolve, reject) => {
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.onmessage = ({ data }) => (data ? emit(data) : resolve());
    worker.postMessage({ ...settings, text: at("table.csv"), packed: at("table.csv.gz") });
  });
}
