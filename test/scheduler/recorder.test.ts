import { describe, expect, it } from "vitest";
import { InternalError } from "../../src/errors.ts";
import { resident } from "../../src/gpu/buffer_spec.ts";
import type { KernelSource } from "../../src/gpu/kernel_source.ts";
import { ceilDiv, foldGrid, MAX_GRID, Recorder } from "../../src/scheduler/recorder.ts";
import { buffersOf } from "../../src/scheduler/recording.ts";

const kernel = {
  name: "double_it",
  code: "",
  parts: [],
  variants: {},
  dims: { count: "u32", by: "f32" },
  bindings: {
    x: { access: "read", element: "f32" },
    bias: { access: "read", element: "f32" },
    y: { access: "read_write", element: "f32" },
  },
  overrides: { THREADS: 64 },
} as const satisfies KernelSource;

const x = resident("x", [8]);
const bias = resident("bias", [8]);
const y = resident("y", [8]);
const call = { grid: [1, 1, 1], dims: { count: 8, by: 0.5 }, buffers: { x, bias, y } } as const;

/** The message of what a faulty dispatch throws. Casts, because the compiler refuses most of them. */
function fault(changes: object): string {
  const rec = new Recorder("test_step");
  rec.dispatch(kernel, call);
  try {
    rec.dispatch(kernel, { ...call, ...changes });
  } catch (error) {
    expect(error).toBeInstanceOf(InternalError);
    expect(rec.finish().dispatches.length, "a faulty dispatch is not recorded").toBe(1);
    return (error as Error).message;
  }
  throw new Error("nothing was thrown");
}

const internal = (text: string) => `internal: ${text} This is a fault of TabGPU, please report it.`;
const where = "test_step, dispatch 2, double_it";

describe("Recorder", () => {
  it("keeps dispatches in order, as data", () => {
    const rec = new Recorder("test_step");
    rec.dispatch(kernel, call);
    rec.dispatch(kernel, { ...call, overrides: { THREADS: 8 }, note: "again" });
    const { name, dispatches } = rec.finish();
    expect(name).toBe("test_step");
    expect(dispatches.map((d) => d.overrides.THREADS)).toEqual([64, 8]);
    expect(dispatches.map((d) => d.note)).toEqual(["", "again"]);
    expect(dispatches[0].dims).toEqual({ count: 8, by: 0.5 });
    expect(buffersOf({ name, dispatches })).toEqual([x, bias, y]);
  });

  it("lets one buffer be read twice", () => {
    new Recorder("test_step").dispatch(kernel, { ...call, buffers: { x, bias: x, y } });
  });

  it("refuses a missing buffer", () => {
    expect(fault({ buffers: { x, y } })).toBe(internal(`${where}: no buffer for "bias".`));
  });

  it("refuses a buffer that is written and read", () => {
    expect(fault({ buffers: { x, bias, y: x } })).toBe(
      internal(`${where}: "y" is written and is also "x" (x).`),
    );
  });

  it("refuses to read a transient that nothing wrote, and lets it be read afterwards", () => {
    const rec = new Recorder("test_step");
    const early = rec.transient("early", [8]);
    expect(fault({ buffers: { x: early, bias, y } })).toBe(
      internal(`${where}: "x" is read, but nothing before wrote the transient early.`),
    );
    rec.dispatch(kernel, { ...call, buffers: { x, bias, y: early } });
    rec.dispatch(kernel, { ...call, buffers: { x: early, bias, y } });
    expect(rec.finish().dispatches.length).toBe(2);
  });

  it("refuses dims a uniform cannot hold", () => {
    const message = (field: string, value: unknown, type: string) =>
      internal(`${where}: dims.${field} is ${value}, needs ${type}.`);
    for (const count of [-1, 0.5, 2 ** 32, Number.NaN, Number.POSITIVE_INFINITY, undefined]) {
      expect(fault({ dims: { count, by: 0.5 } })).toBe(message("count", count, "u32"));
    }
    for (const by of [Number.NaN, Number.NEGATIVE_INFINITY, undefined]) {
      expect(fault({ dims: { count: 8, by } })).toBe(message("by", by, "f32"));
    }
    new Recorder("test_step").dispatch(kernel, { ...call, dims: { count: 2 ** 32 - 1, by: -1e30 } });
  });

  it("refuses grids no device takes", () => {
    for (const grid of [
      [0, 1, 1],
      [1, 65536, 1],
      [1, 1, 1.5],
      [Number.NaN, 1, 1],
    ]) {
      expect(fault({ grid })).toBe(
        internal(`${where}: the grid is ${grid.join("×")}; each side is 1 to 65535.`),
      );
    }
    new Recorder("test_step").dispatch(kernel, { ...call, grid: [65535, 65535, 65535] });
  });
});

describe("foldGrid", () => {
  it("covers any number of workgroups with sides every device takes, and little waste", () => {
    for (const n of [1, 2, 64, 65534, 65535, 65536, 65537, 131070, 131071, 1_000_003, 65535 * 65535]) {
      const [width, height, depth] = foldGrid(n);
      expect(width * height).toBeGreaterThanOrEqual(n);
      expect(width * height - n).toBeLessThan(width);
      expect(Math.max(width, height)).toBeLessThanOrEqual(MAX_GRID);
      expect(depth).toBe(1);
    }
    expect(foldGrid(65535)).toEqual([65535, 1, 1]);
  });
});

describe("ceilDiv", () => {
  it("rounds up", () => {
    expect([0, 1, 7, 8, 9].map((n) => ceilDiv(n, 8))).toEqual([0, 1, 1, 1, 2]);
  });
});
