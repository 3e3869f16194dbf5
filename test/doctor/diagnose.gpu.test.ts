import { describe, expect, it } from "vitest";
import { diagnose, report } from "../../src/doctor/index.ts";
import { sharedDevice } from "../support/gpu.ts";

describe("diagnose", () => {
  it("finds every kernel and the training right on a device that is", async () => {
    const diagnosis = await diagnose(await sharedDevice());
    console.log(report(diagnosis), diagnosis.ms);
    expect(diagnosis.passed, report(diagnosis)).toBe(true);
  });
});
