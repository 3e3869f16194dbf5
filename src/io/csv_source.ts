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
    const joined = new Uint8Array(head.length + more.length);
    joined.set(head);
    joined.set(more, head.length);
    head = joined;
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

async function* decoded(
  chunks: AsyncGenerator<Uint8Array>,
  name: string,
  encoding: string | undefined,
): AsyncGenerator<string> {
  let decoder: TextDecoder | undefined;
  const decode = (chunk?: Uint8Array) => {
    try {
      return chunk ? decoder!.decode(chunk, { stream: true }) : (decoder?.decode() ?? "");
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
    yield decode(chunk);
  }
  yield decode();
}

function decoderFor(start: Uint8Array, name: string, encoding: string | undefined): TextDecoder {
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
    return new TextDecoder(encoding ?? mark, { fatal: true });
  } catch (cause) {
    throw new OptionError(
      `encoding is "${encoding}", which is no known name; use one such as "utf-8" or "windows-1252".`,
      {
        cause,
      },
    );
  }
}
