import type { ContenderSpec } from "../contenders.ts";
import type { Session } from "../page/session.ts";

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

/** Where contenders run: a browser's pages, or Node processes. */
export interface Engine {
  /** Name and version. */
  readonly name: string;
  /** The adapter, in one line. */
  readonly adapter: string;
  /** Where the benchmark's files are served. */
  readonly url: string;
  readonly open: OpenHost;
  /** Calls an exported function of a built module in a page (or process) of its own. */
  call(module: string, name: string, argument: unknown): Promise<unknown>;
  close(): Promise<void>;
}
