import { fileSize, grouped } from "../ui/format.ts";
import type { LoadProgress } from "./types.ts";

/** "Reading sales.csv: 3.2 MB of 12.0 MB, 240,000 rows" and the share that is done. */
export function progressNote(
  name: string,
  { bytes, totalBytes, rows }: LoadProgress,
): { note: string; fraction?: number } {
  const size = totalBytes === null ? fileSize(bytes) : `${fileSize(bytes)} of ${fileSize(totalBytes)}`;
  const note = `Reading ${name}: ${size}, ${grouped(rows)} rows`;
  return totalBytes ? { note, fraction: Math.min(1, bytes / totalBytes) } : { note };
}
