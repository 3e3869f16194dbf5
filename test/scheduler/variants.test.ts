import { describe, expect, it } from "vitest";
import { lin_bn_drop_forward_eval } from "../../src/generated/kernels/lin_bn_drop_forward_eval.ts";
import { lin_bn_drop_forward_train } from "../../src/generated/kernels/lin_bn_drop_forward_train.ts";
import { mse } from "../../src/generated/kernels/mse.ts";
import { matrix } from "../../src/gpu/buffer_spec.ts";
import { describeAdapter } from "../../src/gpu/device.ts";
import type { Variant } from "../../src/gpu/kernel_source.ts";
import { slicesOfBlocks } from "../../src/kernels/shapes.ts";
import { FoldedNetwork } from "../../src/model/folded_network.ts";
import { Recorder } from "../../src/scheduler/recorder.ts";
import { quickestOf } from "../../src/scheduler/tune.ts";
import { type Call, chooseVariant, targetOf } from "../../src/scheduler/variants.ts";
import { rossmannConfig } from "../support/model_configs.ts";

/** A device of which only what a target depends on is there. */
function deviceOf(info: object, features: readonly string[] = ["subgroups"]) {
  const adapterInfo = info as GPUAdapterInfo;
  return { adapterInfo, features: new Set(features) } as unknown as GPUDevice;
}

describe("targetOf", () => {
  const swiftshader = { vendor: "google", architecture: "swiftshader" };
  const fours = { subgroupMinSize: 4, subgroupMaxSize: 4 };
  it.each([
    ["SwiftShader", { ...swiftshader, ...fours }, ["subgroups"], "wide", true],
    ["SwiftShader without subgroups", { ...swiftshader, ...fours }, [], "narrow", true],
    [
      "lavapipe, of eight",
      { vendor: "mesa", description: "llvmpipe", subgroupMinSize: 8, subgroupMaxSize: 8 },
      ["subgroups"],
      "narrow",
      true,
    ],
    ["a GPU", { vendor: "nvidia", subgroupMinSize: 32, subgroupMaxSize: 32 }, ["subgroups"], "narrow", false],
    ["a GPU whose subgroups are four", { vendor: "arm", ...fours }, ["subgroups"], "narrow", false],
    ["one that tells nothing", {}, [], "narrow", false],
  ] as const)("of %s", (_, info, features, variant, software) => {
    const device = deviceOf(info, features);
    expect(targetOf(device, describeAdapter(device.adapterInfo))).toEqual({ variant, software });
  });
});

describe("chooseVariant", () => {
  const large = { flops: 2 * 1024 * 1000 * 500, bytes: 0 };
  const small = { flops: 2 * 64 * 500, bytes: 0 };
  const gpu = { variant: "narrow", software: false } as const;
  const call: Call = { overrides: { SLICES: 1 }, work: large };
  const both = { variant: "narrow", alternatives: ["narrow", "staged"] };

  it("leaves a GPU the choice where both give the same bits and it is worth a measurement", () => {
    expect(chooseVariant(lin_bn_drop_forward_eval, call, gpu)).toEqual(both);
    const narrow = { variant: "narrow" };
    const sliced = { ...call, overrides: { SLICES: 2 } };
    expect(chooseVariant(lin_bn_drop_forward_eval, sliced, gpu), "sliced").toEqual(narrow);
    expect(chooseVariant(lin_bn_drop_forward_eval, { ...call, work: small }, gpu), "small").toEqual(narrow);
    expect(chooseVariant(lin_bn_drop_forward_eval, { ...call, work: undefined }, gpu)).toEqual(narrow);
    expect(chooseVariant(lin_bn_drop_forward_eval, { ...call, staged: false }, gpu)).toEqual(narrow);
    expect(chooseVariant(lin_bn_drop_forward_train, call, gpu), "whole columns").toEqual(narrow);
    expect(chooseVariant(mse, { overrides: {}, work: large }, gpu), "no product").toEqual(narrow);
  });

  it("leaves a software adapter none", () => {
    for (const variant of ["narrow", "wide"] as const) {
      const target = { variant, software: true };
      expect(chooseVariant(lin_bn_drop_forward_eval, call, target)).toEqual({ variant });
      expect(chooseVariant(mse, call, target)).toEqual({ variant: "narrow" });
    }
  });

  it("takes the variant that is asked for, where the kernel has it and the call allows it", () => {
    const staged = { variant: "staged", software: false } as const;
    expect(chooseVariant(lin_bn_drop_forward_eval, call, staged)).toEqual({ variant: "staged" });
    expect(chooseVariant(lin_bn_drop_forward_eval, { ...call, work: small }, staged)).toEqual({
      variant: "staged",
    });
    for (const other of [{ staged: false }, { overrides: { SLICES: 4 } }]) {
      expect(chooseVariant(lin_bn_drop_forward_eval, { ...call, ...other }, staged).variant).toBe("narrow");
    }
    expect(chooseVariant(lin_bn_drop_forward_train, call, staged)).toEqual({ variant: "narrow" });
  });
});

describe("what a GPU measures", () => {
  it("is the large products of a prediction of many rows, not the narrow head", () => {
    const folded = new FoldedNetwork(rossmannConfig());
    const rec = new Recorder("predict_1024");
    folded.forward(rec, folded.table(1024), 1024, matrix("predictions", 1024, 1, "resident"));
    const open = rec.finish().dispatches.filter(({ alternatives }) => alternatives);
    expect(open.map(({ kernel, note }) => `${kernel.name} ${note}`)).toEqual([
      "linear_forward Linear 1000→500 ReLU",
    ]);
  });

  it("is no product of few blocks: its sum is cut in slices, unless the loads are shared", () => {
    const slices = (rows: number, variant: Variant) =>
      slicesOfBlocks(rows, 500, 1000, { variant, software: false });
    expect([64, 256, 1024, 2048].map((rows) => slices(rows, "narrow"))).toEqual([8, 4, 1, 1]);
    expect([64, 256, 1024, 2048].map((rows) => slices(rows, "staged"))).toEqual([1, 1, 1, 1]);
  });
});

describe("quickestOf", () => {
  const variants = ["narrow", "staged"] as const;
  it("is the recorded one, unless another is clearly quicker", () => {
    expect(quickestOf(variants, [2, 3])).toBe("narrow");
    expect(quickestOf(variants, [2, 1.96])).toBe("narrow");
    expect(quickestOf(variants, [2, 1.8])).toBe("staged");
  });

  it("is unknown where the clock stands still, runs backwards, or tells nothing", () => {
    for (const broken of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(quickestOf(variants, [2, broken])).toBeNull();
      expect(quickestOf(variants, [broken, 2])).toBeNull();
    }
  });
});
