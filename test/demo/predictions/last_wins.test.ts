import { describe, expect, it } from "vitest";
import { lastWins } from "../../../demo/ui/last_wins.ts";

/** Calls that are answered by hand. */
function setup() {
  const asked: number[] = [];
  const taken: number[] = [];
  const failed: unknown[] = [];
  const answers: { resolve: (x: number) => void; reject: (error: unknown) => void }[] = [];
  const calls = lastWins<number, number>(
    (input) => {
      asked.push(input);
      return new Promise((resolve, reject) => answers.push({ resolve, reject }));
    },
    (output) => taken.push(output),
    (error) => failed.push(error),
  );
  const settled = () => new Promise((resolve) => setTimeout(resolve));
  return { calls, asked, taken, failed, answers, settled };
}

describe("lastWins", () => {
  it("runs one at a time and of those that came meanwhile the newest only", async () => {
    const { calls, asked, taken, answers, settled } = setup();
    for (const input of [1, 2, 3, 4]) calls.ask(input);
    expect(asked).toEqual([1]);
    answers[0].resolve(10);
    await settled();
    expect(asked).toEqual([1, 4]);
    answers[1].resolve(40);
    await settled();
    expect(taken).toEqual([10, 40]);
    calls.ask(5);
    expect(asked).toEqual([1, 4, 5]);
  });

  it("goes on after a failure", async () => {
    const { calls, asked, taken, failed, answers, settled } = setup();
    calls.ask(1);
    calls.ask(2);
    answers[0].reject("broken");
    await settled();
    expect(failed).toEqual(["broken"]);
    answers[1].resolve(20);
    await settled();
    expect([asked, taken]).toEqual([[1, 2], [20]]);
  });

  it("takes nothing of what was asked before a drop", async () => {
    const { calls, taken, answers, settled } = setup();
    calls.ask(1);
    calls.ask(2);
    calls.drop();
    answers[0].resolve(10);
    await settled();
    expect(taken).toEqual([]);
    expect(answers).toHaveLength(1);
    calls.ask(3);
    answers[1].resolve(30);
    await settled();
    expect(taken).toEqual([30]);
  });
});
