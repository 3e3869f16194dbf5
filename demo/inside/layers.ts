/** What the pictures and sentences take from the looks. */
import type { Comparison, LayerLook, Look, Side } from "./types.ts";

/** What is drawn of a layer. */
export type Metric = "std" | "mean" | "nearZero";

/** Where: what a layer hands on to the next, or right after its ReLU, before any BatchNorm. */
export type Place = "handed" | "relu";

/** A line or a row of the panel: the continuous columns (depth 0) or a hidden layer. */
export interface Level {
  readonly depth: number;
  readonly name: string;
}

export const SIDES: readonly Side[] = ["with", "without"];

export function levelName(depth: number): string {
  return depth === 0 ? "Continuous columns" : `Layer ${depth}`;
}

/** The levels of a look, from the front of the network; the output is none. */
export function levelsOf(look: Look | undefined): Level[] {
  const depths = new Set<number>();
  for (const { kind, depth } of look?.layers ?? [])
    if (kind !== "linear" && !isOutput(look!, depth)) depths.add(depth);
  return [...depths].map((depth) => ({ depth, name: levelName(depth) }));
}

const isOutput = ({ layers }: Look, depth: number) =>
  layers.some((layer) => layer.kind === "linear" && layer.depth === depth);

/** The activations of a level at a place. */
export function layerAt({ layers }: Look, depth: number, place: Place): LayerLook | undefined {
  const here = layers.filter((layer) => layer.depth === depth && layer.kind !== "linear");
  return place === "relu" ? (here.find(({ kind }) => kind !== "batch_norm") ?? here[0]) : here.at(-1);
}

/** Both models' levels; they have the same. */
export function levels({ looks }: Comparison): Level[] {
  return levelsOf(looks.with[0] ?? looks.without[0]);
}

export function lastLook(comparison: Comparison, side: Side): Look | undefined {
  return comparison.looks[side].at(-1);
}

/** In a few words what the second model goes without. */
export const WITHOUT_WORDS = {
  blocks: "without BatchNorm after the hidden layers",
  continuous: "without BatchNorm on the continuous columns",
  both: "without any BatchNorm",
} as const;

export function sideWords(side: Side, { settings }: Comparison): string {
  return side === "with" ? "with BatchNorm" : WITHOUT_WORDS[settings.change];
}
