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
  /** Fields whose mistakes are told: those that were wrong when the form was last asked, until they are right. */
  readonly #told = signal<ReadonlySet<N>>(new Set());
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
    return this.#told.value.has(name) && "errors" in parsed ? parsed.errors[name] : undefined;
  }

  /** The first field that is told to be wrong, and what is wrong with it. */
  firstError(): { readonly name: N; readonly error: string } | null {
    for (const name of Object.keys(this.#texts.value) as N[]) {
      const error = this.error(name);
      if (error !== undefined) return { name, error };
    }
    return null;
  }

  /** A field was typed into. Mistakes that are shown go while they are mended; new ones wait for the field to be left. */
  input(name: N, text: string): void {
    const told = this.#wrong().filter((wrong) => this.#told.peek().has(wrong));
    this.#drafts.value = { ...this.#drafts.value, [name]: text };
    const still = this.#wrong();
    this.#told.value = new Set(told.filter((wrong) => still.includes(wrong)));
  }

  /** Takes what was typed as the settings if all of it is right. */
  take(): boolean {
    const parsed = this.#parsed.peek();
    if ("errors" in parsed) return false;
    this.#told.value = new Set();
    const same = JSON.stringify(parsed.settings) === JSON.stringify(this.#settings.peek());
    if (!same) this.#settings.value = parsed.settings;
    this.#drafts.value = {};
    return true;
  }

  /** As `take`; what is wrong is told. For a field that was left, and before the settings are used. */
  insist(): boolean {
    if (this.take()) return true;
    this.#told.value = new Set(this.#wrong());
    return false;
  }

  #wrong(): N[] {
    const parsed = this.#parsed.peek();
    return "errors" in parsed ? (Object.keys(parsed.errors) as N[]) : [];
  }
}
