/** Something that is not there yet, on its way, there, or could not be had. What was there before stays in `value`. */
export type Loadable<T> =
  | { readonly state: "empty" }
  | { readonly state: "loading"; readonly note: string; readonly fraction?: number; readonly value?: T }
  | { readonly state: "ready"; readonly value: T }
  | { readonly state: "failed"; readonly message: string; readonly value?: T };

export const EMPTY = { state: "empty" } as const;

export function ready<T>(value: T): Loadable<T> {
  return { state: "ready", value };
}

/** The value, also an older one while another loads or after another failed. */
export function latest<T>(loadable: Loadable<T>): T | undefined {
  return loadable.state === "empty" ? undefined : loadable.value;
}

/** What to tell of an error, in words: the library's messages say what, where and how to fix. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
