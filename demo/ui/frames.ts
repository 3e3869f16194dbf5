/** Drawing spread over frames, so that much to draw never holds up a click. */

/** Work begun in a frame ends with the piece that passes this many milliseconds; the rest has its turn in the next. */
const BUDGET = 6;

const waiting = new Map<object, () => void>();
let scheduled = false;

/** Does `job` in one of the next frames; a newer job of the same key takes its place. */
export function inFrame(key: object, job: () => void): void {
  waiting.set(key, job);
  schedule();
}

/** Forgets what waits under a key. */
export function notInFrame(key: object): void {
  waiting.delete(key);
}

function schedule(): void {
  if (scheduled || waiting.size === 0) return;
  scheduled = true;
  const begin = () => work(performance.now() + BUDGET);
  // A hidden page has no frames.
  if (document.hidden) setTimeout(begin);
  else requestAnimationFrame(begin);
}

function work(end: number): void {
  const next = waiting.entries().next();
  if (next.done || performance.now() > end) {
    scheduled = false;
    schedule();
    return;
  }
  const [key, job] = next.value;
  waiting.delete(key);
  // After what the job itself leaves to microtasks, as uPlot does its drawing; and after its failure too.
  queueMicrotask(() => queueMicrotask(() => work(end)));
  job();
}
