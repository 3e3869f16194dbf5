import { Random } from "../random.ts";

export const STORE_TYPES = ["neighbourhood", "station", "mall", "office"] as const;
export const ASSORTMENTS = ["basic", "extra", "extended"] as const;
export const REGIONS = ["north", "east", "south", "west"] as const;

/** One invented shop. `trade` and `promoResponse` are hidden: a model can only learn them through `id`. */
export interface Store {
  readonly id: string;
  readonly type: (typeof STORE_TYPES)[number];
  readonly assortment: (typeof ASSORTMENTS)[number];
  readonly region: number;
  /** Metres to the next competitor; NaN where none is known. */
  readonly competitionDistance: number;
  /** ln sales above or below the average shop's. */
  readonly trade: number;
  /** ln sales gained by a promotion before anything weakens it. */
  readonly promoResponse: number;
}

/** The same shops for the same seed. */
export function makeStores(count: number, seed: number): Store[] {
  const random = new Random(seed, 1);
  return Array.from({ length: count }, (_, i) => ({
    id: `S${String(i + 1).padStart(3, "0")}`,
    type: STORE_TYPES[random.below(STORE_TYPES.length)],
    assortment: ASSORTMENTS[random.below(ASSORTMENTS.length)],
    region: random.below(REGIONS.length),
    competitionDistance: random.uniform() < 0.08 ? Number.NaN : distance(random.normal()),
    trade: 0.35 * random.normal(),
    promoResponse: 0.12 + 0.22 * random.uniform(),
  }));
}

function distance(normal: number): number {
  return Math.max(20, Math.round(Math.exp(7.2 + 1.1 * normal) / 10) * 10);
}
