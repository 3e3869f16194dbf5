// Reads the CSV it is sent and answers with the table's records: readCsv as a page's worker would call it.
import { readCsv } from "../../src/io/csv.ts";

self.onmessage = async ({ data }: MessageEvent<Blob>) => {
  const table = await readCsv(data);
  self.postMessage(table.toRecords());
};
