import { afterEach, describe, expect, it, vi } from "vitest";
import { type DenseMachine, denseMachine } from "../../src/cpu/dense.ts";
import { Random } from "../../src/random.ts";
import { expectClose } from "../support/close.ts";
import { randomNormal } from "../support/random_arrays.ts";

const SENTINEL = 12345;
const up = (count: number, to: number) => to * Math.ceil(count / to);

interface LinearCase {
  readonly rows: number;
  readonly fanIn: number;
  readonly fanOut: number;
  readonly relu: boolean;
  /** A row of start for each row, instead of one for all. */
  readonly ownStart: boolean;
}

/** The case's numbers, unpadded; the same for the same case. */
function numbersOf({ rows, fanIn, fanOut, ownStart }: LinearCase) {
  const random = new Random(rows * 100 + fanIn * 10 + fanOut);
  const f32 = (length: number) => Float32Array.from(randomNormal(random, length));
  return { x: f32(rows * fanIn), weight: f32(fanOut * fanIn), start: f32((ownStart ? rows : 1) * fanOut) };
}

/** Lays a case out as wasm/dense.wat asks, runs it and returns y [rows, fanOut]; checks what lies around y. */
function runLinear(wasm: boolean, c: LinearCase, numbers = numbersOf(c)): Float32Array {
  const { rows, fanIn, fanOut, relu, ownStart } = c;
  const [inputs, width, panels] = [up(fanIn, 4), up(fanOut, 32), Math.ceil(fanOut / 8)];
  const sizes = [rows * inputs, inputs * width, (ownStart ? rows : 1) * width, (rows + 2) * width];
  let end = 16;
  const [x, weight, start, y] = sizes.map((size) => {
    end += up(size, 16);
    return end - up(size, 16);
  });
  const { kernels, memory } = denseMachine(4 * end, wasm);
  const floats = new Float32Array(memory);
  for (let row = 0; row < rows; row++) {
    floats.set(numbers.x.subarray(row * fanIn, (row + 1) * fanIn), x + row * inputs);
  }
  for (let o = 0; o < fanOut; o++) {
    const to = weight + Math.floor(o / 8) * 8 * inputs + (o % 8);
    for (let k = 0; k < fanIn; k++) floats[to + 8 * k] = numbers.weight[o * fanIn + k];
  }
  for (let row = 0; row < (ownStart ? rows : 1); row++) {
    floats.set(numbers.start.subarray(row * fanOut, (row + 1) * fanOut), start + row * width);
  }
  floats.fill(SENTINEL, y, end);
  const first = y + width; // a row of sentinels before and one after
  kernels.linear(
    4 * x,
    4 * inputs,
    4 * weight,
    4 * start,
    ownStart ? 4 * width : 0,
    4 * first,
    4 * width,
    inputs,
    rows,
    panels,
    Number(relu),
  );
  const around = [...floats.subarray(y, first), ...floats.subarray(first + rows * width, end)];
  expect(around.every((value) => value === SENTINEL)).toBe(true);
  const result = new Float32Array(rows * fanOut);
  for (let row = 0; row < rows; row++) {
    const from = first + row * width;
    result.set(floats.subarray(from, from + fanOut), row * fanOut);
    if (numbers.x.subarray(row * fanIn, (row + 1) * fanIn).some(Number.isNaN)) continue; // so is its padding
    const padding = floats.subarray(from + fanOut, from + width);
    expect(padding.every((value) => value === 0 || value === SENTINEL)).toBe(true);
    expect(padding.subarray(0, 8 * panels - fanOut).every((value) => value === 0)).toBe(true);
  }
  return result;
}

/** start + x · weightᵀ in f64, with the magnitude that bounds what f32 may differ by. */
function expectedLinear(
  { rows, fanIn, fanOut, relu, ownStart }: LinearCase,
  numbers: ReturnType<typeof numbersOf>,
) {
  const values = new Float64Array(rows * fanOut);
  const bounds = new Float64Array(rows * fanOut);
  for (let row = 0; row < rows; row++) {
    for (let o = 0; o < fanOut; o++) {
      let sum = numbers.start[(ownStart ? row * fanOut : 0) + o];
      let magnitude = Math.abs(sum);
      for (let k = 0; k < fanIn; k++) {
        const product = numbers.x[row * fanIn + k] * numbers.weight[o * fanIn + k];
        sum += product;
        magnitude += Math.abs(product);
      }
      values[row * fanOut + o] = relu ? Math.max(0, sum) : sum;
      bounds[row * fanOut + o] = (fanIn + 2) * 2 ** -24 * magnitude;
    }
  }
  return { values, bounds };
}

const ROWS = [1, 2, 3, 4, 5, 8, 11, 13];
const WIDTHS = [1, 3, 4, 5, 7, 8, 9, 31, 32, 33, 67];
const CASES: LinearCase[] = ROWS.flatMap((rows) =>
  WIDTHS.map((fanOut, i) => {
    const fanIn = WIDTHS[(i * 5 + rows) % WIDTHS.length];
    return { rows, fanIn, fanOut, relu: (rows + i) % 2 === 0, ownStart: (rows + i) % 3 === 0 };
  }),
);

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

describe.each([
  ["WebAssembly", true],
  ["JavaScript", false],
])("linear in %s", (_, wasm) => {
  it("is the f64 product at sizes of no whole tiles", () => {
    for (const c of CASES) {
      const numbers = numbersOf(c);
      const { values, bounds } = expectedLinear(c, numbers);
      expectClose(runLinear(wasm, c, numbers), values, bounds, JSON.stringify(c));
    }
  });

  it("gives a row the same bits alone and among others", () => {
    for (const c of CASES) {
      const numbers = numbersOf(c);
      const all = runLinear(wasm, c, numbers);
      const { fanIn, fanOut } = c;
      for (let row = 0; row < c.rows; row++) {
        const start = c.ownStart ? numbers.start.subarray(row * fanOut, (row + 1) * fanOut) : numbers.start;
        const x = numbers.x.subarray(row * fanIn, (row + 1) * fanIn);
        const alone = runLinear(wasm, { ...c, rows: 1 }, { ...numbers, x, start });
        expect(alone, JSON.stringify(c)).toEqual(all.subarray(row * fanOut, (row + 1) * fanOut));
      }
    }
  });

  it("is start for no inputs, through the ReLU, and nothing for no rows", () => {
    const c = { rows: 5, fanIn: 0, fanOut: 3, relu: true, ownStart: false };
    const start = Float32Array.from([1, -2, 3]);
    const none = new Float32Array(0);
    expect([...runLinear(wasm, c, { x: none, weight: none, start })]).toEqual(
      Array(5).fill([1, 0, 3]).flat(),
    );
    expect(runLinear(wasm, { ...c, rows: 0, fanIn: 4 })).toHaveLength(0);
  });

  it("lets a NaN through, ReLU or not, into its own row only", () => {
    for (const relu of [true, false]) {
      const c = { rows: 6, fanIn: 5, fanOut: 9, relu, ownStart: false };
      const numbers = numbersOf(c);
      numbers.x[4 * 5 + 2] = Number.NaN; // in the rest of the rows
      numbers.x[1 * 5] = Number.NaN; // in a tile
      const nan = [...runLinear(wasm, c, numbers)].map(Number.isNaN);
      expect(nan).toEqual(Array.from({ length: 54 }, (_, i) => [1, 4].includes(Math.floor(i / 9))));
    }
  });
});

describe("sum_rows", () => {
  /** 37 rows of 64 floats from 64 on, y between two rows of sentinels. */
  function sumRows({ kernels, memory }: DenseMachine, chosen: readonly number[]): Float32Array {
    const floats = new Float32Array(memory);
    const [table, start, pointers, y] = [64, 64 + 37 * 64, 64 + 38 * 64, 64 + 39 * 64];
    floats.set(Float32Array.from(randomNormal(new Random(8), 38 * 64)), table);
    new Uint32Array(memory).set(
      chosen.map((row) => 4 * (table + 64 * row)),
      pointers,
    );
    floats.fill(SENTINEL, y, y + 3 * 64);
    kernels.sum_rows(4 * pointers, chosen.length, 4 * start, 4 * (y + 64), 64);
    const around = [...floats.subarray(y, y + 64), ...floats.subarray(y + 128, y + 192)];
    expect(around.every((value) => value === SENTINEL)).toBe(true);
    return floats.slice(y + 64, y + 128);
  }

  it.each([[[]], [[5]], [[36, 0]], [[7, 7, 7]], [[...Array(37).keys()]]])(
    "adds rows %j to start, the same bits in both",
    (chosen) => {
      const values = randomNormal(new Random(8), 38 * 64).map(Math.fround);
      const expected = new Float64Array(64);
      const bounds = new Float64Array(64);
      for (const row of [37, ...chosen]) {
        for (let i = 0; i < 64; i++) {
          expected[i] += values[row * 64 + i];
          bounds[i] += Math.abs(values[row * 64 + i]) * chosen.length * 2 ** -24;
        }
      }
      const [simd, plain] = [true, false].map((wasm) => sumRows(denseMachine(4 * 64 * 50, wasm), chosen));
      expectClose(simd, expected, bounds);
      expect(plain).toEqual(simd);
    },
  );
});

describe("denseMachine", () => {
  it("gives the same bits with WebAssembly and without", () => {
    for (const c of CASES) expect(runLinear(false, c), JSON.stringify(c)).toEqual(runLinear(true, c));
  });

  it("says which it is", () => {
    expect(denseMachine(100).description).toBe("f32 on the CPU (WebAssembly SIMD)");
    expect(denseMachine(100, false).description).toBe("f32 on the CPU (JavaScript)");
  });

  it("has memory of its own, all zeros", () => {
    const [a, b] = [denseMachine(70_000), denseMachine(70_000)];
    new Float32Array(a.memory).fill(1);
    expect(new Float32Array(b.memory).every((value) => value === 0)).toBe(true);
    expect(b.memory.byteLength).toBeGreaterThanOrEqual(70_000);
  });

  const forbidden = class {
    constructor() {
      throw new WebAssembly.CompileError("Refused to compile: violates Content Security Policy");
    }
  };
  it.each([
    ["its Content-Security-Policy forbids WebAssembly", { ...WebAssembly, Module: forbidden }],
    ["there is no WebAssembly", undefined],
  ])("runs plain JavaScript in a page where %s", async (_, stub) => {
    vi.stubGlobal("WebAssembly", stub);
    vi.resetModules();
    const { denseMachine } = await import("../../src/cpu/dense.ts");
    const { description, memory, kernels } = denseMachine(4 * 128);
    expect(description).toBe("f32 on the CPU (JavaScript)");
    const floats = new Float32Array(memory);
    floats.fill(2, 32, 64);
    kernels.sum_rows(0, 0, 4 * 32, 4 * 64, 32);
    expect([...floats.subarray(64, 96)]).toEqual(Array(32).fill(2));
  });
});
