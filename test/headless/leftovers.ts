import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A program that ran in a process of its own, with a temporary folder that nothing else uses. */
export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
  /** Processes that it started and that still run, some seconds after its end. */
  readonly processes: readonly string[];
  /** What it left in its temporary folder. */
  readonly files: readonly string[];
}

export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Called with all of stdout, whenever it grows. */
  readonly onOut?: (out: string, kill: (signal: NodeJS.Signals) => void) => void;
}

const MARK = "TABGPU_TEST_RUN";

/** Runs a program to its end and looks what it has left behind. Linux only: it reads /proc. */
export async function runAndLook(words: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const folder = mkdtempSync(join(tmpdir(), "tabgpu-look-"));
  const temporary = join(folder, "tmp");
  mkdirSync(temporary);
  const mark = `${MARK}=${folder}`;
  const env = { ...process.env, ...options.env, TMPDIR: temporary, [MARK]: folder };
  const child = spawn(process.execPath, [...words], {
    env,
    cwd: options.cwd,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let err = "";
  child.stdout.on("data", (chunk) => {
    out += chunk;
    options.onOut?.(out, (signal) => void child.kill(signal));
  });
  child.stderr.on("data", (chunk) => {
    err += chunk;
  });
  try {
    const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
      child.once("exit", (...ended) => resolve(ended));
    });
    // A browser's processes take a moment to notice that the first of them has ended.
    for (let i = 0; i < 50 && running(mark).length > 0; i++) await sleep(100);
    return { code, signal, out, err, processes: running(mark), files: readdirSync(temporary) };
  } finally {
    for (const line of running(mark)) process.kill(Number.parseInt(line, 10), "SIGKILL");
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  }
}

/** `pid command` of every process that has the mark in its environment. */
function running(mark: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        if (!readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").includes(mark)) return [];
        const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
        return command === "" ? [] : [`${pid} ${command}`]; // empty: it has ended, but nobody has asked how
      } catch {
        return []; // it ended meanwhile, or is another user's
      }
    });
}
