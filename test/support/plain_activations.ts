import * as ops from "../../src/cpu/ops/ops.ts";
import { embeddingWidth, type TabularModelConfig } from "../../src/model/config.ts";
import { namedBlocks } from "../../src/model/layer_modules.ts";
import type { NamedTensors } from "../../src/model/parameters.ts";
import type { TableRows } from "../../src/model/resident_table.ts";

/** A matrix of activations in double precision. */
export interface PlainActivations {
  name: string;
  width: number;
  values: Float64Array;
}

/** Every activation of the first `rows` rows, with batch statistics and without dropout, from the plain operations. */
export function plainActivations(
  config: TabularModelConfig,
  tensors: NamedTensors,
  table: TableRows,
  rows: number,
): PlainActivations[] {
  const tensor = (name: string) => Float64Array.from(tensors.get(name)!);
  const norm = (name: string, x: Float64Array, width: number) => {
    const running = { mean: new Float64Array(width), var: new Float64Array(width) };
    const [gamma, beta] = [tensor(`${name}.weight`), tensor(`${name}.bias`)];
    return ops.batchNormForwardTrain(x, gamma, beta, running, rows, width).y;
  };
  const sizes = config.embeddingSizes;
  const weights = sizes.map((_, column) => tensor(`embeds.${column}.weight`));
  const embedded = ops.embeddingForward(table.codes.subarray(0, rows * sizes.length), weights, sizes, rows);
  const left = embeddingWidth(config);
  const right = config.continuous;
  const found: PlainActivations[] = [];

  let continuous = Float64Array.from(table.continuous.subarray(0, rows * right));
  const bnCont = right > 0 && config.bnCont;
  if (bnCont) continuous = Float64Array.from(norm("bn_cont", continuous, right));
  if (right > 0) found.push({ name: bnCont ? "bn_cont" : "continuous", width: right, values: continuous });

  let x = Float64Array.from({ length: rows * (left + right) }, (_, i) => {
    const row = Math.floor(i / (left + right));
    const column = i % (left + right);
    return column < left ? embedded[row * left + column] : continuous[row * right + column - left];
  });
  found.push({ name: "input", width: left + right, values: x });
  for (const block of namedBlocks(config)) {
    const { linear, fanIn, fanOut, relu } = block;
    const bias = block.bias ? tensor(`${linear}.bias`) : null;
    let y = ops.linearForward(x, tensor(`${linear}.weight`), bias, rows, fanIn, fanOut);
    if (relu) y = ops.reluForward(y);
    const place = linear.lastIndexOf(".") + 1;
    const reluName = `${linear.slice(0, place)}${Number(linear.slice(place)) + 1}`;
    found.push({ name: relu ? reluName : linear, width: fanOut, values: y });
    if (block.norm) {
      y = norm(block.norm, y, fanOut);
      found.push({ name: block.norm, width: fanOut, values: y });
    }
    x = Float64Array.from(y);
  }
  return found;
}
