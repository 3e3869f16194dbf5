import { expect, it } from "vitest";
import { Gate } from "../../../demo/training/gate.ts";

it("a gate lets pass while it is open, holds while it is closed, and says when someone waits", async () => {
  let waits = 0;
  const gate = new Gate(() => waits++);
  expect(gate.pause()).toBe(null);
  gate.close();
  gate.close();
  expect(waits).toBe(0);
  let through = false;
  const passing = gate.pause()!.then(() => {
    through = true;
  });
  expect(waits).toBe(1);
  await Promise.resolve();
  expect(through).toBe(false);
  gate.open();
  await passing;
  expect(through).toBe(true);
  expect(gate.pause()).toBe(null);
  gate.open();
  gate.close();
  expect(gate.pause()).toBeInstanceOf(Promise);
});
