/** One code's rows among those of a batch sorted by code. */
export interface CodeSegment {
  start: number;
  count: number;
}

/** Batch rows sorted by code, rows of the same code in batch order, and where each code that occurs begins. */
export function groupCodes(codes: ArrayLike<number>): {
  grouped: number[];
  segments: Map<number, CodeSegment>;
} {
  const grouped = Array.from(codes, (_, row) => row).sort((a, b) => codes[a] - codes[b] || a - b);
  const segments = new Map<number, CodeSegment>();
  grouped.forEach((row, place) => {
    const segment = segments.get(codes[row]);
    if (segment) segment.count++;
    else segments.set(codes[row], { start: place, count: 1 });
  });
  return { grouped, segments };
}
