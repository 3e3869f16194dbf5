// The worker of bench/feeding.mjs's page: fetches the files first, so that only the work is timed.
import { feed, unpack } from "./feeding_work.ts";

const clock = () => performance.now();
const blobOf = async (url: string) => (await fetch(url)).blob();

self.onmessage = async ({
  data,
}: MessageEvent<{ text: string; packed: string; target: string | null; rounds: number }>) => {
  const [text, packed] = [await blobOf(data.text), await blobOf(data.packed)];
  const unpackTimes: number[] = [];
  for (let round = 0; round <= data.rounds; round++) {
    const times = await feed(text, data.target, clock);
    unpackTimes.push(await unpack(packed, clock));
    self.postMessage({ round, ...times, unpack: unpackTimes[round] });
  }
  self.postMessage(null);
};
