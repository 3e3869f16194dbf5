/** Whether another tab of this page trains: what is kept of its run was not cut off. */
import { effect } from "@preact/signals-core";
import { busy } from "../session.ts";

const LOCK = "tabgpu-demo-trains";

/** A page that was reloaded may hold its lock for a moment after the new one is there. */
const PATIENCE = 500;

/** Called once: holds a lock while this tab trains. Without locks (no https) tabs do not know of each other. */
export function tellOtherTabs(): void {
  let release = () => {};
  effect(() => {
    release();
    if (busy.value === null) return;
    const ended = new Promise<void>((resolve) => {
      release = resolve;
    });
    navigator.locks?.request(LOCK, () => ended).catch(() => {}); // forbidden as storage may be
  });
}

export async function trainsElsewhere(): Promise<boolean> {
  try {
    await navigator.locks?.request(LOCK, { signal: AbortSignal.timeout(PATIENCE) }, () => {});
    return false;
  } catch (error) {
    return error instanceof DOMException && error.name === "TimeoutError";
  }
}
