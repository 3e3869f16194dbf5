import { describe, expect, it } from "vitest";
import { type Diagnosis, report } from "../../src/doctor/index.ts";

const diagnosis: Diagnosis = {
  passed: false,
  version: "1.2.3",
  adapter: {
    vendor: "acme",
    architecture: "roadrunner",
    device: "",
    description: "",
    isFallbackAdapter: false,
  },
  kernels: [
    { kernel: "input_forward", passed: true, cases: 7, errorOverBound: 0.1655, ms: 176.4, failure: null },
    {
      kernel: "mse",
      passed: false,
      cases: 5,
      errorOverBound: 12345.6,
      ms: 20,
      failure: "mse (rows 7): 1 is wrong",
    },
    {
      kernel: "adam_step",
      passed: false,
      cases: 0,
      errorOverBound: null,
      ms: 3,
      failure: "does not compile",
    },
  ],
  training: { passed: true, steps: 30, errorOverBound: 0, ms: 61, failure: null },
  ms: 260,
};

describe("report", () => {
  it("gives a verdict, a line a check and what failed, to be pasted as it is", () => {
    expect(report(diagnosis).split("\n")).toEqual([
      "TabGPU 1.2.3 on acme · roadrunner: 2 of 4 checks FAILED",
      "",
      "kernel                     cases  largest error ÷ bound           ms",
      "input_forward                  7                   0.17      ok  176",
      "mse                            5                  12000  FAILED   20",
      "adam_step                      0                      –  FAILED    3",
      "training, against PyTorch     30                      0      ok   61",
      "",
      "mse:",
      "mse (rows 7): 1 is wrong",
      "",
      "adam_step:",
      "does not compile",
    ]);
  });

  it("says where all is right", () => {
    const kernels = diagnosis.kernels.slice(0, 1);
    const [verdict, , ...rest] = report({ ...diagnosis, passed: true, kernels, training: null }).split("\n");
    expect(verdict).toBe("TabGPU 1.2.3 on acme · roadrunner: all right");
    expect(rest.length).toBe(2);
  });
});
