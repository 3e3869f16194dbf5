import type { Browser, Page } from "playwright";

/** A task of the page's main thread. */
export interface Task {
  /** How long it held the thread, waiting for a processor included, in ms. */
  readonly wall: number;
  /** How long it computed, in ms: what is left when nothing else wants the processor. */
  readonly cpu: number;
  /** The parts that took longest, for who has to mend it. */
  readonly parts: string;
}

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args: {
    readonly name?: string;
    readonly data?: { readonly functionName?: string; readonly url?: string };
  };
}

const TASK = "ThreadControllerImpl::RunTask";

/** Runs `act` and gives the main thread's tasks meanwhile that took over 20 ms, the longest computing first. */
export async function tasksDuring(browser: Browser, page: Page, act: () => Promise<void>): Promise<Task[]> {
  await browser.startTracing(page, { categories: ["toplevel", "devtools.timeline"] });
  let trace: Buffer;
  try {
    await act();
  } finally {
    trace = await browser.stopTracing();
  }
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] };
  const thread = (event: TraceEvent) => `${event.pid} ${event.tid}`;
  const main = new Set(
    traceEvents
      .filter(({ ph, name, args }) => ph === "M" && name === "thread_name" && args.name === "CrRendererMain")
      .map(thread),
  );
  const events = traceEvents.filter((event) => event.ph === "X" && main.has(thread(event)));
  const tasks = events.filter(({ name, dur }) => name === TASK && (dur ?? 0) > 20_000);
  if (events.length === 0) throw new Error("The trace has no task of a page's main thread.");
  return tasks
    .map((task) => {
      const within = events.filter(
        (event) =>
          event !== task &&
          thread(event) === thread(task) &&
          event.ts >= task.ts &&
          event.ts + (event.dur ?? 0) <= task.ts + task.dur! &&
          (event.tdur ?? 0) > 3000,
      );
      const parts = within.map(
        ({ name, tdur, args }) => `${name} ${args.data?.functionName ?? ""} ${Math.round(tdur! / 1000)}`,
      );
      return { wall: task.dur! / 1000, cpu: (task.tdur ?? task.dur!) / 1000, parts: parts.join(", ") };
    })
    .sort((a, b) => b.cpu - a.cpu);
}
