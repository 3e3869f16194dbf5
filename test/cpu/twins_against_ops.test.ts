import { describe, it } from "vitest";
import { keepDecisions } from "../../src/cpu/ops/dropout_bits.ts";
import * as ops from "../../src/cpu/ops/ops.ts";
import { denseRows } from "../../src/cpu/twins/layout.ts";
import { adamStepCase } from "../../src/doctor/checks/adam.ts";
import { inputBackwardCase, inputForwardTrainCase } from "../../src/doctor/checks/input.ts";
import {
  linBnDropBackwardCase,
  linBnDropForwardEvalCase,
  linBnDropForwardTrainCase,
} from "../../src/doctor/checks/lin_bn_drop.ts";
import { linearBackwardWeightCase } from "../../src/doctor/checks/linear.ts";
import type { KernelCase } from "../../src/doctor/kernel_case.ts";
import { exactOf } from "../../src/doctor/run_case.ts";
import { rowStride } from "../../src/gpu/buffer_spec.ts";
import { BATCHNORM_EPS } from "../../src/model/config.ts";
import { expectClose } from "../support/close.ts";

/** What a case gives a kernel and what the kernel's twin makes of it, as dense matrices; offsets in vec4. */
function solved(kernelCase: KernelCase) {
  const { dispatch, contents } = kernelCase;
  const exact = exactOf(kernelCase);
  const given = (name: string, rows: number, width: number, at4 = 0, stride?: number) => {
    const words = contents.get(dispatch.buffers[name])!;
    return denseRows(new Float32Array(words.buffer), 4 * at4, rows, width, stride);
  };
  const left = (name: string, rows: number, width: number, at4 = 0) =>
    denseRows(exact[name], 4 * at4, rows, width);
  return { given, left, dims: dispatch.dims };
}

const between = (i: number, from: number, to: number) => i >= from && i < to;

const close = (expected: number) => 1e-12 * Math.max(1, Math.abs(expected));

/** Around the tiles of the products: 2 rows by 4 columns, rows of whole vec4s. */
const SIZES = [
  [1, 1, 1],
  [2, 3, 4],
  [3, 4, 3],
  [7, 5, 8],
  [8, 8, 7],
  [9, 13, 9],
  [17, 6, 5],
] as const;

describe("the twins, at awkward sizes, do what the dense operations do", () => {
  it("linear_backward_weight", () => {
    for (const [rows, fanIn, fanOut] of SIZES) {
      const size = { rows, capacity: rows + 3, fanIn, fanOut, bias: true };
      const { given, left, dims } = solved(linearBackwardWeightCase(size));
      const [dZ, x] = [given("d_z", rows, fanOut), given("x", rows, fanIn)];
      const dWeight = left("grads", fanOut, fanIn, dims.d_weight);
      expectClose(dWeight, ops.linearBackwardWeight(dZ, x, rows, fanIn, fanOut), close, "d_weight");
      const dBias = left("grads", 1, fanOut, dims.d_bias);
      expectClose(dBias, ops.linearBackwardBias(dZ, rows, fanOut), close, "d_bias");
    }
  });

  it("input_backward", () => {
    for (const [rows, fanIn, fanOut] of SIZES) {
      const dropped = Math.ceil(fanIn / 2);
      const size = { rows, capacity: rows + 3, fanIn, fanOut, dropout: 0.25, dropped };
      const kernelCase = inputBackwardCase(size);
      const { given, left, dims } = solved(kernelCase);
      const weight = given("params", fanOut, fanIn, dims.weight);
      const dX = ops.linearBackwardInput(given("d_z", rows, fanOut), weight, rows, fanIn, fanOut);
      const { number, seed } = kernelCase.step;
      const keep = keepDecisions(rows, fanIn, 0.25, { layer: 0, number, seed });
      const mask = ops.dropoutMask(keep, 0.25);
      const expected = dX.map((d, i) => (i % fanIn < dropped ? d * mask[i] : d));
      expectClose(left("d_x", rows, fanIn), expected, close, "d_x");
    }
  });

  it("lin_bn_drop_forward_train", () => {
    for (const [rows, fanIn, fanOut] of SIZES.filter(([n]) => n > 1)) {
      const size = { rows, capacity: rows + 3, fanIn, fanOut, bias: true, dropout: 0.25 };
      const kernelCase = linBnDropForwardTrainCase(size);
      const { given, left, dims } = solved(kernelCase);
      const param = (at4: number) => given("params", 1, fanOut, at4);
      const weight = given("params", fanOut, fanIn, dims.weight);
      const z = ops.linearForward(given("x", rows, fanIn), weight, param(dims.bias), rows, fanIn, fanOut);
      const r = ops.reluForward(z);
      expectClose(left("r", rows, fanOut), r, close, "r");
      const running = {
        mean: given("running", 1, fanOut, dims.running_mean),
        var: given("running", 1, fanOut, dims.running_var),
      };
      const norm = ops.batchNormForwardTrain(r, param(dims.gamma), param(dims.beta), running, rows, fanOut);
      const { number, seed } = kernelCase.step;
      const keep = keepDecisions(rows, fanOut, 0.25, { layer: dims.layer, number, seed });
      const y = ops.dropoutForward(norm.y, ops.dropoutMask(keep, 0.25));
      expectClose(left("y", rows, fanOut), y, (e) => 100 * close(e), "y");
      const saved = left("saved", 2, fanOut);
      expectClose(saved.subarray(0, fanOut), norm.mean, close, "mean");
      const inverse = norm.variance.map((v) => 1 / Math.sqrt(v + BATCHNORM_EPS));
      expectClose(saved.subarray(fanOut), inverse, close, "1/σ");
      expectClose(left("running", 1, fanOut, dims.running_mean), norm.runningMean, close, "running mean");
      expectClose(left("running", 1, fanOut, dims.running_var), norm.runningVar, close, "running variance");
    }
  });

  it("lin_bn_drop_forward_eval", () => {
    for (const [rows, fanIn, fanOut] of SIZES) {
      const yRange = [-2, 5.5] as const;
      const flags = { bias: true, relu: true, batchNorm: true };
      const { given, left, dims } = solved(
        linBnDropForwardEvalCase({ rows, fanIn, fanOut, ...flags, yRange, outputRow: 3 }),
      );
      const param = (at4: number) => given("params", 1, fanOut, at4);
      const weight = given("params", fanOut, fanIn, dims.weight);
      const z = ops.linearForward(given("x", rows, fanIn), weight, param(dims.bias), rows, fanIn, fanOut);
      const running = {
        mean: given("running", 1, fanOut, dims.running_mean),
        var: given("running", 1, fanOut, dims.running_var),
      };
      const [gamma, beta] = [param(dims.gamma), param(dims.beta)];
      const norm = ops.batchNormForwardEval(ops.reluForward(z), gamma, beta, running, rows, fanOut);
      const at4 = (3 * rowStride(fanOut)) / 4;
      expectClose(left("y", rows, fanOut, at4), ops.yRangeForward(norm, yRange), close, "y");
    }
  });

  it("lin_bn_drop_backward", () => {
    for (const [rows, width, fanOut] of SIZES.filter(([n]) => n > 1)) {
      const kernelCase = linBnDropBackwardCase({ rows, capacity: rows + 3, width, fanOut, dropout: 0.25 });
      const { given, left, dims } = solved(kernelCase);
      const weight = given("params", fanOut, width, dims.weight);
      const dY = ops.linearBackwardInput(given("d_z", rows, fanOut), weight, rows, width, fanOut);
      const { number, seed } = kernelCase.step;
      const keep = keepDecisions(rows, width, 0.25, { layer: dims.layer, number, seed });
      const d = ops.dropoutBackward(dY, ops.dropoutMask(keep, 0.25));
      const r = given("r", rows, width);
      const saved = given("saved", 2, width);
      // The dense operation takes the variance; its 1/σ is then the one given, up to rounding.
      const variance = saved.slice(width).map((s) => 1 / s ** 2 - BATCHNORM_EPS);
      const gamma = given("params", 1, width, dims.gamma);
      const mean = saved.slice(0, width);
      const norm = ops.batchNormBackward(d, r, gamma, mean, variance, rows, width);
      const scale = 1 / Math.min(...variance.map((v) => Math.abs(v) + BATCHNORM_EPS));
      const loose = (e: number) => scale * close(e);
      expectClose(left("d_r", rows, width), ops.reluBackward(norm.dX, r), loose, "d_r");
      expectClose(left("grads", 1, width, dims.d_gamma), norm.dGamma, loose, "d_gamma");
      expectClose(left("grads", 1, width, dims.d_beta), norm.dBeta, close, "d_beta");
    }
  });

  it("input_forward_train, through bn_cont", () => {
    for (const [rows, dim, continuous] of SIZES.filter(([n]) => n > 1)) {
      const sizes = [[5, dim]] as const;
      const size = { rows, capacity: rows + 3, sizes, continuous, batchNorm: true };
      const kernelCase = inputForwardTrainCase(size);
      const { given, left, dims } = solved(kernelCase);
      const { dispatch, contents, step } = kernelCase;
      const order = contents.get(dispatch.buffers.row_index)!.subarray(step.row_start);
      const table = given("continuous", Math.max(...order.subarray(0, rows)) + 1, continuous, 0, continuous);
      const values = Float64Array.from({ length: rows * continuous }, (_, i) => {
        return table[order[Math.floor(i / continuous)] * continuous + (i % continuous)];
      });
      const param = (at: number) => given("params", 1, continuous, at / 4);
      const running = {
        mean: given("running", 1, continuous, dims.running_mean / 4),
        var: given("running", 1, continuous, dims.running_var / 4),
      };
      const [gamma, beta] = [param(dims.gamma), param(dims.beta)];
      const norm = ops.batchNormForwardTrain(values, gamma, beta, running, rows, continuous);
      const x = left("x", rows, dim + continuous);
      const found = x.filter((_, i) => i % (dim + continuous) >= dim);
      expectClose(found, norm.y, (e) => 1000 * close(e), "x");
      expectClose(
        left("running", 1, continuous, dims.running_mean / 4),
        norm.runningMean,
        close,
        "running mean",
      );
      expectClose(
        left("running", 1, continuous, dims.running_var / 4),
        norm.runningVar,
        close,
        "running variance",
      );
      const xHat = left("kept", 1 + continuous, rows + 3).subarray(rows + 3);
      for (let i = 0; i < rows * continuous; i++) {
        const [row, c] = [Math.floor(i / continuous), i % continuous];
        expectClose(
          [xHat[c * (rows + 3) + row] * gamma[c] + beta[c]],
          [norm.y[i]],
          (e) => 1000 * close(e),
          "x̂",
        );
      }
    }
  });

  it("adam_step's gradients of embeddings and bn_cont", () => {
    for (const [rows, dim, continuous] of SIZES.filter(([n]) => n > 1)) {
      const sizes = [
        [3, 2],
        [6, dim],
      ] as const;
      const kernelCase = adamStepCase({
        count: 8,
        decayEnd: 0,
        t: 2,
        rows,
        sizes,
        continuous,
        batchNorm: true,
      });
      const { given, left, dims } = solved(kernelCase);
      const inputs = 2 + dim + continuous;
      const dX = given("d_x", rows, inputs);
      const part = (from: number, width: number) =>
        dX.filter((_, i) => between(i % inputs, from, from + width));
      // From the buffers: which rows have which code.
      const groups = kernelCase.contents.get(kernelCase.dispatch.buffers.groups)!;
      const work = kernelCase.contents.get(kernelCase.dispatch.buffers.work)!;
      const codes = new Uint32Array(2 * rows);
      sizes.forEach(([n], column) => {
        const first = column * sizes[0][0];
        for (let code = 0; code < n; code++) {
          const [tick, start, count] = groups.subarray(3 * (first + code), 3 * (first + code + 1));
          const begin = dims.grouped + column * dims.capacity + start;
          if (tick !== kernelCase.step.tick) continue;
          for (const row of groups.subarray(begin, begin + count)) codes[2 * row + column] = code;
        }
      });
      ops.embeddingBackward(part(0, 2 + dim), codes, sizes, rows).forEach((expected, column) => {
        const found = left("grads", 1, expected.length, work[7 * column]);
        expectClose(found, expected, close, `embedding ${column}`);
      });
      const d = part(2 + dim, continuous);
      const kept = given("kept", continuous, rows, dims.x_hat / 4);
      const xHat = Float64Array.from(d, (_, i) => kept[(i % continuous) * rows + Math.floor(i / continuous)]);
      const dBeta = ops.linearBackwardBias(d, rows, continuous);
      const dGamma = ops.linearBackwardBias(
        d.map((v, i) => v * xHat[i]),
        rows,
        continuous,
      );
      expectClose(left("grads", 1, continuous, dims.gamma), dGamma, close, "d_gamma");
      expectClose(left("grads", 1, continuous, dims.gamma + dims.bn_cont4), dBeta, close, "d_beta");
    }
  });

  it("adam_step", () => {
    for (const t of [0, 5]) {
      const [count, decayEnd] = [44, 20];
      const kernelCase = adamStepCase({ count, decayEnd, t, wd: 0.25 });
      const { given, left } = solved(kernelCase);
      const { lr, mom, sqr_mom: sqrMom, eps } = kernelCase.step;
      for (const [start, end, wd] of [
        [0, decayEnd, 0.25],
        [decayEnd, count, 0],
      ]) {
        const part = (name: string) => given(name, 1, count).slice(start, end);
        const state = { m: part("moments1"), v: part("moments2"), t };
        const params = part("params");
        ops.adamStep(params, part("grads"), state, { lr, mom, sqrMom, eps, wd });
        const found = (name: string) => left(name, 1, count).slice(start, end);
        expectClose(found("params"), params, close, "params");
        expectClose(found("moments1"), state.m, close, "moments1");
        expectClose(found("moments2"), state.v, close, "moments2");
      }
    }
  });
});
