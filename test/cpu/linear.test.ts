import { describe, expect, it } from "vitest";
import { linearForward } from "../../src/cpu/linear.ts";
import { linearForward as reference } from "../../src/cpu/ops/ops.ts";
import { Random } from "../../src/random.ts";
import { expectClose } from "../support/close.ts";
import { randomNormal } from "../support/random_arrays.ts";

describe("linearForward on the CPU", () => {
  const sizes = [1, 2, 3, 4, 5, 7, 8, 13];
  const shapes = sizes.flatMap((rows) => sizes.map((fanOut) => [rows, rows + fanOut, fanOut] as const));

  it.each([true, false])(
    "is the reference's for every mixture of whole and broken tiles, bias %s",
    (withBias) => {
      const random = new Random(1);
      for (const [rows, fanIn, fanOut] of shapes) {
        const x = randomNormal(random, rows * fanIn);
        const weight = randomNormal(random, fanOut * fanIn);
        const bias = withBias ? randomNormal(random, fanOut) : null;
        const y = linearForward(x, weight, bias, rows, fanIn, fanOut);
        expectClose(y, reference(x, weight, bias, rows, fanIn, fanOut), 1e-13, `${rows}×${fanIn}×${fanOut}`);
      }
    },
  );

  it("gives a row the same bits alone and among others", () => {
    const random = new Random(2);
    const [rows, fanIn, fanOut] = [5, 9, 6];
    const x = randomNormal(random, rows * fanIn);
    const weight = randomNormal(random, fanOut * fanIn);
    const bias = randomNormal(random, fanOut);
    const all = linearForward(x, weight, bias, rows, fanIn, fanOut);
    for (let b = 0; b < rows; b++) {
      const alone = linearForward(x.subarray(b * fanIn, (b + 1) * fanIn), weight, bias, 1, fanIn, fanOut);
      expect([...alone]).toEqual([...all.subarray(b * fanOut, (b + 1) * fanOut)]);
    }
  });

  it("gives nothing for no rows and the bias for no inputs", () => {
    expect(linearForward(new Float64Array(0), new Float64Array(6), null, 0, 3, 2)).toHaveLength(0);
    const y = linearForward(new Float64Array(0), new Float64Array(0), new Float64Array([1, 2]), 2, 0, 2);
    expect([...y]).toEqual([1, 2, 1, 2]);
  });
});
