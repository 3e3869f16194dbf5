import { describe, expect, it } from "vitest";
import { cpuInferenceEngine } from "../../src/cpu/cpu_inference.ts";
import { randomCodes, randomFloats } from "../../src/doctor/random_arrays.ts";
import { gpuInferenceEngine } from "../../src/model/gpu_inference.ts";
import { AutoInferenceEngine } from "../../src/predict/auto_engine.ts";
import { Random } from "../../src/random.ts";
import { expectClose } from "../support/close.ts";
import { sharedDevice } from "../support/gpu.ts";
import { listedConfig } from "../support/model_configs.ts";
import { trainedTensors } from "../support/trained_tensors.ts";

describe("AutoInferenceEngine on a GPU", () => {
  const config = listedConfig({ layers: [40, 20], outputs: 2 });
  const tensors = trainedTensors(config);
  const random = new Random(3);
  const rows = 20_000;
  const encoded = {
    rows,
    codes: randomCodes(random, config.embeddingSizes, rows),
    continuous: randomFloats(random, rows * config.continuous),
    targets: null,
  };

  it("carries a call on from the CPU to the GPU, every row as the CPU alone gives it", async () => {
    const device = await sharedDevice();
    let onGpu = 0;
    // A clock by which the CPU takes a millisecond a row and the GPU 5 a call: who wins is not the matter here.
    let now = 0;
    const cpu = cpuInferenceEngine(config, tensors);
    const engine = new AutoInferenceEngine({
      cpu: {
        backend: "cpu",
        description: "cpu",
        forward: async (rows, options) => {
          now += rows.rows;
          // Gives the background time to get on.
          await new Promise((resolve) => setTimeout(resolve, 50));
          return cpu.forward(rows, options);
        },
        tensors: () => cpu.tensors(),
        dispose: () => cpu.dispose(),
      },
      openGpu: async () => {
        const gpu = await gpuInferenceEngine(config, tensors, { device });
        return {
          backend: "webgpu",
          description: gpu.description,
          forward: (rows, options) => {
            now += 5;
            onGpu = rows.rows;
            return gpu.forward(rows, options);
          },
          tensors: () => gpu.tensors(),
          dispose: () => gpu.dispose(),
        };
      },
      onFallback: (reason) => expect.fail(reason),
      now: () => now,
    });
    for (let i = 0; engine.backend === "cpu"; i++) {
      expect(i, "calls until the GPU was there").toBeLessThan(20);
      const outputs = await engine.forward(encoded);
      const alone = await cpu.forward(encoded);
      expectClose(outputs, alone, (x) => 1e-5 * Math.max(1, Math.abs(x)), `call ${i}`);
    }
    expect(onGpu).toBeGreaterThan(0);
    expect(engine.plan).toMatch(/^below 5 rows cpu \(1 ms a row\), from there .* \(5 ms \+ 0 ms a row\)$/);
    engine.dispose();
  });
});
