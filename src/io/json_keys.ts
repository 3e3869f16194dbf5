/** A key that occurs twice in one object of a JSON text, with the keys that lead to that object. */
export interface DuplicateKey {
  readonly path: readonly string[];
  readonly key: string;
}

/**
 * The first key that one object of `json` has twice, or null. JSON.parse silently keeps the last of two equal keys;
 * in a file's header that would hide a tensor.
 *
 * @param json a text that JSON.parse accepts: only then are brackets balanced and strings closed, which lets this
 *   scan be a single loop without recursion (a hostile text may be nested a million deep).
 */
export function findDuplicateKey(json: string): DuplicateKey | null {
  // One entry per open bracket; an array holds its place with an empty set.
  const open: { keys: Set<string>; lastKey: string }[] = [];
  for (let at = 0; at < json.length; at++) {
    const character = json[at];
    if (character === "{" || character === "[") {
      open.push({ keys: new Set(), lastKey: "" });
    } else if (character === "}" || character === "]") {
      open.pop();
    } else if (character === '"') {
      const start = at;
      at = closingQuote(json, at);
      if (json[afterSpace(json, at + 1)] !== ":") continue; // a value, not a key
      const key: string = JSON.parse(json.slice(start, at + 1)); // "a" and "\u0061" are the same key
      const object = open[open.length - 1];
      if (object.keys.has(key)) return { path: open.slice(0, -1).map((o) => o.lastKey), key };
      object.keys.add(key);
      object.lastKey = key;
    }
  }
  return null;
}

/** The index of the quote that closes the string whose opening quote is at `open`. */
function closingQuote(json: string, open: number): number {
  let at = open + 1;
  while (json[at] !== '"') at += json[at] === "\\" ? 2 : 1;
  return at;
}

/** The index of the first character from `from` on that is not JSON's white space. */
function afterSpace(json: string, from: number): number {
  let at = from;
  while (" \t\n\r".includes(json[at] ?? "end")) at++;
  return at;
}
