import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { firstOrder } from "../page/order.ts";
import type { Work } from "../page/session.ts";
import { ADAM, CATEGORICAL, CONTINUOUS, DROPOUT, LAYERS, Y_RANGE } from "../rossmann/shape.ts";
import type { Host, OpenHost } from "./host.ts";

const SHAPE = JSON.stringify({
  embeddings: CATEGORICAL.map(([, levels, width]) => [levels, width]),
  continuous: CONTINUOUS.length,
  layers: LAYERS,
  dropout: DROPOUT,
  yRange: Y_RANGE,
  adam: ADAM,
});

type Answer = { readonly value: unknown } | { readonly error: string };

/** Runs PyTorch and fastai in Python processes. A contender's backend is "cpu" or "cuda", a blank, and the way to train. */
export function pythonOf(python: string, script: string, folder: string): OpenHost {
  return async ({ backend }) => {
    const child = spawn(python, [script, folder, ...backend.split(" "), SHAPE], {
      stdio: ["pipe", "pipe", "pipe"],
    });
    const answers = answersOf(child);
    try {
      await answers.next();
    } catch (error) {
      child.kill();
      throw error;
    }
    const host: Host = {
      call: async (name, ...[argument]) => {
        child.stdin.write(JSON.stringify({ call: name, argument: withOrder(argument) }) + "\n");
        return (await answers.next()) as never;
      },
      close: async () => void child.stdin.end(),
    };
    return host;
  };
}

/** Python has not our generator, so the order of the rows goes along. */
function withOrder(argument: unknown): unknown {
  const work = argument as Partial<Work> | undefined;
  return work?.kind === "train"
    ? { ...work, order: Array.from(firstOrder(work.bs! * work.steps!)) }
    : argument;
}

/** The process's answers in order, one for each call and one when it is ready. */
function answersOf(child: ChildProcess): { next(): Promise<unknown> } {
  const lines: string[] = [];
  let waiting: ((line: string | null) => void) | undefined;
  let ended = false;
  let complaint = "";
  child.stderr!.on("data", (text) => {
    complaint = (complaint + text).slice(-2000);
  });
  const reader = createInterface({ input: child.stdout! });
  reader.on("line", (line) => {
    if (waiting) waiting(line);
    else lines.push(line);
  });
  const end = () => {
    ended = true;
    waiting?.(null);
  };
  child.on("error", (error) => {
    complaint = error.message;
    end();
  });
  child.on("close", end);
  return {
    next: async () => {
      const line = lines.shift() ?? (ended ? null : await new Promise<string | null>((r) => (waiting = r)));
      waiting = undefined;
      if (line === null) throw new Error(complaint.trim().split("\n").at(-1) || "the process ended");
      const answer = JSON.parse(line) as Answer;
      if ("error" in answer) throw new Error(answer.error);
      return "value" in answer ? answer.value : answer;
    },
  };
}
