/**
 * Of calls that come faster than they can be answered, the last one wins: one runs at a time, and of those that came
 * meanwhile only the newest runs next. No queue builds up.
 *
 * @param run takes what a call is about; its errors go to `fail`
 * @param take gets each answer, unless the calls were dropped meanwhile
 */
export function lastWins<I, O>(
  run: (input: I) => Promise<O>,
  take: (output: O, input: I) => void,
  fail: (error: unknown) => void,
): { ask(input: I): void; drop(): void } {
  let running = false;
  let next: { input: I } | null = null;
  let dropped = 0;

  const work = async () => {
    running = true;
    while (next) {
      const { input } = next;
      next = null;
      const before = dropped;
      try {
        const output = await run(input);
        if (before === dropped) take(output, input);
      } catch (error) {
        if (before === dropped) fail(error);
      }
    }
    running = false;
  };

  return {
    ask(input) {
      next = { input };
      if (!running) void work();
    },
    /** What runs is of no use any more. */
    drop() {
      next = null;
      dropped++;
    },
  };
}
