import { DataError, OptionError } from "../errors.ts";

/** Where CSV text can come from. A string is the text itself, not a path. */
export type CsvSource = File | Blob | URL | Request | ReadableStream<Uint8Array> | string;

/** An opened source: its bytes as they are stored, perhaps compressed. */
export interface OpenedSource {
  /** For messages: a file's name, a URL's last part, or "the CSV". */
  readonly name: string;
  readonly bytes: ReadableStream<Uint8Array>;
  /** Bytes to come, if known. */
  readonly total: number | null;
}

/**
 * Opens a source for streaming.
 *
 * @throws {OptionError} for a string that is a path or URL rather than CSV text, {DataError} if a fetch fails
 */
export async function openSource(source: CsvSource, signal?: AbortSignal): Promise<OpenedSource> {
  if (typeof source === "string") {
    if (source.trim() !== "" && !/[\r\n]/.test(source)) {
      throw new OptionError(
        `readCsv was given the one-line text "${source.slice(0, 80)}". A string is read as CSV text; pass new URL(...) for an address, and a File or Blob for a file (in Node: await openAsBlob(path) from "node:fs").`,
      );
    }
    const blob = new Blob([source]);
    return { name: "the CSV text", bytes: blob.stream(), total: blob.size };
  }
  if (source instanceof Blob) {
    const name = "name" in source && typeof source.name === "string" ? source.name : "the CSV";
    return { name, bytes: source.stream(), total: source.size };
  }
  if (source instanceof ReadableStream) return { name: "the CSV", bytes: source, total: null };
  return fetchSource(source, signal);
}

async function fetchSource(source: URL | Request, signal?: AbortSignal): Promise<OpenedSource> {
  const url = source instanceof URL ? source.href : source.url;
  const name = url.startsWith("data:") ? "the CSV" : (url.split(/[?#]/)[0].split("/").pop() ?? url) || url;
  let response: Response;
  try {
    response = await fetch(source, { signal });
  } catch (cause) {
    signal?.throwIfAborted();
    const hint = url.startsWith("file:")
      ? `A file: URL cannot be fetched; in Node pass await openAsBlob(path) from "node:fs".`
      : "Check the address, the connection, and whether the server allows this page to read it (CORS).";
    throw new DataError(`Could not fetch ${url}. ${hint}`, { cause });
  }
  if (!response.ok || !response.body) {
    throw new DataError(`${url} answered ${response.status} ${response.statusText}. Check the address.`);
  }
  const length = response.headers.get("content-length");
  return { name, bytes: response.body, total: length === null ? null : Number(length) };
}

/** First bytes of files that people mistake for CSV. */
const FOREIGN: readonly { magic: readonly number[]; what: string }[] = [
  { magic: [0x50, 0x4b, 0x03, 0x04], what: "a ZIP archive or an Excel workbook" },
  { magic: [0xd0, 0xcf, 0x11, 0xe0], what: "an old Excel workbook" },
  { magic: [0x50, 0x41, 0x52, 0x31], what: "a Parquet file" },
];

/**
 * The source's text, piece by piece. Gzip is recognised by its first bytes, not by a name; text is UTF-8, or
 * UTF-16 if it begins with that byte order mark, or what `encoding` says.
 *
 * @param onBytes called with the bytes read so far
 * @throws {DataError} for damaged gzip, wrong encoding and files of another kind
 */
export async function* textOf(
  source: OpenedSource,
  encoding: string | undefined,
  onBytes: (bytes: number) => void,
): AsyncGenerator<string> {
  const reader = source.bytes.getReader();
  let read = 0;
  const next = async () => {
    const { done, value } = await reader.read();
    read += value?.length ?? 0;
    onBytes(read);
    return done ? undefined : value;
  };
  try {
    const head = await firstBytes(next);
    const gzip = head[0] === 0x1f && head[1] === 0x8b;
    const stored = streamOf(head, next);
    yield* decoded(gzip ? gunzipped(stored, source.name) : chunksOf(stored), source.name, encoding);
  } finally {
    await reader.cancel().catch(() => {}); // also when the caller stops half-way; an error is thrown already
  }
}

type Next = () => Promise<Uint8Array | undefined>;

/** At least four bytes, unless there are fewer. */
async function firstBytes(next: Next): Promise<Uint8Array> {
  let head = new Uint8Array();
  while (head.length < 4) {
    const more = await next();
    if (!more) break;
    head = joined(head, more);
  }
  return head;
}

function streamOf(head: Uint8Array, next: Next): ReadableStream<Uint8Array<ArrayBuffer>> {
  let first: Uint8Array | undefined = head;
  return new ReadableStream({
    async pull(controller) {
      const chunk = first ?? (await next());
      first = undefined;
      if (chunk) controller.enqueue(chunk as Uint8Array<ArrayBuffer>);
      else controller.close();
    },
  });
}

async function* chunksOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader(); // Safari's streams are not async iterable
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

async function* gunzipped(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  name: string,
): AsyncGenerator<Uint8Array> {
  try {
    yield* chunksOf(stream.pipeThrough(new DecompressionStream("gzip")));
  } catch (cause) {
    throw new DataError(`${name} is gzip data that is damaged or cut short. Fetch or compress it again.`, {
      cause,
    });
  }
}

/** Bytes decoded at a time. A browser's streams hand out a megabyte at once, whose cells would overflow its caches. */
const PIECE = 1 << 15;

async function* decoded(
  chunks: AsyncGenerator<Uint8Array>,
  name: string,
  encoding: string | undefined,
): AsyncGenerator<string> {
  let decoder: Decoder | undefined;
  const decode = (chunk: Uint8Array | null) => {
    try {
      return decoder!.decode(chunk);
    } catch (cause) {
      throw new DataError(
        `${name} is not ${decoder!.encoding} text. Save it as UTF-8, or name its encoding, as in readCsv(file, { encoding: "windows-1252" }).`,
        { cause },
      );
    }
  };
  for await (const chunk of chunks) {
    if (chunk.length === 0) continue;
    decoder ??= decoderFor(chunk, name, encoding);
    for (let at = 0; at < chunk.length; at += PIECE) yield decode(chunk.subarray(at, at + PIECE));
  }
  if (decoder) yield decode(null);
}

/** Text piece by piece; null asks for what is left. */
interface Decoder {
  readonly encoding: string;
  /** @throws {TypeError} for bytes that are no text */
  decode(chunk: Uint8Array | null): string;
}

function decoderFor(start: Uint8Array, name: string, encoding: string | undefined): Decoder {
  const foreign = FOREIGN.find(({ magic }) => magic.every((byte, i) => start[i] === byte));
  if (foreign) {
    throw new DataError(`${name} is ${foreign.what}, not CSV. Unpack it, or export the table as CSV.`);
  }
  const mark =
    start[0] === 0xff && start[1] === 0xfe
      ? "utf-16le"
      : start[0] === 0xfe && start[1] === 0xff
        ? "utf-16be"
        : "utf-8";
  try {
    const decoder = new TextDecoder(encoding ?? mark, { fatal: true });
    return decoder.encoding === "utf-8" ? new Utf8Decoder() : new StreamDecoder(decoder);
  } catch (cause) {
    throw new OptionError(
      `encoding is "${encoding}", which is no known name; use one such as "utf-8" or "windows-1252".`,
      {
        cause,
      },
    );
  }
}

class StreamDecoder implements Decoder {
  readonly #decoder: TextDecoder;

  constructor(decoder: TextDecoder) {
    this.#decoder = decoder;
  }

  get encoding(): string {
    return this.#decoder.encoding;
  }

  decode(chunk: Uint8Array | null): string {
    return chunk ? this.#decoder.decode(chunk, { stream: true }) : this.#decoder.decode();
  }
}

/**
 * UTF-8 cut between characters, so that each piece is a text of its own. Node decodes such pieces twice as fast as a
 * stream, and to strings of one byte a character where a stream's have two, which all later work on them feels.
 */
class Utf8Decoder implements Decoder {
  readonly encoding = "utf-8";
  #decoder: TextDecoder | undefined;
  #rest = new Uint8Array();

  decode(chunk: Uint8Array | null): string {
    const bytes = this.#rest.length > 0 ? joined(this.#rest, chunk ?? new Uint8Array()) : chunk;
    if (!bytes) return "";
    const end = chunk ? wholeCharacters(bytes) : bytes.length;
    this.#rest = bytes.slice(end);
    if (end === 0) return "";
    if (this.#decoder) return this.#decoder.decode(bytes.subarray(0, end));
    this.#decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, end)); // without a byte order mark
  }
}

/** Bytes before a character that is cut off at the end. */
function wholeCharacters(bytes: Uint8Array): number {
  const first = Math.max(0, bytes.length - 3);
  for (let at = bytes.length - 1; at >= first; at--) {
    if (bytes[at] < 0x80) break;
    if (bytes[at] < 0xc0) continue; // a later byte of a character
    const length = bytes[at] < 0xe0 ? 2 : bytes[at] < 0xf0 ? 3 : 4;
    return at + length > bytes.length ? at : bytes.length;
  }
  return bytes.length;
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}
