// No GPU is needed here, but a browser: its streams, its decompression and its workers.
import { describe, expect, it } from "vitest";
import { readCsv } from "../../src/io/csv.ts";

const TEXT = `Store,Date,Open,Sales,State\n1,2015-07-31,True,5263.5,"HB,NI"\n2,,NA,,Mähren\n`;
const RECORDS = [
  { Store: 1, Date: new Date("2015-07-31"), Open: true, Sales: 5263.5, State: "HB,NI" },
  { Store: 2, Date: null, Open: null, Sales: null, State: "Mähren" },
];

function gzip(text: string): Promise<Blob> {
  return new Response(new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"))).blob();
}

describe("readCsv in a browser", () => {
  it("reads a file, gzip, a blob's URL and text", async () => {
    const packed = await gzip(TEXT);
    const url = new URL(URL.createObjectURL(packed));
    for (const source of [new File([TEXT], "sales.csv"), packed, url, packed.stream(), TEXT]) {
      expect((await readCsv(source)).toRecords()).toEqual(RECORDS);
    }
    URL.revokeObjectURL(url.href);
  });

  it("names the file that is damaged", async () => {
    const packed = await gzip(TEXT);
    await expect(readCsv(new File([packed.slice(0, -9)], "x.csv.gz"))).rejects.toThrow(
      "x.csv.gz is gzip data that is damaged or cut short.",
    );
    const message =
      "Could not fetch http://127.0.0.1:9/x.csv. Check the address, the connection, and whether";
    await expect(readCsv(new URL("http://127.0.0.1:9/x.csv"))).rejects.toThrow(message);
  });

  it("runs in a worker", async () => {
    const worker = new Worker(new URL("./csv_worker.ts", import.meta.url), { type: "module" });
    const answer = new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(message));
    });
    worker.postMessage(await gzip(TEXT));
    expect(await answer).toEqual(RECORDS);
    worker.terminate();
  });
});
