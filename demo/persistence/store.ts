/**
 * What survives a reload, in IndexedDB. Storage may be forbidden, full or broken: that is told once and harms nothing,
 * the page goes on without memory.
 */
import { signal } from "@preact/signals-core";
import { clear, createStore, delMany, getMany, setMany, type UseStore } from "idb-keyval";

/** What is kept, by key. */
export interface KeptValues {
  readonly source: unknown;
  readonly plan: unknown;
  readonly settings: unknown;
  readonly runs: unknown;
  readonly model: unknown;
}
export type Key = keyof KeptValues;

/** Grows when the shape of what is kept changes; what an older page kept is then not read. */
const DATABASE = "tabgpu-demo-1";

/** What to tell about storage that does not work; null while it does. */
export const trouble = signal<string | null>(null);

/** Whether this browser keeps anything. */
export const keptSomething = signal(false);

let opened: UseStore | undefined;
const store = () => {
  opened ??= createStore(DATABASE, "kept");
  return opened;
};

/** What was kept under these keys; all undefined where storage does not answer within a second and a half. */
export async function read(keys: readonly Key[]): Promise<unknown[]> {
  try {
    const values = await within(1500, getMany([...keys], store()));
    keptSomething.value = values.some((value) => value !== undefined);
    return values;
  } catch {
    // Where nothing can be read, nothing was kept; a write will tell.
    return keys.map(() => undefined);
  }
}

/** While everything is being forgotten nothing is kept anew. */
let forgetting = false;

/** Keeps values under their keys, all or none; undefined takes a key away. `what` names them in a message. */
export async function keep(values: Partial<KeptValues>, what: string): Promise<void> {
  if (forgetting) return;
  try {
    const entries = Object.entries(values);
    const gone = entries.filter(([, value]) => value === undefined).map(([key]) => key);
    const there = entries.filter(([, value]) => value !== undefined);
    if (gone.length > 0) await delMany(gone, store());
    if (there.length > 0) {
      await setMany(there, store());
      keptSomething.value = true;
    }
    trouble.value = null;
  } catch (error) {
    const full = error instanceof DOMException && error.name === "QuotaExceededError";
    trouble.value = full
      ? `This browser's storage is full, so ${what} will be gone after a reload. All else works.`
      : `This browser keeps no data for this page (a private window may forbid it), so ${what} will be gone after a reload. All else works.`;
  }
}

/** Takes all that is kept away. */
export async function forgetAll(): Promise<void> {
  forgetting = true;
  await clear(store()).catch(() => {});
}

function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
