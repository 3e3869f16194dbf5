/** From the start of a page's navigation to its first prediction, or to the end of its first training step. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { textTable } from "../../src/cli/text_table.ts";
import type { Headless } from "../../src/headless/index.ts";
import { firstLine } from "../cell.ts";
import { ratio as ratioOf, type Spread, spread } from "../stats.ts";
import { short } from "../tables.ts";

interface FirstUseApp {
  readonly name: string;
  /** Whose bytes it loads; "" for nobody's. */
  readonly peer: string;
  readonly group: "prediction" | "training step";
}

const APPS: readonly FirstUseApp[] = [
  { name: "tabgpu_predict", peer: "", group: "prediction" },
  { name: "tabgpu_predict_auto", peer: "", group: "prediction" },
  { name: "jax_predict", peer: "jax-webgpu", group: "prediction" },
  { name: "tfjs_core_predict", peer: "tfjs-webgpu", group: "prediction" },
  { name: "tfjs_predict", peer: "tfjs-webgpu", group: "prediction" },
  { name: "ort_webgpu_predict", peer: "ort-webgpu", group: "prediction" },
  { name: "ort_wasm_predict", peer: "ort-wasm", group: "prediction" },
  { name: "empty_device", peer: "", group: "prediction" },
  { name: "tabgpu_train", peer: "", group: "training step" },
  { name: "jax_train", peer: "jax-webgpu", group: "training step" },
  { name: "tfjs_train", peer: "tfjs-webgpu", group: "training step" },
];

export type FirstUse = FirstUseApp & ({ readonly ms: Spread } | { readonly none: string });

/** The app's answer; its promise is waiting in the page before the app is loaded. */
type Finished = { readonly ms: number; readonly value: number } | { readonly error: string };

/**
 * Opens every app in a fresh page, in turn, round after round; the first round is not counted. An app that has taken
 * `budget` seconds in all is measured no further.
 */
export async function firstUses(
  run: Headless,
  folder: string,
  peers: readonly string[],
  { rounds, budget }: { readonly rounds: number; readonly budget: number },
): Promise<FirstUse[]> {
  const apps = APPS.filter(({ peer }) => peer === "" || peers.includes(peer));
  for (const { name } of apps) writeFileSync(join(folder, `${name}.html`), html(name));
  const times = new Map<string, number[]>(apps.map(({ name }) => [name, []]));
  const failures = new Map<string, string>();
  for (let round = 0; round <= rounds; round++) {
    for (const { name } of apps) {
      const taken = times.get(name)!.reduce((sum, ms) => sum + ms, 0);
      if (failures.has(name) || taken > budget * 1000) continue;
      const finished = await openOnce(run, name, Math.max(60, budget) * 1000);
      if ("error" in finished) failures.set(name, finished.error);
      else if (!Number.isFinite(finished.value)) failures.set(name, `its result is ${finished.value}`);
      else if (round > 0) times.get(name)!.push(finished.ms);
    }
  }
  return apps.map((app) => {
    const failure = failures.get(app.name);
    return failure === undefined
      ? { ...app, ms: spread(times.get(app.name)!) }
      : { ...app, none: `failed: ${failure}` };
  });
}

async function openOnce(run: Headless, name: string, patience: number): Promise<Finished> {
  const page = await run.open(new URL(`${name}.html`, run.url));
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    const late = new Promise<Finished>((resolve) => {
      timer = setTimeout(() => resolve({ error: `nothing within ${patience / 1000} s` }), patience);
    });
    const finished = () => (globalThis as unknown as { finished: Promise<Finished> }).finished;
    return await Promise.race([page.evaluate(finished, null), late]);
  } catch (error) {
    return { error: firstLine(error) };
  } finally {
    clearTimeout(timer);
    await page.close();
  }
}

function html(name: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><link rel="icon" href="data:,"><title>${name}</title>
<script>
  window.finished = new Promise((resolve) => { window.finish = resolve; });
  addEventListener("error", (event) => window.finish({ error: event.message }));
  addEventListener("unhandledrejection", (event) => window.finish({ error: String(event.reason) }));
</script>
<script type="module" src="apps/${name}/${name}.js"></script></html>`;
}

export function firstUseTable(uses: readonly FirstUse[]): string {
  return (["prediction", "training step"] as const)
    .map((group) => {
      const of = uses.filter((use) => use.group === group);
      const first = of[0];
      const rows = of.map((use) => {
        if ("none" in use) return [use.name, use.none, ""];
        const { median, min, max } = use.ms;
        const ratio = "ms" in first ? `×${short(ratioOf(use.ms, first.ms))}` : "";
        return [use.name, `${short(median)} (${short(min)}–${short(max)})`, use === first ? "" : ratio];
      });
      return textTable([`page load to first ${group}`, "ms", ""], rows);
    })
    .join("\n\n");
}
