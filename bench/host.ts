import type { ContenderSpec } from "./contenders.ts";
import type { Session } from "./page/session.ts";

/** A contender that is up and can be asked; wherever it runs. */
export interface Host {
  call<K extends keyof Session>(
    name: K,
    ...argument: Parameters<Session[K]>
  ): Promise<Awaited<ReturnType<Session[K]>>>;
  close(): Promise<void>;
}

/** Starts a contender. @param count whether its calls of the WebGPU API are counted, which costs time */
export type OpenHost = (spec: ContenderSpec, count?: boolean) => Promise<Host>;
