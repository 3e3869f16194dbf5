import { describe, it } from "vitest";
import { CpuRuntime } from "../../src/cpu/cpu_runtime.ts";
import { MODEL_FIXTURES } from "../golden/fixtures.ts";
import { expectTrainsAsPyTorch } from "../support/golden_training.ts";

describe("models trained by PyTorch, on the CPU", () => {
  const runtime = new CpuRuntime();
  for (const fixture of MODEL_FIXTURES) {
    it(`${fixture.name}: forward, gradients and ${fixture.data.steps} steps`, () =>
      expectTrainsAsPyTorch(runtime, fixture));
  }
});
