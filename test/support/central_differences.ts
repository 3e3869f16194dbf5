/**
 * Gradient of `f` at `x` by central differences, x restored afterwards: error about f''' h² / 6 + 1e-16 |f| / h,
 * so around 1e-9 for functions of order one.
 */
export function centralDifferences(f: () => number, x: Float64Array, h = 1e-5): Float64Array {
  return x.map((value, i) => {
    x[i] = value + h;
    const above = f();
    x[i] = value - h;
    const below = f();
    x[i] = value;
    return (above - below) / (2 * h);
  });
}
