/** Principal components, in double precision. */

export interface Components {
  /** [rows, components] row-major: each row's place along the components, centred. */
  readonly places: Float64Array;
  /** Share of the variance that each component holds, the greatest first. */
  readonly explained: readonly number[];
}

const SWEEPS = 60;

/**
 * The first principal components of a matrix [rows, width], row-major. A component's sign is arbitrary; here the weight
 * that is largest in size is positive, so that the same matrix always gives the same picture.
 */
export function principalComponents(
  values: ArrayLike<number>,
  rows: number,
  width: number,
  count = 2,
): Components {
  const means = new Float64Array(width);
  for (let i = 0; i < rows * width; i++) means[i % width] += values[i] / rows;
  const centred = Float64Array.from({ length: rows * width }, (_, i) => values[i] - means[i % width]);
  const { values: variances, vectors } = symmetricEigen(covariance(centred, rows, width), width);

  const order = Array.from(variances, (_, i) => i).sort((a, b) => variances[b] - variances[a]);
  const total = variances.reduce((sum, variance) => sum + Math.max(0, variance), 0);
  const kept = order.slice(0, count);
  const places = new Float64Array(rows * kept.length);
  kept.forEach((component, k) => {
    let largest = 0;
    for (let j = 1; j < width; j++) {
      const [a, b] = [vectors[j * width + component], vectors[largest * width + component]];
      if (Math.abs(a) > Math.abs(b) * (1 + 1e-9)) largest = j;
    }
    const sign = vectors[largest * width + component] < 0 ? -1 : 1;
    for (let row = 0; row < rows; row++) {
      let place = 0;
      for (let j = 0; j < width; j++) place += centred[row * width + j] * vectors[j * width + component];
      places[row * kept.length + k] = sign * place;
    }
  });
  return {
    places,
    explained: kept.map((component) => (total > 0 ? Math.max(0, variances[component]) / total : 0)),
  };
}

function covariance(centred: Float64Array, rows: number, width: number): Float64Array {
  const sums = new Float64Array(width * width);
  for (let row = 0; row < rows; row++) {
    const at = row * width;
    for (let i = 0; i < width; i++) {
      const value = centred[at + i];
      for (let j = i; j < width; j++) sums[i * width + j] += value * centred[at + j];
    }
  }
  const degrees = Math.max(1, rows - 1);
  for (let i = 0; i < width; i++) {
    for (let j = i; j < width; j++) {
      sums[i * width + j] /= degrees;
      sums[j * width + i] = sums[i * width + j];
    }
  }
  return sums;
}

/**
 * Eigenvalues and eigenvectors (the columns of `vectors`, of length 1) of a symmetric matrix [n, n], by Jacobi's
 * rotations: slow for thousands of columns, exact to rounding for the hundred at most that an embedding has.
 */
export function symmetricEigen(
  matrix: Float64Array,
  n: number,
): { values: Float64Array; vectors: Float64Array } {
  const a = matrix.slice();
  const vectors = new Float64Array(n * n);
  for (let i = 0; i < n; i++) vectors[i * n + i] = 1;
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let [off, all] = [0, 0];
    for (let i = 0; i < n * n; i++) {
      all += a[i] * a[i];
      if (i % n !== Math.floor(i / n)) off += a[i] * a[i];
    }
    if (off <= 1e-30 * all) break;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotate(a, vectors, n, p, q);
  }
  return { values: Float64Array.from({ length: n }, (_, i) => a[i * n + i]), vectors };
}

/** Turns the plane of p and q until a[p, q] is 0 (Golub and Van Loan, 8.5). */
function rotate(a: Float64Array, vectors: Float64Array, n: number, p: number, q: number): void {
  const apq = a[p * n + q];
  if (apq === 0) return;
  const tau = (a[q * n + q] - a[p * n + p]) / (2 * apq);
  const t = (tau < 0 ? -1 : 1) / (Math.abs(tau) + Math.hypot(1, tau));
  const c = 1 / Math.hypot(1, t);
  const s = t * c;
  for (let k = 0; k < n; k++) {
    const [x, y] = [a[k * n + p], a[k * n + q]];
    a[k * n + p] = c * x - s * y;
    a[k * n + q] = s * x + c * y;
  }
  for (let k = 0; k < n; k++) {
    const [x, y] = [a[p * n + k], a[q * n + k]];
    a[p * n + k] = c * x - s * y;
    a[q * n + k] = s * x + c * y;
  }
  for (let k = 0; k < n; k++) {
    const [x, y] = [vectors[k * n + p], vectors[k * n + q]];
    vectors[k * n + p] = c * x - s * y;
    vectors[k * n + q] = s * x + c * y;
  }
}
