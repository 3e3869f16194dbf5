import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { forgetAll, keep, read, trouble } from "../../../demo/persistence/store.ts";

beforeAll(() => {
  const open = () => {
    throw new DOMException("The operation is insecure.", "SecurityError");
  };
  vi.stubGlobal("indexedDB", { open });
});
afterAll(() => vi.unstubAllGlobals());

it("throws nothing where IndexedDB throws as it is opened, and tells what could not be kept", async () => {
  expect(await read(["plan", "runs"])).toEqual([undefined, undefined]);
  expect(trouble.value).toBe(null);
  await keep({ plan: 1 }, "the plan");
  expect(trouble.value).toMatch(/keeps no data .* so the plan will be gone after a reload/);
  await forgetAll();
});
