import { describe, expect, it } from "vitest";
import { cpuForward, cpuForwardRows, prepareCpuModel } from "../../src/cpu/forward.ts";
import { randomCodes } from "../../src/doctor/random_arrays.ts";
import { DataError } from "../../src/errors.ts";
import { initParameters } from "../../src/model/init.ts";
import { parametersOf } from "../../src/model/parameters.ts";
import { Random } from "../../src/random.ts";
import { MASK_FIXTURES, MODEL_FIXTURES, toNamedTensors } from "../golden/fixtures.ts";
import { ReferenceModel } from "../reference/model.reference.ts";
import { expectClose } from "../support/close.ts";
import { listedConfig, rossmannConfig } from "../support/model_configs.ts";
import { randomNormal } from "../support/random_arrays.ts";

describe.each([...MODEL_FIXTURES, ...MASK_FIXTURES])(
  "cpuForward of $name",
  ({ config, tensors, data, expected }) => {
    const input = {
      rows: data.rows,
      codes: Uint32Array.from(data.codes),
      continuous: Float32Array.from(data.continuous),
    };

    it("gives PyTorch's numbers before the training", () => {
      const y = cpuForward(config, toNamedTensors(tensors), input, 0, data.rows);
      expectClose(y, expected.evalBefore, (x) => 1e-9 * (1 + Math.abs(x)));
    });

    it("and after it", () => {
      const y = cpuForward(config, toNamedTensors(expected.finalTensors), input, 0, data.rows);
      expectClose(y, expected.evalAfter, (x) => 1e-5 * (1 + Math.abs(x))); // the tensors are rounded to float32
    });
  },
);

describe("cpuForward", () => {
  const config = listedConfig({ layers: [11, 7], yRange: [0, 8], bnFinal: true });
  const random = new Random(5);
  const rows = 9;
  const input = {
    rows,
    codes: randomCodes(random, config.embeddingSizes, rows),
    continuous: Float32Array.from(randomNormal(random, rows * 2)),
  };
  const tensors = initParameters(config, 1);
  for (const { name, kind, shape } of parametersOf(config)) {
    if (kind === "running_mean") tensors.set(name, Float32Array.from(randomNormal(random, shape[0])));
    if (kind === "running_var") {
      tensors.set(
        name,
        Float32Array.from(randomNormal(random, shape[0]), (x) => x * x + 0.1),
      );
    }
  }

  it("agrees with the reference model", () => {
    const expected = new ReferenceModel(config, tensors).evalForward(input);
    expectClose(cpuForward(config, tensors, input, 0, rows), expected, 1e-12);
  });

  it("runs any stretch of rows, each the same alone and among others", () => {
    const model = prepareCpuModel(config, tensors);
    const all = cpuForwardRows(model, input, 0, rows);
    expect([...cpuForwardRows(model, input, 3, 4)]).toEqual([...all.subarray(3, 7)]);
    for (let row = 0; row < rows; row++) {
      expect([...cpuForwardRows(model, input, row, 1)]).toEqual([all[row]]);
    }
    expect(cpuForwardRows(model, input, rows, 0)).toHaveLength(0);
  });

  it("lets a NaN through instead of turning it into a number", () => {
    const continuous = input.continuous.slice();
    continuous[2] = Number.NaN; // row 1
    const y = cpuForward(config, tensors, { ...input, continuous }, 0, 3);
    expect([...y].map(Number.isNaN)).toEqual([false, true, false]);
  });

  it("refuses rows that are not there", () => {
    expect(() => cpuForward(config, tensors, input, 5, 5)).toThrow(
      new DataError("Rows 5 to 10 were asked for, but there are 9."),
    );
  });

  it("refuses a code its embedding has no row for", () => {
    const codes = input.codes.slice();
    codes[2 * 4 + 1] = 3;
    expect(() => cpuForward(config, tensors, { ...input, codes }, 2, 5)).toThrow(
      new DataError(
        "Row 4 has code 3 in categorical column 1, whose embedding has 3 rows. " +
          "Encode the table with the model's own preprocessing.",
      ),
    );
  });

  it("refuses tensors of another config", () => {
    const other = initParameters(listedConfig({ layers: [11, 8], yRange: [0, 8], bnFinal: true }), 1);
    expect(() => cpuForward(config, other, input, 0, 1)).toThrow('Tensor "layers.1.0.weight" has 88 values');
  });

  it("runs the Rossmann model like the reference", () => {
    const big = rossmannConfig();
    const few = 3;
    const batch = {
      rows: few,
      codes: randomCodes(random, big.embeddingSizes, few),
      continuous: Float32Array.from(randomNormal(random, few * 16)),
    };
    const weights = initParameters(big, 2);
    const expected = new ReferenceModel(big, weights).evalForward(batch);
    expectClose(cpuForward(big, weights, batch, 0, few), expected, 1e-12);
  });
});
