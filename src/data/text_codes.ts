/** What {@link TextCodes.get} answers for a text it does not hold; no code is that small. */
export const NO_CODE = -2;

/** ASCII texts up to this length are their own key: seven bits a character, four characters a word. */
export const SHORT = 8;

/** Words of a slot: both halves of the key, the code, and one to make it a power of two. */
const SLOT = 4;

/**
 * A map from texts to codes for the cells of a column. Most cells are short and new strings that have no hash yet, and
 * hashing and comparing those costs a Map half of the time that reading a file takes: here the characters themselves
 * are the key, and only longer texts go to a Map.
 */
export class TextCodes {
  /** Open addressing: a first word of 0 is an empty slot. */
  #slots = new Int32Array(64 * SLOT);
  #used = 0;
  readonly #long = new Map<string, number>();

  /** The code of a text, or {@link NO_CODE}. */
  get(text: string): number {
    const { length } = text;
    if (length > SHORT) return this.#long.get(text) ?? NO_CODE;
    let low = 1; // a leading 1 tells "" from "\0"
    let high = 1;
    let seen = 0;
    const first = length < 4 ? length : 4;
    for (let i = 0; i < first; i++) {
      const unit = text.charCodeAt(i);
      seen |= unit;
      low = (low << 7) | unit;
    }
    for (let i = 4; i < length; i++) {
      const unit = text.charCodeAt(i);
      seen |= unit;
      high = (high << 7) | unit;
    }
    if (seen > 127) return this.#long.get(text) ?? NO_CODE;
    const slots = this.#slots;
    const at = placeOf(slots, low, high);
    return slots[at] === 0 ? NO_CODE : slots[at + 2];
  }

  /** Adds a text that is not there yet. */
  add(text: string, code: number): void {
    const key = text.length <= SHORT ? keyOf(text) : null;
    if (!key) {
      this.#long.set(text, code);
      return;
    }
    this.#used++;
    if (this.#used * 2 * SLOT > this.#slots.length) this.#grow();
    put(this.#slots, key[0], key[1], code);
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Int32Array(old.length * 4);
    for (let at = 0; at < old.length; at += SLOT) {
      if (old[at] !== 0) put(this.#slots, old[at], old[at + 1], old[at + 2]);
    }
  }
}

/** The words `get` makes of a text, or null if a character is none of ASCII. */
function keyOf(text: string): [number, number] | null {
  const words: [number, number] = [1, 1];
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 127) return null;
    words[i >> 2] = (words[i >> 2] << 7) | unit;
  }
  return words;
}

/** Where a key's slot begins, or the empty slot where it belongs. */
function placeOf(slots: Int32Array, low: number, high: number): number {
  const mask = slots.length - 1;
  const hash = Math.imul(low, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b);
  let at = ((hash ^ (hash >>> 15)) * SLOT) & mask;
  while (slots[at] !== 0 && (slots[at] !== low || slots[at + 1] !== high)) at = (at + SLOT) & mask;
  return at;
}

function put(slots: Int32Array, low: number, high: number, code: number): void {
  const at = placeOf(slots, low, high);
  slots[at] = low;
  slots[at + 1] = high;
  slots[at + 2] = code;
}
