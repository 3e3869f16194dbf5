import { loadModel, TabularData, tabularLearner } from "../../src/index.ts";
import { smallTable } from "../support/small_table.ts";
import { type Found, wholeWay } from "./whole_way.ts";

/** What the page asks of the worker. */
export type Request =
  | { readonly kind: "train"; readonly file: Blob; readonly seed?: number; readonly epochs?: number }
  | { readonly kind: "abort" }
  | { readonly kind: "fail"; readonly how: keyof typeof failures };

/** What the worker tells the page. */
export type Reply =
  | { readonly kind: "epoch"; readonly epoch: number }
  | { readonly kind: "found"; readonly found: Found; readonly globals: readonly string[] }
  | { readonly kind: "failed"; readonly name: string; readonly message: string };

interface WorkerScope {
  postMessage(reply: Reply, transfer?: Transferable[]): void;
  onmessage: ((event: MessageEvent<Request>) => void) | null;
}

const scope = self as unknown as WorkerScope;
let training = new AbortController();

/** One failure of each class. */
export const failures = {
  DataError: async () => TabularData.from(smallTable(), { categorical: ["city"], target: "y" }),
  OptionError: async () => tabularLearner(TabularData.from(smallTable(), { target: "y" }), { bs: 1 }),
  ModelFileError: () => loadModel(new Uint8Array(100)),
  DeviceError: () => {
    const gpu = { requestAdapter: async () => null } as unknown as GPU;
    return tabularLearner(TabularData.from(smallTable(), { target: "y" }), { gpu });
  },
};

async function answer(request: Exclude<Request, { kind: "abort" }>): Promise<Reply> {
  if (request.kind === "fail") {
    await failures[request.how]();
    throw new Error(`${request.how} did not fail`);
  }
  training = new AbortController();
  const { file, seed, epochs } = request;
  const onEpoch = ({ epoch }: { epoch: number }) => scope.postMessage({ kind: "epoch", epoch });
  const found = await wholeWay(file, { seed, epochs, signal: training.signal, onEpoch });
  return { kind: "found", found, globals: ["window", "document"].filter((name) => name in globalThis) };
}

scope.onmessage = ({ data: request }) => {
  if (request.kind === "abort") {
    training.abort();
    return;
  }
  answer(request).then(
    (reply) => scope.postMessage(reply, reply.kind === "found" ? [reply.found.bytes.buffer] : []),
    ({ name, message }: Error) => scope.postMessage({ kind: "failed", name, message }),
  );
};
