import { describe, expect, it } from "vitest";
import { type CpuInferenceOptions, type CpuInput, cpuInferenceEngine } from "../../src/cpu/cpu_inference.ts";
import { randomCodes } from "../../src/doctor/random_arrays.ts";
import { DataError } from "../../src/errors.ts";
import type { TabularModelConfig } from "../../src/model/config.ts";
import { initParameters } from "../../src/model/init.ts";
import type { InferenceEngine } from "../../src/predict/tabular_model.ts";
import { Random } from "../../src/random.ts";
import { MASK_FIXTURES, MODEL_FIXTURES, toNamedTensors } from "../golden/fixtures.ts";
import { ReferenceModel } from "../reference/model.reference.ts";
import { expectClose } from "../support/close.ts";
import { listedConfig, rossmannConfig } from "../support/model_configs.ts";
import { randomNormal } from "../support/random_arrays.ts";
import { trainedTensors } from "../support/trained_tensors.ts";

function encodedRows(config: TabularModelConfig, rows: number) {
  const random = new Random(3);
  return {
    rows,
    codes: randomCodes(random, config.embeddingSizes, rows),
    continuous: Float32Array.from(randomNormal(random, rows * config.continuous)),
    targets: null,
  };
}

/** Rows `from` … `from + rows − 1` of an input. */
function someRows(config: TabularModelConfig, input: CpuInput, from: number, rows: number) {
  const columns = config.embeddingSizes.length;
  return {
    rows,
    codes: input.codes.slice(from * columns, (from + rows) * columns),
    continuous: input.continuous.slice(from * config.continuous, (from + rows) * config.continuous),
    targets: null,
  };
}

/** What f32 may differ by: relative to the outputs, and to 1 where they are small. */
const relative = (x: number) => 1e-5 * Math.max(1, Math.abs(x));

const WAYS: [string, CpuInferenceOptions][] = [
  ["WebAssembly", {}],
  ["JavaScript", { wasm: false }],
  ["WebAssembly without tables", { maxTableBytes: 0 }],
  ["WebAssembly, some columns as tables", { maxTableBytes: 2600 }],
];

describe.each(WAYS)("cpuInferenceEngine in %s", (_, options) => {
  it.each([...MODEL_FIXTURES, ...MASK_FIXTURES])("gives PyTorch's numbers: $name", async (fixture) => {
    const { config, data, tensors, expected } = fixture;
    const input = {
      rows: data.rows,
      codes: Uint32Array.from(data.codes),
      continuous: Float32Array.from(data.continuous),
    };
    const before = cpuInferenceEngine(config, toNamedTensors(tensors), options);
    expectClose(await before.forward(input), expected.evalBefore, relative, "before the training");
    const after = cpuInferenceEngine(config, toNamedTensors(expected.finalTensors), options);
    expectClose(await after.forward(input), expected.evalAfter, relative, "after it");
  });

  const shapes: Record<string, TabularModelConfig> = {
    primes: listedConfig({ layers: [31, 7, 13], ps: [0, 0.1, 0], outputs: 5, continuous: 3 }),
    "one of everything": listedConfig({ layers: [1], ps: [0], embeddingSizes: [[2, 1]], continuous: 1 }),
    "tiles and one more": listedConfig({ layers: [33, 65], outputs: 9, embeddingSizes: [[40, 33]] }),
    "no hidden layers": listedConfig({ layers: [], ps: [], outputs: 3, bnFinal: true }),
    "no categories": listedConfig({ embeddingSizes: [], continuous: 5 }),
    "no continuous columns": listedConfig({ continuous: 0 }),
    y_range: listedConfig({ yRange: [-3, 40] }),
  };
  it.each(Object.entries(shapes))("follows the reference model: %s", async (_, config) => {
    const tensors = trainedTensors(config);
    const reference = new ReferenceModel(config, tensors);
    for (const rows of [1, 2, 3, 4, 5, 7, 63, 64, 65, 131]) {
      const input = encodedRows(config, rows);
      const engine = cpuInferenceEngine(config, tensors, options);
      expectClose(await engine.forward(input), reference.evalForward(input), relative, `${rows} rows`);
    }
  });

  it("gives a row the same bits alone and among others", async () => {
    const config = listedConfig({ layers: [37, 18], outputs: 3, yRange: [0, 9] });
    const tensors = trainedTensors(config);
    const input = encodedRows(config, 71);
    const all = await cpuInferenceEngine(config, tensors, options).forward(input);
    expect(new Set(all).size).toBeGreaterThan(200); // the rows differ
    const engine = cpuInferenceEngine(config, tensors, options);
    for (const rows of [1, 2, 5, 64, 70]) {
      for (const from of [0, 1, 71 - rows]) {
        const some = await engine.forward(someRows(config, input, from, rows));
        expect(some, `${rows} rows from ${from}`).toEqual(all.slice(from * 3, (from + rows) * 3));
      }
    }
  });
});

describe("cpuInferenceEngine", () => {
  const config = listedConfig({ layers: [200, 100], outputs: 2 });
  const tensors = initParameters(config, 1);

  it("is an InferenceEngine that says where it runs", () => {
    const engine: InferenceEngine = cpuInferenceEngine(config, tensors);
    expect([engine.backend, engine.description]).toEqual(["cpu", "f32 on the CPU (WebAssembly SIMD)"]);
    expect(cpuInferenceEngine(config, tensors, { wasm: false }).description).toBe(
      "f32 on the CPU (JavaScript)",
    );
  });

  it("runs the Rossmann model like the reference, the same bits with WebAssembly and without", async () => {
    const big = rossmannConfig();
    const weights = trainedTensors(big);
    const input = encodedRows(big, 5);
    const y = await cpuInferenceEngine(big, weights).forward(input);
    expectClose(y, new ReferenceModel(big, weights).evalForward(input), relative);
    expect(await cpuInferenceEngine(big, weights, { wasm: false }).forward(input)).toEqual(y);
  });

  it("gives nothing for no rows", async () => {
    expect(await cpuInferenceEngine(config, tensors).forward(encodedRows(config, 0))).toHaveLength(0);
  });

  it("answers a call of few rows at once: no timer, no message", async () => {
    let answered = false;
    const running = cpuInferenceEngine(config, tensors).forward(encodedRows(config, 3));
    void running.then(() => {
      answered = true;
    });
    await Promise.resolve();
    expect(answered).toBe(true);
    await running;
  });

  it("lets a NaN through instead of turning it into a number, into its own row only", async () => {
    for (const [name, options] of WAYS) {
      const input = encodedRows(config, 9);
      input.continuous[2 * 4] = Number.NaN;
      const y = await cpuInferenceEngine(config, tensors, options).forward(input);
      const nan = Array.from({ length: 18 }, (_, i) => i === 8 || i === 9);
      expect([...y].map(Number.isNaN), name).toEqual(nan);
    }
  });

  it("refuses a code its embedding has no row for, be it a table or not", async () => {
    for (const [name, options] of WAYS) {
      const input = encodedRows(config, 7);
      input.codes[2 * 4 + 1] = 3;
      const running = cpuInferenceEngine(config, tensors, options).forward(input);
      await expect(running, name).rejects.toThrow(
        new DataError(
          "Row 4 has code 3 in categorical column 1, whose embedding has 3 rows. " +
            "Encode the table with the model's own preprocessing.",
        ),
      );
    }
  });

  it("refuses tensors of another config", () => {
    const other = initParameters(listedConfig({ layers: [200, 101], outputs: 2 }), 1);
    expect(() => cpuInferenceEngine(config, other)).toThrow('Tensor "layers.1.0.weight" has 20200 values');
  });

  it("lets others run between blocks and stops when it is aborted", async () => {
    const engine = cpuInferenceEngine(config, tensors, { wasm: false });
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error("enough")), 0);
    const running = engine.forward(encodedRows(config, 40_000), controller);
    await expect(running).rejects.toThrow("enough");
  });

  it("runs several calls at a time, each with its own rows", async () => {
    const engine = cpuInferenceEngine(config, tensors, { wasm: false });
    const input = encodedRows(config, 5000);
    const parts = [0, 2000].map((from) => someRows(config, input, from, 3000));
    const alone = [await engine.forward(parts[0]), await engine.forward(parts[1])];
    expect(await Promise.all(parts.map((part) => engine.forward(part)))).toEqual(alone);
  });

  it("does not start when it is aborted before", async () => {
    const signal = AbortSignal.abort(new Error("never mind"));
    const running = cpuInferenceEngine(config, tensors).forward(encodedRows(config, 1), { signal });
    await expect(running).rejects.toThrow("never mind");
  });

  it("keeps weights of its own: neither what it was given nor what it hands out changes it", async () => {
    for (const [name, options] of WAYS) {
      const given = initParameters(config, 1);
      const engine = cpuInferenceEngine(config, given, options);
      const before = await cpuInferenceEngine(config, given, options).forward(encodedRows(config, 3));
      for (const values of given.values()) values.fill(100);
      const handedOut = await engine.tensors();
      expect(handedOut).toEqual(tensors);
      handedOut.get("layers.2.0.bias")!.fill(100);
      expect(await engine.tensors()).toEqual(tensors);
      expect(await engine.forward(encodedRows(config, 3)), name).toEqual(before);
    }
  });

  it("cannot be used once disposed, not even by a call that runs", async () => {
    const engine = cpuInferenceEngine(config, tensors, { wasm: false });
    const running = engine.forward(encodedRows(config, 40_000));
    setTimeout(() => engine.dispose(), 0);
    await expect(running).rejects.toThrow("The engine was disposed; make another.");
    await expect(engine.forward(encodedRows(config, 1))).rejects.toThrow("The engine was disposed");
    await expect(engine.tensors()).rejects.toThrow("The engine was disposed; make another.");
  });
});
