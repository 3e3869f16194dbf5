import { describe, expect, it } from "vitest";
import { kernelChecks } from "../../src/doctor/checks/index.ts";
import { type Diagnosis, diagnose, report } from "../../src/doctor/index.ts";
import { faultyDevice } from "../support/faulty_device.ts";
import { sharedDevice } from "../support/gpu.ts";
import { FAULT_ROUNDS, type Fault, STAGED_FAULTS, WIDE_FAULTS } from "./faults.ts";

/** The kernels whose variant wide has another text. */
const SEVERAL_VARIANTS = kernelChecks
  .filter(({ cases }) => cases[0]().others.wide?.variant === "wide")
  .map(({ kernel }) => kernel);

const failedOf = ({ kernels }: Diagnosis) =>
  kernels
    .filter((row) => !row.passed)
    .map((row) => row.kernel)
    .sort();

/** Adapters by what they say of themselves, and so by the variants they get; a GPU gets two. */
const ADAPTERS = {
  narrow: { vendor: "mesa", architecture: "llvmpipe" },
  staged: { vendor: "some", architecture: "gpu" },
  wide: { vendor: "google", architecture: "swiftshader", subgroupMinSize: 4, subgroupMaxSize: 4 },
};

/** The shared device as one of an adapter that gets this variant, faults in its kernels, and which were compiled in. */
async function plant(faults: readonly Fault[], variant: keyof typeof ADAPTERS = "wide") {
  const planted = new Set<Fault>();
  const faulty = faultyDevice(await sharedDevice(), (kernel, code) =>
    faults.reduce((edited, fault) => {
      const { from, to } = (code.startsWith("enable subgroups") && fault.wide) || fault;
      if (fault.kernel !== kernel || !edited.includes(from)) return edited;
      planted.add(fault);
      return edited.replaceAll(from, to);
    }, code),
  );
  const device = new Proxy(faulty, {
    get: (_, name) => (name === "adapterInfo" ? ADAPTERS[variant] : Reflect.get(faulty, name)),
  });
  return { device, planted };
}

describe("diagnose, on a device whose kernels are wrong", () => {
  for (const [round, all] of Object.entries(FAULT_ROUNDS)) {
    it(`names the kernels with ${round}, and no other`, async () => {
      const faults = all.filter(({ narrowOnly }) => !narrowOnly);
      const { device, planted } = await plant(faults, "wide");
      const diagnosis = await diagnose(device);
      expect(planted, "faults whose text the kernel has").toEqual(new Set(faults));
      expect(failedOf(diagnosis), report(diagnosis)).toEqual(faults.map((fault) => fault.kernel).sort());
      expect(diagnosis.passed).toBe(false);
    });

    it(`names those among the kernels of several variants also in the narrow one: ${round}`, async () => {
      const faults = all.filter(({ kernel }) => SEVERAL_VARIANTS.includes(kernel));
      const { device, planted } = await plant(faults, "narrow");
      const diagnosis = await diagnose(device, { kernels: SEVERAL_VARIANTS });
      expect(planted, "faults whose text the kernel has").toEqual(new Set(faults));
      expect(failedOf(diagnosis), report(diagnosis)).toEqual(faults.map((fault) => fault.kernel).sort());
    });
  }

  for (const [variant, faults] of [
    ["wide", WIDE_FAULTS],
    ["staged", STAGED_FAULTS],
  ] as const) {
    it(`names those whose variant ${variant} alone is wrong`, async () => {
      const { device, planted } = await plant(faults, variant);
      // A browser without subgroups never runs the variant wide.
      const run = variant !== "wide" || device.features.has("subgroups") ? faults : [];
      const diagnosis = await diagnose(device, { kernels: faults.map(({ kernel }) => kernel) });
      expect(planted, "faults whose text the kernel has").toEqual(new Set(run));
      expect(failedOf(diagnosis), report(diagnosis)).toEqual(run.map(({ kernel }) => kernel).sort());
    });
  }

  it("sees in training what breaks it", async () => {
    const { device } = await plant([
      { kernel: "adam_step", from: "sqrt(v * hyper.sqr_mom_correction)", to: "sqrt(v)" },
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
