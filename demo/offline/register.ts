/// <reference types="vite/client" />
import { signal } from "@preact/signals-core";

/** Whether the page would open without a network. */
export const offlineReady = signal(false);

/** Once the page is there: fetches its files for the next time. Not while it is developed, where files change. */
export function workOffline(): void {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  const register = () =>
    navigator.serviceWorker
      .register(new URL("sw.js", document.baseURI))
      .then(() => navigator.serviceWorker.ready)
      .then(
        () => {
          offlineReady.value = true;
        },
        // Forbidden, or no room: the page works, with a network.
        () => {},
      );
  if (document.readyState === "complete") void register();
  else addEventListener("load", () => void register(), { once: true });
}
