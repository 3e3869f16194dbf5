import { expect, it } from "vitest";
import { stepOf } from "../../src/doctor/kernel_case.ts";
import { uniformValues } from "../../src/scheduler/step_slots.ts";

it("uniformValues are what a kernel reads from its slot, and leave what was given alone", () => {
  const given = stepOf({ rows: 7, seed: -1, tick: 2 ** 32 + 5, lr: 0.1, decay: 1 - 1e-9 });
  const copy = { ...given };
  expect(uniformValues(given)).toEqual({
    ...given,
    seed: 2 ** 32 - 1,
    tick: 5,
    lr: Math.fround(0.1),
    decay: 1,
  });
  expect(given).toEqual(copy);
});
