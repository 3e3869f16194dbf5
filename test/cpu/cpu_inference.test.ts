import { describe, expect, it } from "vitest";
import { cpuInferenceEngine } from "../../src/cpu/cpu_inference.ts";
import { cpuForward } from "../../src/cpu/forward.ts";
import { randomCodes } from "../../src/doctor/random_arrays.ts";
import { initParameters } from "../../src/model/init.ts";
import type { InferenceEngine } from "../../src/predict/tabular_model.ts";
import { Random } from "../../src/random.ts";
import { listedConfig } from "../support/model_configs.ts";
import { randomNormal } from "../support/random_arrays.ts";

const config = listedConfig({ layers: [200, 100], outputs: 2 });
const tensors = initParameters(config, 1);

/** 22,000 multiplications a row, so some 900 rows a chunk. */
function encodedRows(rows: number) {
  const random = new Random(3);
  return {
    rows,
    codes: randomCodes(random, config.embeddingSizes, rows),
    continuous: Float32Array.from(randomNormal(random, rows * 2)),
    targets: null,
  };
}

describe("cpuInferenceEngine", () => {
  it("is an InferenceEngine that says where it runs", () => {
    const engine: InferenceEngine = cpuInferenceEngine(config, tensors);
    expect([engine.backend, engine.description]).toEqual(["cpu", "f64 on the CPU"]);
  });

  it("runs every row across its chunks, in float32 at the end", async () => {
    const encoded = encodedRows(2001);
    const y = await cpuInferenceEngine(config, tensors).forward(encoded);
    expect(y).toEqual(Float32Array.from(cpuForward(config, tensors, encoded, 0, 2001)));
  });

  it("gives nothing for no rows", async () => {
    expect(await cpuInferenceEngine(config, tensors).forward(encodedRows(0))).toHaveLength(0);
  });

  it("lets others run between chunks and stops when it is aborted", async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error("enough")), 0);
    const running = cpuInferenceEngine(config, tensors).forward(encodedRows(20_000), controller);
    await expect(running).rejects.toThrow("enough");
  });

  it("does not start when it is aborted before", async () => {
    const signal = AbortSignal.abort(new Error("never mind"));
    const running = cpuInferenceEngine(config, tensors).forward(encodedRows(1), { signal });
    await expect(running).rejects.toThrow("never mind");
  });

  it("keeps weights of its own: neither what it was given nor what it hands out changes it", async () => {
    const given = initParameters(config, 1);
    const engine = cpuInferenceEngine(config, given);
    given.get("layers.2.0.bias")!.fill(100);
    const handedOut = await engine.tensors();
    expect(handedOut).toEqual(tensors);
    handedOut.get("layers.2.0.bias")!.fill(100);
    expect(await engine.tensors()).toEqual(tensors);
  });

  it("cannot be used once disposed", async () => {
    const engine = cpuInferenceEngine(config, tensors);
    engine.dispose();
    await expect(engine.forward(encodedRows(1))).rejects.toThrow("The engine was disposed; make another.");
    await expect(engine.tensors()).rejects.toThrow("The engine was disposed; make another.");
  });
});
