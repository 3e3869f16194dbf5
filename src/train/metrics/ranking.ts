/** What ordering values by size gives: ranks, the area under the ROC curve, average precision. */

/** Indices of `values` in ascending order. (A comparison by subtraction would trip over two infinities.) */
function ascending(values: ArrayLike<number>): Uint32Array {
  const compare = (a: number, b: number) => Number(values[a] > values[b]) - Number(values[a] < values[b]);
  return Uint32Array.from({ length: values.length }, (_, i) => i).sort(compare);
}

/** Calls `visit` with the stretches [from, to) of `order` whose values are equal. */
function forEachTie(
  values: ArrayLike<number>,
  order: Uint32Array,
  visit: (from: number, to: number) => void,
): void {
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && values[order[to]] === values[order[from]]) to++;
    visit(from, to);
    from = to;
  }
}

/** Ranks from 1; equal values share the mean of theirs. */
export function ranks(values: ArrayLike<number>): Float64Array {
  const order = ascending(values);
  const result = new Float64Array(values.length);
  forEachTie(values, order, (from, to) => {
    for (let i = from; i < to; i++) result[order[i]] = (from + 1 + to) / 2;
  });
  return result;
}

/**
 * Area under the ROC curve of `scores`, by trapezoids over its distinct values, which is the share of (positive,
 * negative) pairs in the right order, ties counting half. NaN where either kind is missing.
 */
export function areaUnderRoc(scores: Float64Array, isPositive: (row: number) => boolean): number {
  const rank = ranks(scores);
  let positives = 0;
  let rankSum = 0;
  for (let i = 0; i < scores.length; i++) {
    if (!isPositive(i)) continue;
    positives++;
    rankSum += rank[i];
  }
  const pairs = positives * (scores.length - positives);
  return (rankSum - (positives * (positives + 1)) / 2) / pairs;
}

/** Σ (recallₙ − recallₙ₋₁) · precisionₙ over the distinct scores, from the highest down; 0 without positives. */
export function averagePrecisionOf(scores: Float64Array, isPositive: (row: number) => boolean): number {
  const order = ascending(scores).reverse();
  let positives = 0;
  let sum = 0;
  forEachTie(scores, order, (from, to) => {
    let found = 0;
    for (let i = from; i < to; i++) if (isPositive(order[i])) found++;
    positives += found;
    sum += (found * positives) / to;
  });
  return positives === 0 ? 0 : sum / positives;
}
