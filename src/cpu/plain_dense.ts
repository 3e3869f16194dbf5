import type { DenseKernels } from "./dense.ts";

const round = Math.fround;

/**
 * What wasm/dense.wat computes, for pages that may not run WebAssembly: the same arguments on the same memory, and every
 * product and sum rounded to f32 in the same order, so the same bits.
 */
export function plainDense(memory: ArrayBuffer): DenseKernels {
  const floats = new Float32Array(memory);
  const words = new Uint32Array(memory);
  return {
    sum_rows(pointers, count, start, y, width) {
      floats.copyWithin(y >> 2, start >> 2, (start >> 2) + width);
      for (let t = 0; t < count; t++) {
        const row = words[(pointers >> 2) + t] >> 2;
        for (let i = 0; i < width; i++) floats[(y >> 2) + i] += floats[row + i];
      }
    },

    linear(x, xStride, weight, start, startStride, y, yStride, fanIn, rows, panels, relu) {
      for (let p = 0; p < panels; p++) {
        const panel = (weight >> 2) + 8 * p * fanIn;
        for (let row = 0; row < rows; row++) {
          const from = ((start + row * startStride) >> 2) + 8 * p;
          const to = ((y + row * yStride) >> 2) + 8 * p;
          panelSums(floats, (x + row * xStride) >> 2, panel, from, to, fanIn, relu);
        }
      }
    },
  };
}

/** One row by one panel. All offsets are in floats. */
function panelSums(
  floats: Float32Array,
  x: number,
  panel: number,
  start: number,
  y: number,
  fanIn: number,
  relu: number,
): void {
  let s0 = floats[start];
  let s1 = floats[start + 1];
  let s2 = floats[start + 2];
  let s3 = floats[start + 3];
  let s4 = floats[start + 4];
  let s5 = floats[start + 5];
  let s6 = floats[start + 6];
  let s7 = floats[start + 7];
  for (let w = panel, end = x + fanIn; x < end; x++, w += 8) {
    const value = floats[x];
    s0 = round(s0 + round(value * floats[w]));
    s1 = round(s1 + round(value * floats[w + 1]));
    s2 = round(s2 + round(value * floats[w + 2]));
    s3 = round(s3 + round(value * floats[w + 3]));
    s4 = round(s4 + round(value * floats[w + 4]));
    s5 = round(s5 + round(value * floats[w + 5]));
    s6 = round(s6 + round(value * floats[w + 6]));
    s7 = round(s7 + round(value * floats[w + 7]));
  }
  floats[y] = s0;
  floats[y + 1] = s1;
  floats[y + 2] = s2;
  floats[y + 3] = s3;
  floats[y + 4] = s4;
  floats[y + 5] = s5;
  floats[y + 6] = s6;
  floats[y + 7] = s7;
  if (!relu) return;
  for (let i = y; i < y + 8; i++) if (floats[i] < 0) floats[i] = 0; // a NaN stays one
}
