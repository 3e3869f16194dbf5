import type {
  ColumnFacts,
  Comparison,
  InsideSettings,
  LayerLook,
  Look,
  SideResult,
} from "../../../demo/inside/types.ts";
import { DEFAULT_INSIDE_SETTINGS } from "../../../demo/inside/types.ts";

/** A layer with nothing odd about it. */
export function layer(kind: LayerLook["kind"], depth: number, changes: Partial<LayerLook> = {}): LayerLook {
  const counts = new Uint32Array(10).fill(10);
  return { kind, depth, mean: 0, std: 1, spread: 1, nearZero: 0.1, counts, below: 0, above: 0, ...changes };
}

/** A look at a network of `relus` hidden layers, whose ReLUs have these standard deviations. */
export function look(
  step: number,
  relus: readonly number[],
  options: { norm?: readonly number[]; spread?: number; nearZero?: number; loss?: number | null } = {},
): Look {
  const { norm, spread = 1, nearZero = 0.5, loss = step === 0 ? null : 1 / step } = options;
  const layers = [layer("continuous", 0)];
  relus.forEach((std, i) => {
    layers.push(layer("relu", i + 1, { std, mean: std / 2, nearZero }));
    if (norm) layers.push(layer("batch_norm", i + 1, { std: norm[i], mean: 0.01 * i }));
  });
  layers.push(layer("linear", relus.length + 1, { spread }));
  return { step, loss, layers };
}

export const column = (name: string, changes: Partial<ColumnFacts> = {}): ColumnFacts => ({
  name,
  batchMeans: [-0.1, 0.1],
  batchStds: [0.9, 1.1],
  shift: 0,
  scale: 1,
  ...changes,
});

const side = (
  trainLoss: number | null,
  divergedAt: number | null,
  validLoss: number | null,
  averaged: number,
): SideResult => ({
  trainLoss,
  averaged: trainLoss === null ? 0 : averaged,
  validLoss,
  divergedAt,
});

/** Two trainings that ended. */
export function comparison(
  changes: {
    settings?: Partial<InsideSettings>;
    with?: readonly Look[];
    without?: readonly Look[];
    losses?: readonly [number | null, number | null];
    validLosses?: readonly [number | null, number | null];
    averaged?: number;
    diverged?: readonly [number | null, number | null];
    columns?: readonly ColumnFacts[];
  } = {},
): Comparison {
  const {
    losses = [0.1, 0.1],
    validLosses = losses,
    averaged = 20,
    diverged = [null, null],
    columns = [column("age"), column("income")],
  } = changes;
  return {
    settings: { ...DEFAULT_INSIDE_SETTINGS, layers: [4, 4, 4], ...changes.settings },
    dataVersion: 1,
    trainRows: 54_000,
    batch: 256,
    looks: {
      with: changes.with ?? [
        look(0, [0.1, 0.3, 0.3], { norm: [1, 1, 1] }),
        look(200, [2, 3, 4], { norm: [1.2, 1.1, 0.9] }),
      ],
      without: changes.without ?? [look(0, [0.1, 0.05, 0.02]), look(200, [0.5, 5, 50])],
    },
    result: {
      stopped: false,
      sides: {
        with: side(losses[0], diverged[0], validLosses[0], averaged),
        without: side(losses[1], diverged[1], validLosses[1], averaged),
      },
      columns,
    },
  };
}
