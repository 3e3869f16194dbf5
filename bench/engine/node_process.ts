/** What a Node process of the benchmark runs: it makes itself look like a page, imports built modules and calls them. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { adapterLine, nodeGpu } from "../../src/headless/index.ts";

export interface NodeCall {
  /** A built module, absent for what this process answers itself. */
  readonly module?: string;
  readonly name: string;
  readonly argument?: unknown;
}

export type NodeAnswer = { readonly value: unknown } | { readonly error: string };

const { adapter: choice, folder } = JSON.parse(process.argv[2]);
const opening = openGpu();

/** Libraries for the browser look for navigator.gpu, WebGPU's constants and classes, and whether this is a worker. */
async function openGpu(): Promise<string> {
  const node = await nodeGpu({ adapter: choice });
  const { globals } = (await import("webgpu" as string)) as { globals: object };
  Object.assign(globalThis, globals);
  const navigator = { gpu: node.gpu, userAgent: "Node", hardwareConcurrency: 1 };
  Object.defineProperty(globalThis, "navigator", { value: navigator, configurable: true });
  Object.assign(globalThis, { WorkerGlobalScope: class {} });
  return adapterLine(node.adapter);
}

async function answer({ module, name, argument }: NodeCall): Promise<unknown> {
  const adapter = await opening;
  if (module === undefined) return adapter;
  const exports = await import(pathToFileURL(join(folder, `${module}.js`)).href);
  return exports[name](argument);
}

process.on("message", (call: NodeCall) => {
  answer(call).then(
    (value) => process.send!({ value } satisfies NodeAnswer),
    (error) => process.send!({ error: String(error?.message ?? error) } satisfies NodeAnswer),
  );
});
