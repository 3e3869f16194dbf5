// The library in a dedicated worker, held against the same in the page.
import { afterAll, describe, expect, it } from "vitest";
import { toCsv } from "../../src/index.ts";
import { sharedDevice } from "../support/gpu.ts";
import { smallTable } from "../support/small_table.ts";
import type { Reply, Request } from "./training_worker.ts";
import { type Found, predictions, wholeWay } from "./whole_way.ts";

const file = new File([toCsv(smallTable())], "small.csv");
const worker = new Worker(new URL("./training_worker.ts", import.meta.url), { type: "module" });
afterAll(() => worker.terminate());

/** Asks the worker and waits for its answer; epochs are told meanwhile. */
function ask(request: Request, onEpoch: (epoch: number) => void = () => {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.onmessage = ({ data: reply }: MessageEvent<Reply>) => {
      if (reply.kind === "epoch") onEpoch(reply.epoch);
      else resolve(reply);
    };
    worker.postMessage(request);
  });
}

async function train(seed?: number): Promise<Found & { epochsTold: number[] }> {
  const epochsTold: number[] = [];
  const reply = await ask({ kind: "train", file, seed }, (epoch) => epochsTold.push(epoch));
  if (reply.kind !== "found") expect.fail(JSON.stringify(reply));
  expect(reply.globals).toEqual([]);
  return { ...reply.found, epochsTold };
}

describe("the library in a worker", () => {
  it("reads, trains, saves, loads and predicts, bit by bit as in the page", async () => {
    const { epochsTold, bytes, ...inWorker } = await train();
    expect(inWorker.backends).toEqual(["webgpu", "webgpu"]);
    expect(inWorker.rows).toBe(900);
    expect(epochsTold).toEqual([0, 1, 2]);
    expect(inWorker.stepLosses.length).toBe(3 * 14);
    expect(inWorker.validation.loss).toBeLessThan(inWorker.stepLosses[0] / 2);
    expect(inWorker.predictions.length).toBe(3);

    const device = await sharedDevice();
    const { bytes: own, ...inPage } = await wholeWay(file, { device });
    expect(inWorker).toEqual(inPage);
    expect(bytes.length).toBe(own.length);
    expect(await predictions(bytes, device)).toEqual(inPage.predictions);
    expect((await train(6)).stepLosses).not.toEqual(inPage.stepLosses); // another seed
  });

  it("stops when it is told to, and trains again afterwards", async () => {
    let epochs = 0;
    const reply = await ask({ kind: "train", file, epochs: 500 }, () => {
      if (epochs++ === 1) worker.postMessage({ kind: "abort" } satisfies Request);
    });
    expect(reply).toMatchObject({ kind: "failed", name: "AbortError" });
    expect(epochs).toBeGreaterThanOrEqual(2);
    expect(epochs).toBeLessThan(500);
    expect((await train()).epochsTold).toEqual([0, 1, 2]);
  });

  it.each(["DataError", "OptionError", "ModelFileError", "DeviceError"] as const)(
    "throws a %s by its name",
    async (how) => {
      const reply = await ask({ kind: "fail", how });
      expect(reply).toMatchObject({ kind: "failed", name: how });
    },
  );
});
