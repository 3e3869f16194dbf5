export interface LabelBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Where each label can stand so that none covers another or a point: each in turn takes the first of its places that is
 * free of the labels before it and of `obstacles`.
 *
 * @param places per label where it may stand, the best place first
 * @returns per label the index of its place, −1 where there is none
 */
export function placeLabels(
  places: readonly (readonly LabelBox[])[],
  obstacles: readonly LabelBox[] = [],
): number[] {
  const taken: LabelBox[] = [...obstacles];
  return places.map((candidates) => {
    const chosen = candidates.findIndex((box) => taken.every((other) => apart(box, other)));
    if (chosen >= 0) taken.push(candidates[chosen]);
    return chosen;
  });
}

function apart(a: LabelBox, b: LabelBox): boolean {
  return (
    a.left >= b.left + b.width ||
    b.left >= a.left + a.width ||
    a.top >= b.top + b.height ||
    b.top >= a.top + a.height
  );
}
