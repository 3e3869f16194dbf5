/** Edits (insert, delete, replace, swap of neighbours) that turn `a` into `b`: optimal string alignment distance. */
function editDistance(a: string, b: string): number {
  const width = b.length + 1;
  const d = new Uint16Array((a.length + 1) * width);
  for (let i = 0; i <= a.length; i++) d[i * width] = i;
  for (let j = 0; j <= b.length; j++) d[j] = j;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = d[(i - 1) * width + j - 1] + (same ? 0 : 1);
      best = Math.min(best, d[(i - 1) * width + j] + 1, d[i * width + j - 1] + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, d[(i - 2) * width + j - 2] + 1);
      }
      d[i * width + j] = best;
    }
  }
  return d[a.length * width + b.length];
}

/** Up to three of `names` that a person who typed `name` may have meant, nearest first; case is ignored. */
export function nearestNames(name: string, names: readonly string[]): string[] {
  const typed = name.toLowerCase();
  return names
    .map((candidate) => {
      const known = candidate.toLowerCase();
      const contains = typed.length >= 3 && known.includes(typed);
      return { candidate, distance: contains ? 1 : editDistance(typed, known) };
    })
    .filter(({ distance }) => distance <= Math.max(1, Math.floor(typed.length / 3)))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ candidate }) => candidate);
}

/** `"a", "b", "c"`; cut after `limit` names, with the number left out. */
export function listNames(names: readonly string[], limit = 20): string {
  const shown = names.slice(0, limit).map((name) => `"${name}"`);
  return shown.join(", ") + (names.length > limit ? ` and ${names.length - limit} more` : "");
}

/** The second sentence of an "unknown column" error: the near names if there are any, else all of them. */
export function suggestNames(name: string, names: readonly string[]): string {
  const near = nearestNames(name, names);
  if (near.length > 0) return `Did you mean ${near.map((candidate) => `"${candidate}"`).join(" or ")}?`;
  return names.length > 0 ? `The columns are ${listNames(names)}.` : "The table has no columns.";
}
