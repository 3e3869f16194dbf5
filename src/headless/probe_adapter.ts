import { isSoftware } from "../gpu/device.ts";
import { type AdapterChoice, mayHaveGpu } from "./adapter.ts";
import { launchChromium } from "./launch.ts";
import { serve } from "./serve.ts";

/**
 * Turns `auto` into the flags that work on this machine, for tools that start the browser themselves. Starts a
 * browser only where there may be a GPU.
 */
export async function probeAdapter(choice: AdapterChoice): Promise<"hardware" | "software"> {
  if (choice !== "auto") return choice;
  if (!mayHaveGpu()) return "software";
  const server = await serve(
    new Map([["", { body: "<!doctype html><title>TabGPU</title>", type: "text/html" }]]),
  );
  try {
    const { browser, adapter } = await launchChromium({ url: server.url });
    await browser.close();
    return isSoftware(adapter) ? "software" : "hardware";
  } finally {
    await server.close();
  }
}
