/**
 * What a page's function and the Node side that calls it agree on. Imported by both, so it holds types and plain
 * data only.
 */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json | undefined };

/** Handed to the page's function beside its argument. */
export interface PageContext<Event> {
  /** Where WebGPU comes from, where that is not `navigator.gpu`. */
  readonly gpu?: GPU;
  /** Address of a file that was handed to runInPage by that name. */
  url(name: string): URL;
  /** Streams an event (JSON) to Node's `onEvent`. */
  emit(event: Event): void;
  /** Aborts when the caller does. */
  readonly signal: AbortSignal;
  /** Sends bytes to Node; they arrive in the result's `files` under that name. */
  upload(name: string, bytes: Uint8Array): Promise<void>;
}

/** A function that runInPage can call: exported by the page's module, JSON in and out. */
export type PageFunction<Argument = Json, Event = Json, Value = Json> = (
  argument: Argument,
  context: PageContext<Event>,
) => Promise<Value>;

/** An exception of the page as plain data: structured cloning would lose its class. */
export interface PageFailure {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
}

export type PageOutcome<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly failure: PageFailure };

/** Names of what is put into the page's global scope. */
export const EMIT = "__tabgpuEmit";
export const ABORT = "__tabgpuAbort";
export const IMPORT = "__tabgpuImport";
