import { describe, expect, it } from "vitest";
import { twinOf } from "../../src/cpu/twins/index.ts";
import { inputBackwardCase } from "../../src/doctor/checks/input.ts";
import { linearBackwardWeightCase } from "../../src/doctor/checks/linear.ts";
import { CaseBuffers, type KernelCase, SENTINEL } from "../../src/doctor/kernel_case.ts";
import { exactOf, failureOf, judgeCase } from "../../src/doctor/run_case.ts";

type Words = Record<string, Uint32Array>;

/** What a kernel that rounds each exact result to f32 would leave. */
function rightAnswer(kernelCase: KernelCase): Words {
  const { dispatch, contents } = kernelCase;
  const exact = exactOf(kernelCase);
  return Object.fromEntries(
    Object.entries(dispatch.buffers).map(([name, spec]) => {
      const values = exact[name];
      if (values instanceof Uint32Array) return [name, values];
      const before = contents.get(spec)!;
      const rounded = new Uint32Array(Float32Array.from(values).buffer);
      return [name, rounded.map((word, i) => (Number.isNaN(values[i]) ? before[i] : word))];
    }),
  );
}

function setFloat(words: Uint32Array, index: number, change: (value: number) => number): void {
  const floats = new Float32Array(words.buffer);
  floats[index] = change(floats[index]);
}

const floatCase = linearBackwardWeightCase({ rows: 3, capacity: 5, fanIn: 3, fanOut: 2, bias: true });
const WEIGHT = 4 * floatCase.dispatch.dims.d_weight;

/** Judges the right answer after `spoil` changed it. */
function judge(spoil: (words: Words) => void, kernelCase = floatCase) {
  const words = rightAnswer(kernelCase);
  spoil(words);
  return judgeCase(kernelCase, words);
}

describe("judgeCase", () => {
  it("passes the right answer, and says how near its bound the worst element comes", () => {
    const { passed, wrong, worst, errorOverBound } = judge(() => {});
    expect({ passed, wrong, worst }).toEqual({ passed: true, wrong: 0, worst: null });
    expect(errorOverBound).toBeGreaterThan(0);
    expect(errorOverBound).toBeLessThan(1);
  });

  it("fails an element beyond its bound and names the worst", () => {
    const result = judge(({ grads }) => {
      setFloat(grads, WEIGHT, (value) => value * (1 + 1e-4));
      setFloat(grads, WEIGHT + 1, (value) => value + 1);
    });
    expect(result).toMatchObject({ passed: false, wrong: 2, worst: { binding: "grads", index: WEIGHT + 1 } });
    expect(result.errorOverBound).toBeGreaterThan(1e5);
    expect(failureOf(result)).toMatch(
      /^linear_backward_weight \(rows 3, capacity 5, .*\): 2 of \d+ words are wrong; the worst is grads\[65\]: got /,
    );
  });

  it("fails a NaN, an infinity and padding that is not 0", () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const result = judge(({ grads }) => setFloat(grads, WEIGHT, () => value));
      expect(result).toMatchObject({ passed: false, wrong: 1, errorOverBound: null });
    }
    const padding = judge(({ grads }) => setFloat(grads, WEIGHT + 3, () => 1e-30));
    expect(padding).toMatchObject({ passed: false, wrong: 1, worst: { index: WEIGHT + 3 } });
  });

  it("fails a write that never happened, one where none may be, and a changed input", () => {
    const missing = judge(({ grads }) => grads.fill(SENTINEL, WEIGHT, WEIGHT + 1));
    expect(missing.worst?.problem).toMatch(/^got nothing written, expected -?[\d.]+ ± /);
    const gap = judge(({ grads }) => setFloat(grads, WEIGHT + 8, () => 0));
    expect(gap.worst?.problem).toBe("0 where nothing written was; the kernel must leave it alone");
    const input = judge(({ x }) => setFloat(x, 0, (value) => -value));
    expect(input.worst).toMatchObject({ binding: "x", index: 0 });
    expect(input.worst?.problem).toMatch(/; the kernel only reads it$/);
    for (const result of [missing, gap, input]) expect(result).toMatchObject({ passed: false, wrong: 1 });
  });

  it("wants u32 exactly", () => {
    const kernelCase = inputBackwardCase({ rows: 5, fanIn: 1, fanOut: 1, cardinalities: [3] });
    expect(judge(() => {}, kernelCase)).toMatchObject({ passed: true });
    const result = judge(({ groups }) => {
      [groups[9], groups[10]] = [groups[10], groups[9]]; // behind the segments
    }, kernelCase);
    expect(result).toMatchObject({ passed: false, wrong: 2, errorOverBound: null });
    expect(result.worst?.problem).toMatch(/^got \d, expected \d$/);
  });
});

describe("a case", () => {
  it("has one dispatch", () => {
    expect(() =>
      new CaseBuffers().case(
        "of nothing",
        () => {},
        floatCase.step,
        () => ({}),
      ),
    ).toThrow(/case "of nothing" records 0 dispatches/);
  });

  it("needs a kernel with a twin", () => {
    expect(() => twinOf("toString")).toThrow(/the kernel toString has no twin/);
  });
});
