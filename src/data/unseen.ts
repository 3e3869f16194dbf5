import type { VocabValue } from "./preprocessing_state.ts";

/** Examples kept per column. */
const EXAMPLES = 3;

/** The categories of one column that are not in its vocabulary: the model takes them for missing ones. */
export interface UnseenCategories {
  readonly column: string;
  /** Rows with such a category. */
  readonly count: number;
  /** Rows with any category: those that are not missing. */
  readonly present: number;
  /** The first distinct ones, at most three. */
  readonly examples: readonly VocabValue[];
}

/** Counts the categories of a column that its vocabulary lacks. */
export class UnseenCounter {
  readonly #column: string;
  readonly #examples: VocabValue[] = [];
  #count = 0;

  constructor(column: string) {
    this.#column = column;
  }

  add(value: VocabValue): void {
    this.#count++;
    if (this.#examples.length < EXAMPLES && !this.#examples.includes(value)) this.#examples.push(value);
  }

  /** null if there were none. */
  finish(present: number): UnseenCategories | null {
    if (this.#count === 0) return null;
    return { column: this.#column, count: this.#count, present, examples: this.#examples };
  }
}

/** A line per column, as in `town: 50 of 50 values were never seen in training ("Atlantis", "Ys", …)`. */
export function unseenNotes(unseen: readonly UnseenCategories[]): string[] {
  return unseen.map(({ column, count, present, examples }) => {
    const shown = examples.slice(0, EXAMPLES - 1).map((value) => JSON.stringify(value));
    if (examples.length === EXAMPLES) shown.push("…");
    const values =
      present === 1 ? "1 of 1 value was" : `${count} of ${present} values ${count === 1 ? "was" : "were"}`;
    return `${column}: ${values} never seen in training (${shown.join(", ")})`;
  });
}
