/**
 * y = x · weightᵀ + bias: x [rows, fanIn], weight [fanOut, fanIn], bias [fanOut] or null → [rows, fanOut].
 *
 * Two rows and four outputs are summed at a time, so that a value that is loaded serves several sums; each sum
 * still runs over fanIn in order, whatever the tile it falls into.
 */
export function linearForward(
  x: Float64Array,
  weight: Float64Array,
  bias: Float64Array | null,
  rows: number,
  fanIn: number,
  fanOut: number,
): Float64Array {
  const y = new Float64Array(rows * fanOut);
  const pairedRows = rows - (rows % 2);
  const tiledOutputs = fanOut - (fanOut % 4);
  for (let o = 0; o < tiledOutputs; o += 4) {
    for (let b = 0; b < pairedRows; b += 2) tile(x, weight, y, b, o, fanIn, fanOut);
  }
  for (let b = 0; b < rows; b++) {
    for (let o = b < pairedRows ? tiledOutputs : 0; o < fanOut; o++) {
      let sum = 0;
      for (let i = 0; i < fanIn; i++) sum += x[b * fanIn + i] * weight[o * fanIn + i];
      y[b * fanOut + o] = sum;
    }
  }
  if (bias) {
    for (let b = 0; b < rows; b++) for (let o = 0; o < fanOut; o++) y[b * fanOut + o] += bias[o];
  }
  return y;
}

/** Outputs o … o + 3 of rows b and b + 1. */
function tile(
  x: Float64Array,
  weight: Float64Array,
  y: Float64Array,
  b: number,
  o: number,
  fanIn: number,
  fanOut: number,
): void {
  let [a0, a1, a2, a3] = [0, 0, 0, 0];
  let [b0, b1, b2, b3] = [0, 0, 0, 0];
  let xa = b * fanIn;
  let w0 = o * fanIn;
  for (const end = xa + fanIn; xa < end; xa++, w0++) {
    const p = x[xa];
    const q = x[xa + fanIn];
    const v0 = weight[w0];
    const v1 = weight[w0 + fanIn];
    const v2 = weight[w0 + 2 * fanIn];
    const v3 = weight[w0 + 3 * fanIn];
    a0 += p * v0;
    a1 += p * v1;
    a2 += p * v2;
    a3 += p * v3;
    b0 += q * v0;
    b1 += q * v1;
    b2 += q * v2;
    b3 += q * v3;
  }
  const at = b * fanOut + o;
  y[at] = a0;
  y[at + 1] = a1;
  y[at + 2] = a2;
  y[at + 3] = a3;
  y[at + fanOut] = b0;
  y[at + fanOut + 1] = b1;
  y[at + fanOut + 2] = b2;
  y[at + fanOut + 3] = b3;
}
