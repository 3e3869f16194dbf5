import { fetchRows, type Rows } from "../rossmann/rows.ts";
import type { Contender, Inference, InferenceWork, Setting, Training, TrainingWork } from "./contender.ts";
import { type Calls, countCalls, takeCalls } from "./count_calls.ts";

/** A piece of work that can be timed; several can be open at once. */
export type Work = ({ readonly kind: "train" } & TrainingWork) | ({ readonly kind: "infer" } & InferenceWork);

export interface StartArgument {
  readonly backend: string;
  /** Address of the benchmark's files. */
  readonly base: string;
  /** Whether to count calls of the WebGPU API from now on. */
  readonly count: boolean;
}

/** What the benchmark calls in a contender's page: plain data in and out. */
export interface Session {
  start(argument: StartArgument): Promise<void>;
  /** Prepares a piece of work. @returns its number, and what the contender tells of itself */
  open(work: Work): Promise<{ readonly id: number; readonly about: Readonly<Record<string, string>> }>;
  /** Runs it so many times in a row. @returns milliseconds of all of them together */
  time(argument: { readonly id: number; readonly runs: number }): Promise<number>;
  /** What one run gives: predictions, or the loss of every step. */
  outputs(argument: { readonly id: number }): Promise<number[]>;
  /** Calls of the WebGPU API since the last time; zero where they are not counted. */
  calls(): Promise<Calls>;
  close(argument: { readonly id: number }): Promise<void>;
}

interface Opened {
  run(): Promise<unknown>;
  outputs(): Promise<ArrayLike<number>>;
  dispose(): void;
}

/** The functions of a contender's module. */
export function session(make: (setting: Setting) => Promise<Contender>): Session {
  let contender: Contender;
  const works = new Map<number, Opened>();
  let last = 0;
  return {
    async start({ backend, base, count }) {
      if (count) countCalls();
      const url = (name: string) => new URL(name, base);
      const rows: Rows = await fetchRows(url("rows.bin"));
      const { gpu } = globalThis.navigator as { gpu?: GPU };
      contender = await make({ backend, url, rows, gpu });
    },
    async open(work) {
      const id = ++last;
      works.set(id, await openWork(contender, work));
      return { id, about: contender.about };
    },
    async time({ id, runs }) {
      const { run } = works.get(id)!;
      const start = performance.now();
      for (let i = 0; i < runs; i++) await run();
      return performance.now() - start;
    },
    calls: async () => takeCalls(),
    outputs: async ({ id }) => Array.from(await works.get(id)!.outputs()),
    async close({ id }) {
      works.get(id)?.dispose();
      works.delete(id);
    },
  };
}

async function openWork(contender: Contender, work: Work): Promise<Opened> {
  if (work.kind === "train") {
    const training: Training = await contender.train(work);
    return {
      run: () => training.run("last"),
      outputs: () => training.run("every"),
      dispose: () => training.dispose(),
    };
  }
  const inference: Inference = await contender.infer(work);
  return { run: inference.run, outputs: inference.run, dispose: () => inference.dispose() };
}
