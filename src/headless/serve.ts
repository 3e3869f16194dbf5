import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, resolve, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import { OptionError } from "../errors.ts";

/** A file of the disk (bytes are streamed) or a text or bytes in memory. */
export type ServedFile =
  | { readonly path: string }
  | { readonly body: string | Uint8Array; readonly type: string };

export interface ServeOptions {
  /** Files by name; the server looks here at every request, so more can be added. */
  readonly files?: ReadonlyMap<string, ServedFile>;
  /** A folder whose files are served where `files` has no such name; a folder's index.html stands for it. */
  readonly folder?: string;
  /** The beginning of names that `folder` does not know: without it, it finds them. */
  readonly overlay?: RegExp;
  /** Whether pages get `crossOriginIsolated` (SharedArrayBuffer, precise timers). Default false. */
  readonly crossOriginIsolated?: boolean;
  /** Default: any free one. */
  readonly port?: number;
}

export interface Server {
  /** `http://127.0.0.1:PORT/TOKEN/`: names are relative to it. Localhost is a secure context, so WebGPU works. */
  readonly url: string;
  /** Bytes that pages have PUT, by name. */
  readonly uploads: Map<string, Uint8Array>;
  /** Text of the WGSL files served so far, by name as the folder knows it: a shader's error can then say its file. */
  readonly shaders: ReadonlyMap<string, string>;
  /** Names that were asked for and are not there, in order. */
  readonly missing: readonly string[];
  close(): Promise<void>;
}

const TYPES: Record<string, string> = {
  ".css": "text/css; charset=utf-8",
  ".csv": "text/csv; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".mjs": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".wgsl": "text/wgsl; charset=utf-8",
};

const ISOLATED = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
};

/**
 * Serves files, and nothing else, to this machine; takes what pages PUT. The address holds a random token, so other
 * programs and pages on the machine cannot read the data by guessing names.
 *
 * @throws {OptionError} for a port that is taken, or a folder that is not there
 */
export async function serve(options: ServeOptions): Promise<Server> {
  const { folder, port = 0 } = options;
  if (folder !== undefined && !(await statOf(folder))?.isDirectory()) {
    throw new OptionError(`folder is "${folder}", but there is no such folder.`);
  }
  const prefix = `/${randomUUID()}/`;
  const site = new Site(prefix, options);
  const server = createServer((request, response) => {
    site.answer(request, response).catch((error: Error) => {
      // A reader that went away (an aborted download) is no fault; anything else the page should see.
      if (!response.headersSent) response.writeHead(500).end(error.message);
      else response.destroy();
    });
  });
  await new Promise<void>((resolve_, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(listenError(error, port)));
    server.listen(port, "127.0.0.1", resolve_);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${prefix}`,
    uploads: site.uploads,
    shaders: site.shaders,
    missing: site.missing,
    close: () =>
      new Promise((resolve_) => {
        server.close(() => resolve_());
        server.closeAllConnections();
      }),
  };
}

function listenError(error: NodeJS.ErrnoException, port: number): Error {
  switch (error.code) {
    case "EADDRINUSE":
      return new OptionError(
        `Port ${port} is in use. Choose another, or leave port out: any free one is taken.`,
      );
    case "EACCES":
      return new OptionError(
        `Port ${port} may not be used by this user. Choose one from 1024 on, or leave port out.`,
      );
    default:
      return error;
  }
}

class Site {
  readonly uploads = new Map<string, Uint8Array>();
  readonly shaders = new Map<string, string>();
  readonly missing: string[] = [];
  readonly #prefix: string;
  readonly #options: ServeOptions;
  readonly #headers: Record<string, string>;

  constructor(prefix: string, options: ServeOptions) {
    this.#prefix = prefix;
    this.#options = options;
    this.#headers = { "cache-control": "no-store", ...(options.crossOriginIsolated ? ISOLATED : {}) };
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const name = this.#nameOf(request.url ?? "");
    if (name !== null && request.method === "PUT") {
      this.uploads.set(name, await readBody(request));
      response.writeHead(204, this.#headers).end();
      return;
    }
    const file = name === null ? undefined : await this.#find(name);
    if (name === null || !file || (request.method !== "GET" && request.method !== "HEAD")) {
      if (name !== null && !file) this.missing.push(this.#plain(name));
      const type = { "content-type": "text/plain; charset=utf-8" };
      response.writeHead(file ? 405 : 404, { ...this.#headers, ...type }).end("not found");
      return;
    }
    if ("path" in file) await this.#send(response, name, file.path);
    else response.writeHead(200, { ...this.#headers, "content-type": file.type }).end(file.body);
  }

  #nameOf(url: string): string | null {
    const address = url.replace(/[?#].*/, "");
    try {
      const path = decodeURIComponent(address);
      return path.startsWith(this.#prefix) ? path.slice(this.#prefix.length) : null;
    } catch {
      return null; // a malformed escape
    }
  }

  async #find(name: string): Promise<ServedFile | undefined> {
    const file = this.#options.files?.get(name);
    if (file || this.#options.folder === undefined) return file;
    const folder = resolve(this.#options.folder);
    const path = resolve(folder, join(".", this.#plain(name)));
    if (path !== folder && !path.startsWith(folder + sep)) return undefined; // out of the folder by ".."
    const found = await statOf(path);
    if (found?.isFile()) return { path };
    const index = join(path, "index.html");
    return found?.isDirectory() && (await statOf(index))?.isFile() ? { path: index } : undefined;
  }

  /** A name as the folder knows it. */
  #plain(name: string): string {
    return this.#options.overlay ? name.replace(this.#options.overlay, "") : name;
  }

  async #send(response: ServerResponse, name: string, path: string): Promise<void> {
    const type = TYPES[extname(path).toLowerCase()] ?? "application/octet-stream";
    const headers = { ...this.#headers, "content-type": type };
    if (path.endsWith(".wgsl")) {
      const text = await readFile(path);
      this.shaders.set(this.#plain(name), text.toString("utf8")); // before the page has it, and compiles it
      response.writeHead(200, { ...headers, "content-length": text.length }).end(text);
      return;
    }
    const { size } = await stat(path);
    response.writeHead(200, { ...headers, "content-length": size });
    await pipeline(createReadStream(path), response);
  }
}

function statOf(path: string) {
  return stat(path).catch(() => null);
}

async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return new Uint8Array(Buffer.concat(chunks));
}
