/** Types of generate_wasm.mjs, for its tests. */

/** The bytes of a module in WebAssembly's text form; throws with file name and remedy. */
export function assemble(name: string, source: string): Promise<Uint8Array<ArrayBuffer>>;
/** The generated file: path from the repository's root → text. */
export function generatedWasm(): Promise<Map<string, string>>;
