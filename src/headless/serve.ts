import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname } from "node:path";
import { pipeline } from "node:stream/promises";

/** A file of the disk (bytes are streamed) or a text or bytes in memory. */
export type ServedFile =
  | { readonly path: string }
  | { readonly body: string | Uint8Array; readonly type: string };

export interface Server {
  /** `http://127.0.0.1:PORT/TOKEN/`: names are relative to it. Localhost is a secure context, so WebGPU works. */
  readonly url: string;
  /** Bytes that the page has PUT, by name. */
  readonly uploads: Map<string, Uint8Array>;
  close(): Promise<void>;
}

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".csv": "text/csv; charset=utf-8",
};

/**
 * Serves the named files, and nothing else, to this machine on a free port; takes what the page PUTs. The address
 * holds a random token, so other programs and pages on the machine cannot read the data by guessing names.
 */
export async function serve(files: ReadonlyMap<string, ServedFile>): Promise<Server> {
  const prefix = `/${randomUUID()}/`;
  const uploads = new Map<string, Uint8Array>();
  const server = createServer((request, response) => {
    answer(request, response, prefix, files, uploads).catch((error: Error) => {
      // A reader that went away (an aborted download) is no fault; anything else the page should see.
      if (!response.headersSent) response.writeHead(500).end(error.message);
      else response.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${prefix}`,
    uploads,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  prefix: string,
  files: ReadonlyMap<string, ServedFile>,
  uploads: Map<string, Uint8Array>,
): Promise<void> {
  const path = decodeURIComponent((request.url ?? "").replace(/\?.*/, ""));
  const name = path.startsWith(prefix) ? path.slice(prefix.length) : null;
  if (name !== null && request.method === "PUT") {
    uploads.set(name, await readBody(request));
    response.writeHead(204).end();
    return;
  }
  const file = name === null ? undefined : files.get(name);
  if (!file || request.method !== "GET") {
    response.writeHead(file ? 405 : 404).end();
    return;
  }
  const headers = { "cache-control": "no-store" };
  if ("path" in file) {
    const type = TYPES[extname(file.path)] ?? "application/octet-stream";
    const { size } = await stat(file.path);
    response.writeHead(200, { ...headers, "content-type": type, "content-length": size });
    await pipeline(createReadStream(file.path), response);
  } else {
    response.writeHead(200, { ...headers, "content-type": file.type }).end(file.body);
  }
}

async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return new Uint8Array(Buffer.concat(chunks));
}
