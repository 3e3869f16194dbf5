/** Whole numbers in a range this wide are ticked off in an array, which is quicker than hashing them. */
const TICKED = 1 << 22;

/**
 * How many different numbers there are; NaN is none.
 *
 * @param min @param max the range of the numbers that are there
 */
export function countDistinct(values: Float64Array, integer: boolean, min: number, max: number): number {
  if (!(max >= min)) return 0;
  return integer && max - min < TICKED ? countTicked(values, min, max) : countHashed(values);
}

function countTicked(values: Float64Array, min: number, max: number): number {
  const seen = new Uint8Array(max - min + 1);
  let count = 0;
  for (let row = 0; row < values.length; row++) {
    const value = values[row];
    if (Number.isNaN(value) || seen[value - min] === 1) continue;
    seen[value - min] = 1;
    count++;
  }
  return count;
}

/** An open-addressing set of doubles: a Set of a million takes ten times as long. */
function countHashed(values: Float64Array): number {
  let slots = new Float64Array(1 << 10).fill(Number.NaN);
  let count = 0;
  for (let row = 0; row < values.length; row++) {
    const value = values[row];
    if (Number.isNaN(value) || !insert(slots, value)) continue;
    count++;
    if (2 * count > slots.length) {
      const grown = new Float64Array(4 * slots.length).fill(Number.NaN);
      for (const kept of slots) if (!Number.isNaN(kept)) insert(grown, kept);
      slots = grown;
    }
  }
  return count;
}

const number = new Float64Array(1);
const halves = new Uint32Array(number.buffer);

/** Whether the value was not there yet. */
function insert(slots: Float64Array, value: number): boolean {
  number[0] = value + 0; // −0 is 0
  const mask = slots.length - 1;
  let hash = Math.imul(halves[0], 0x85ebca6b) ^ Math.imul(halves[1], 0xc2b2ae35);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  let at = (hash ^ (hash >>> 13)) & mask;
  while (!Number.isNaN(slots[at])) {
    if (slots[at] === value) return false;
    at = (at + 1) & mask;
  }
  slots[at] = value;
  return true;
}
