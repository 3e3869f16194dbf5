/**
 * What survives a reload, in IndexedDB. Storage may be forbidden, full or broken: that is told once and harms nothing,
 * the page goes on without memory.
 */
import { computed, signal } from "@preact/signals-core";
import { clear, createStore, delMany, getMany, setMany, type UseStore } from "idb-keyval";

/** What is kept, by key. */
export interface KeptValues {
  readonly source: unknown;
  readonly plan: unknown;
  readonly settings: unknown;
  readonly runs: unknown;
  readonly comparing: unknown;
  readonly model: unknown;
}
export type Key = keyof KeptValues;

/** Grows when the shape of what is kept changes; what an older page kept is then not read. */
const DATABASE = "tabgpu-demo-1";

/** What could not be kept, with a sentence about why. */
const failures = signal<ReadonlyMap<string, string>>(new Map());

/** What to tell about storage that does not work; null while it does. */
export const trouble = computed(() => [...failures.value.values()].at(-1) ?? null);

/** Whether this browser keeps anything. */
export const keptSomething = signal(false);

const opened = createStore(DATABASE, "kept");

/** A promise for every refusal: where storage is forbidden, IndexedDB throws at once when it is opened. */
const store: UseStore = async (mode, use) => opened(mode, use);

/** What was kept under these keys; all undefined where storage does not answer within a second and a half. */
export async function read(keys: readonly Key[]): Promise<unknown[]> {
  try {
    const values = await within(1500, getMany([...keys], store));
    keptSomething.value = values.some((value) => value !== undefined);
    return values;
  } catch {
    // Where nothing can be read, nothing was kept; a write will tell.
    return keys.map(() => undefined);
  }
}

/** While everything is being forgotten nothing is kept anew. */
let forgetting = false;

/**
 * Keeps values under their keys, all or none. `what` names them in a message. What cannot be kept is not there at all
 * afterwards: an older one would come back in its place.
 */
export async function keep(values: Partial<KeptValues>, what: string): Promise<void> {
  if (forgetting) return;
  try {
    await setMany(Object.entries(values), store);
    keptSomething.value = true;
    const rest = new Map(failures.value);
    if (rest.delete(what)) failures.value = rest;
  } catch (error) {
    failures.value = new Map(failures.value).set(what, wordsFor(error, what));
    await delMany(Object.keys(values), store).catch(() => {});
  }
}

function wordsFor(error: unknown, what: string): string {
  const why =
    error instanceof DOMException && error.name === "QuotaExceededError"
      ? "This browser's storage is full"
      : "This browser keeps no data for this page (a private window may forbid it)";
  return `${why}, so ${what} will be gone after a reload. All else works.`;
}

/** Takes all that is kept away. */
export async function forgetAll(): Promise<void> {
  forgetting = true;
  await clear(store).catch(() => {});
}

function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
