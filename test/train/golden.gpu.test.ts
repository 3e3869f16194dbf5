import { afterAll, beforeAll, describe, it } from "vitest";
import type { Runtime } from "../../src/scheduler/runtime.ts";
import { MODEL_FIXTURES } from "../golden/fixtures.ts";
import { expectTrainsAsPyTorch } from "../support/golden_training.ts";
import { openRuntime } from "../support/gpu.ts";

describe("models trained by PyTorch, on the GPU", () => {
  let runtime: Runtime;
  beforeAll(async () => {
    runtime = await openRuntime();
  });
  afterAll(() => runtime.dispose());

  for (const fixture of MODEL_FIXTURES) {
    it(`${fixture.name}: forward, gradients and ${fixture.data.steps} steps`, () =>
      expectTrainsAsPyTorch(runtime, fixture));
  }
});
