/**
 * Nothing that was started outlives the process that started it: not after an exception, not after process.exit(), not
 * after Ctrl-C. Only SIGKILL leaves no time for anything.
 */

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** How long, in ms, an orderly close may take after a signal. */
const PATIENCE = 5_000;

const atExit = new Set<() => void>();
const atSignal = new Set<() => Promise<void>>();

/** Calls `end` (synchronous) when the process exits. Returns a function that takes it back. */
export function onExit(end: () => void): () => void {
  if (atExit.size === 0) process.on("exit", endAll);
  atExit.add(end);
  return () => {
    atExit.delete(end);
    if (atExit.size === 0) process.off("exit", endAll);
  };
}

function endAll(): void {
  for (const end of atExit) {
    try {
      end();
    } catch {
      // the process is on its way out: what cannot be ended now never will be
    }
  }
}

/**
 * Calls `close` on Ctrl-C, SIGTERM and SIGHUP, waits for it, and then lets the signal end the process as it would have,
 * unless the program has a listener of its own, which then decides. Returns a function that takes it back.
 */
export function onSignal(close: () => Promise<void>): () => void {
  if (atSignal.size === 0) for (const signal of SIGNALS) process.on(signal, handle);
  atSignal.add(close);
  return () => {
    atSignal.delete(close);
    if (atSignal.size === 0) for (const signal of SIGNALS) process.off(signal, handle);
  };
}

let ending: Promise<void> | undefined;

/**
 * Resolves once a signal that is being handled has been dealt with; at once where there is none. Whoever is about to
 * throw because everything was closed waits for it, so that the process ends by the signal and not by that exception.
 */
export async function afterSignal(): Promise<void> {
  await ending;
}

function handle(signal: NodeJS.Signals): void {
  ending ??= end(signal).finally(() => {
    ending = undefined;
  });
}

async function end(signal: NodeJS.Signals): Promise<void> {
  const patience = new Promise<void>((resolve) => setTimeout(resolve, PATIENCE).unref());
  await Promise.race([Promise.allSettled([...atSignal].map((close) => close())), patience]);
  for (const name of SIGNALS) process.off(name, handle);
  if (process.listenerCount(signal) > 0) return;
  endAll(); // what did not close in time: a process that a signal ends has no exit event
  process.kill(process.pid, signal);
}
