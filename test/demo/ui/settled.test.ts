import { describe, expect, it } from "vitest";
import { EMPTY, ready } from "../../../demo/ui/loadable.ts";
import { settled } from "../../../demo/ui/settled.ts";

const loading = { state: "loading", note: "" } as const;
const failed = { state: "failed", message: "" } as const;

describe("settled", () => {
  it("waits for what loads and for what follows from what is there", () => {
    expect(settled(EMPTY, EMPTY)).toBe(true);
    expect(settled(loading, EMPTY)).toBe(false);
    expect(settled(ready(1), EMPTY)).toBe(false);
    expect(settled(ready(1), loading)).toBe(false);
    expect(settled(ready(1), ready(2))).toBe(true);
    expect(settled(ready(1), failed)).toBe(true);
  });

  it("does not wait for what follows from a failure", () => {
    expect(settled(failed, failed)).toBe(true);
    expect(settled(failed, EMPTY)).toBe(true);
  });
});
