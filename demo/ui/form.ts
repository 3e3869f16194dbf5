import { computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals-core";

/** What a form's texts mean, or what is wrong with them, field by field. */
export type Parsed<S, N extends string> =
  | { readonly settings: S }
  | { readonly errors: Partial<Record<N, string>> };

/**
 * The texts of a form whose settings are a signal. What is typed stays as it was typed until all of it is right; then it
 * becomes the settings. Settings that change elsewhere show in the fields.
 */
export class Form<S, N extends string> {
  readonly #settings: Signal<S>;
  readonly #parse: (texts: Readonly<Record<N, string>>) => Parsed<S, N>;
  readonly #drafts = signal<Partial<Record<N, string>>>({});
  readonly #strict = signal(false);
  readonly #texts: ReadonlySignal<Readonly<Record<N, string>>>;
  readonly #parsed: ReadonlySignal<Parsed<S, N>>;

  /** @param textsOf the settings, as the fields show them */
  constructor(
    settings: Signal<S>,
    textsOf: (settings: S) => Readonly<Record<N, string>>,
    parse: (texts: Readonly<Record<N, string>>) => Parsed<S, N>,
  ) {
    this.#settings = settings;
    this.#parse = parse;
    const usual = computed(() => textsOf(settings.value));
    this.#texts = computed(() => ({ ...usual.value, ...this.#drafts.value }));
    this.#parsed = computed(() => this.#parse(this.#texts.value));
    let before = usual.peek();
    effect(() => {
      const now = usual.value;
      const changed = (Object.keys(now) as N[]).filter((name) => now[name] !== before[name]);
      before = now;
      const drafts = { ...this.#drafts.peek() };
      for (const name of changed) delete drafts[name];
      if (changed.length > 0) this.#drafts.value = drafts;
    });
  }

  text(name: N): string {
    return this.#texts.value[name];
  }

  /** What is wrong with a field, once the form was asked to say so. */
  error(name: N): string | undefined {
    const parsed = this.#parsed.value;
    return this.#strict.value && "errors" in parsed ? parsed.errors[name] : undefined;
  }

  /** The first field that is told to be wrong, and what is wrong with it. */
  firstError(): { readonly name: N; readonly error: string } | null {
    for (const name of Object.keys(this.#texts.value) as N[]) {
      const error = this.error(name);
      if (error !== undefined) return { name, error };
    }
    return null;
  }

  /** A field was typed into. Mistakes that are shown go while they are mended. */
  input(name: N, text: string): void {
    this.#drafts.value = { ...this.#drafts.value, [name]: text };
  }

  /** Takes what was typed as the settings if all of it is right. */
  take(): boolean {
    const parsed = this.#parsed.peek();
    if ("errors" in parsed) return false;
    this.#strict.value = false;
    const same = JSON.stringify(parsed.settings) === JSON.stringify(this.#settings.peek());
    if (!same) this.#settings.value = parsed.settings;
    this.#drafts.value = {};
    return true;
  }

  /** As `take`; what is wrong is shown from now on. */
  insist(): boolean {
    if (this.take()) return true;
    this.#strict.value = true;
    return false;
  }
}
