/**
 * Stands in for the package hysnappy, which is WebAssembly that the page's Content-Security-Policy does not let run:
 * hyparquet unpacks Snappy in plain JavaScript.
 */
import { snappyUncompress as uncompress } from "hyparquet";

export function snappyUncompressor(): (input: Uint8Array, outputLength: number) => Uint8Array {
  return snappyUncompress;
}

export function snappyUncompress(input: Uint8Array, outputLength: number): Uint8Array {
  const output = new Uint8Array(outputLength);
  uncompress(input, output);
  return output;
}
