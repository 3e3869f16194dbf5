import { fork } from "node:child_process";
import { join } from "node:path";
import { serve } from "../../src/headless/serve.ts";
import type { Engine, Host } from "./host.ts";
import type { NodeAnswer, NodeCall } from "./node_process.ts";

/** Node with WebGPU by the package `webgpu` (Dawn): each contender has a process of its own. */
export async function nodeEngine(adapter: "auto" | "hardware" | "software", folder: string): Promise<Engine> {
  const server = await serve({ folder });
  const start = () => nodeProcess(join(folder, "node_process.js"), { adapter, folder });
  try {
    const probe = start();
    const line = (await probe.call({ name: "adapter" })) as string;
    probe.end();
    return {
      name: `Node ${process.version}, Dawn`,
      adapter: line,
      url: server.url,
      open: async ({ module, backend }, count = false) => {
        const child = start();
        const host: Host = {
          call: (name, ...[argument]) => child.call({ module, name, argument }) as Promise<never>,
          close: async () => child.end(),
        };
        try {
          await host.call("start", { backend, base: server.url, count });
          return host;
        } catch (error) {
          child.end();
          throw error;
        }
      },
      call: async (module, name, argument) => {
        const child = start();
        try {
          return await child.call({ module, name, argument });
        } finally {
          child.end();
        }
      },
      close: () => server.close(),
    };
  } catch (error) {
    await server.close();
    throw error;
  }
}

/** A process that answers one call at a time. */
function nodeProcess(script: string, setting: { adapter: string; folder: string }) {
  const child = fork(script, [JSON.stringify(setting)], { serialization: "advanced" });
  let settle: { resolve(value: unknown): void; reject(error: Error): void } | undefined;
  let ended = "";
  child.on("message", (answer: NodeAnswer) => {
    if ("error" in answer) settle?.reject(new Error(answer.error));
    else settle?.resolve(answer.value);
  });
  child.on("close", (code, signal) => {
    ended = `The Node process ended (${signal ?? code}).`;
    settle?.reject(new Error(ended));
  });
  return {
    call: (call: NodeCall) =>
      new Promise<unknown>((resolve, reject) => {
        if (ended) reject(new Error(ended));
        settle = { resolve, reject };
        child.send(call);
      }),
    end: () => void child.kill(),
  };
}
