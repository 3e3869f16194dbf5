import { describe, expect, it } from "vitest";
import { diagnose, report } from "../../src/doctor/index.ts";
import { faultyDevice } from "../support/faulty_device.ts";
import { sharedDevice } from "../support/gpu.ts";
import { FAULT_ROUNDS, type Fault } from "./faults.ts";

/** The shared device with these faults in its kernels, and which of them were compiled in. */
async function plant(faults: readonly Fault[]) {
  const planted = new Set<Fault>();
  const device = faultyDevice(await sharedDevice(), (kernel, code) =>
    faults.reduce((edited, fault) => {
      if (fault.kernel !== kernel || !edited.includes(fault.from)) return edited;
      planted.add(fault);
      return edited.replaceAll(fault.from, fault.to);
    }, code),
  );
  return { device, planted };
}

describe("diagnose, on a device whose kernels are wrong", () => {
  for (const [round, faults] of Object.entries(FAULT_ROUNDS)) {
    it(`names the kernels with ${round}, and no other`, async () => {
      const { device, planted } = await plant(faults);
      const diagnosis = await diagnose(device);
      expect(planted, "faults whose text the kernel has").toEqual(new Set(faults));
      const failed = diagnosis.kernels.filter((row) => !row.passed).map((row) => row.kernel);
      expect(failed.sort(), report(diagnosis)).toEqual(faults.map((fault) => fault.kernel).sort());
      expect(diagnosis.passed).toBe(false);
    });
  }

  it("sees in training what breaks it", async () => {
    const { device } = await plant([
      { kernel: "adam_step", from: "sqrt(v * step.sqr_mom_correction)", to: "sqrt(v)" },
    ]);
    const { training } = await diagnose(device);
    expect(training?.passed).toBe(false);
    expect(training?.failure).toMatch(
      /^the loss of step \d+ is [\d.]+, PyTorch's is [\d.]+ ± 0\.0001 of it$/,
    );
  });

  it("reports a kernel that does not compile with file, line and source, and goes on", async () => {
    const { device } = await plant([
      { kernel: "mse", from: "let difference", to: "let difference = no_such(1.0) +" },
    ]);
    const { kernels } = await diagnose(device, { kernels: ["mse", "adam_step"] });
    expect(kernels.map(({ kernel, passed }) => [kernel, passed])).toEqual([
      ["mse", false],
      ["adam_step", true],
    ]);
    expect(kernels[0].cases).toBe(0);
    expect(kernels[0].failure).toMatch(
      /^The kernel mse does not compile on this device\.\nshaders\/mse\.wgsl:\d+: /,
    );
  });
});
