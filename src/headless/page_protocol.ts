/** What a page's function and the Node side that calls it agree on. Imported by both: types, plain data, the codec. */

/** What can be sent between page and Node: JSON, numbers that JSON has no word for (NaN, ±Infinity), typed arrays. */
export type Sendable =
  | null
  | undefined
  | boolean
  | number
  | string
  | TypedArray
  | readonly Sendable[]
  | { readonly [key: string]: Sendable };

export type TypedArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;

/** Handed to the page's function beside its argument. */
export interface PageContext<Event = never> {
  /** Where WebGPU comes from, where that is not `navigator.gpu`. */
  readonly gpu?: GPU;
  /** Address of a file that was handed to the call by that name, or of one in the folder served. */
  url(name: string): URL;
  /** Streams an event to Node's `onEvent`. */
  emit(event: Event): void;
  /** Aborts when the caller does. */
  readonly signal: AbortSignal;
  /** Sends bytes to Node; they arrive in the result's `files` under that name. For more than a few megabytes. */
  upload(name: string, bytes: Uint8Array): Promise<void>;
}

/** A function that can be called in a page: exported by the page's module, Sendable in and out. */
// biome-ignore lint/suspicious/noExplicitAny: any function of this form, its types are inferred from it
export type PageFunction = (argument: any, context: PageContext<any>) => unknown;

/** The first argument of a page's function. */
export type ArgumentOf<F extends PageFunction> =
  Parameters<F> extends [infer Argument, ...unknown[]] ? Argument : undefined;

/** What a page's function emits. */
export type EventOf<F extends PageFunction> =
  Parameters<F> extends [unknown, PageContext<infer Event>] ? Event : never;

export type ValueOf<F extends PageFunction> = Awaited<ReturnType<F>>;

/** An exception of the page as plain data: structured cloning would lose its class. */
export interface PageFailure {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
}

/** What WebGPU complained of during a call. */
export interface WebGpuFaults {
  readonly shaders: readonly ShaderFault[];
  /** Errors that no error scope and no listener took. */
  readonly uncaptured: readonly string[];
}

/** A shader module that did not compile. */
export interface ShaderFault {
  readonly label: string;
  readonly code: string;
  readonly messages: readonly {
    readonly message: string;
    readonly lineNum: number;
    readonly linePos: number;
  }[];
}

export type PageOutcome = { readonly faults: WebGpuFaults } & (
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly failure: PageFailure }
);

/** A call as the page gets it. */
export interface PageRequest {
  readonly module: string;
  readonly function: string;
  readonly argument: unknown;
}

/** Names in the page's global scope: the host itself, and where it sends events to. */
export const HOST = "__tabgpu";
export const EMIT = "__tabgpuEmit";

export interface Codec {
  encode(value: unknown): string;
  decode(text: string): unknown;
}

/** JSON that keeps typed arrays (as base64) and numbers JSON cannot hold. Self-contained: it is sent to the page too. */
export function sendableCodec(): Codec {
  const CHUNK = 0x8000; // arguments that a call can take
  const toBase64 = (bytes: Uint8Array) => {
    let text = "";
    for (let i = 0; i < bytes.length; i += CHUNK)
      text += String.fromCharCode(...bytes.subarray(i, i + CHUNK));
    return btoa(text);
  };
  const fromBase64 = (text: string) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const scope = globalThis as unknown as Record<string, new (buffer: ArrayBufferLike) => unknown>;
  return {
    // In a list, because undefined alone is no JSON.
    encode: (value) =>
      JSON.stringify([value], (_, item: unknown) => {
        if (typeof item === "number" && !Number.isFinite(item)) return { $number: String(item) };
        if (typeof item === "function")
          throw new TypeError("A function cannot be sent between page and Node.");
        if (item instanceof Map || item instanceof Set)
          throw new TypeError(
            "A Map or Set cannot be sent between page and Node; send a list of its entries.",
          );
        if (!ArrayBuffer.isView(item)) return item;
        const bytes = new Uint8Array(item.buffer, item.byteOffset, item.byteLength);
        return { $array: item.constructor.name, base64: toBase64(bytes) };
      }),
    decode: (text) => {
      const [value] = JSON.parse(text, (_, item) => {
        if (item === null || typeof item !== "object") return item;
        if (typeof item.$number === "string") return Number(item.$number);
        if (typeof item.$array !== "string") return item;
        const bytes = fromBase64(item.base64).buffer;
        // Node's Buffer is a Uint8Array by another name.
        return new scope[item.$array === "Buffer" ? "Uint8Array" : item.$array](bytes);
      }) as [unknown];
      return value === null && text === "[null]" ? undefined : value;
    },
  };
}
