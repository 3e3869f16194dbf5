import { describe, expect, it } from "vitest";
import { step } from "../../src/generated/step.ts";
import { uniformBytes, uniformValues, writeUniforms } from "../../src/gpu/uniform_fields.ts";
import { stepOf } from "../../src/scheduler/step_of.ts";

const FIELDS = { rows: "u32", lr: "f32", seed: "u32" } as const;

describe("a uniform struct", () => {
  it("has its fields in order, 4 bytes each, little-endian, from the given byte on", () => {
    const view = new DataView(new ArrayBuffer(32));
    writeUniforms(view, 16, FIELDS, { seed: -1, lr: 0.1, rows: 7 });
    expect(view.getUint32(16, true)).toBe(7);
    expect(view.getFloat32(20, true)).toBe(Math.fround(0.1));
    expect(view.getUint32(24, true)).toBe(2 ** 32 - 1);
    expect([0, 4, 8, 12, 28].map((at) => view.getUint32(at))).toEqual([0, 0, 0, 0, 0]);
  });

  it("takes whole vec4s", () => {
    expect(uniformBytes(FIELDS)).toBe(16);
    expect(uniformBytes({ ...FIELDS, a: "f32" })).toBe(16);
    expect(uniformBytes({ ...FIELDS, a: "f32", b: "f32" })).toBe(32);
  });
});

it("uniformValues are what a kernel reads from its slot, and leave what was given alone", () => {
  const given = stepOf({ rows: 7, seed: -1, tick: 2 ** 32 + 5, lr: 0.1, decay: 1 - 1e-9 });
  const copy = { ...given };
  expect(uniformValues(step, given)).toEqual({
    ...given,
    seed: 2 ** 32 - 1,
    tick: 5,
    lr: Math.fround(0.1),
    decay: 1,
  });
  expect(given).toEqual(copy);
});
