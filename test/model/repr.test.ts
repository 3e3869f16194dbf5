import { describe, expect, it } from "vitest";
import { modelRepr } from "../../src/model/repr.ts";
import { listedConfig, rossmannConfig } from "../support/model_configs.ts";

const lines = (text: string) => text.split("\n");

describe("modelRepr", () => {
  it("prints layout A as fastai v1 under PyTorch", () => {
    expect(modelRepr(listedConfig({ layout: "A" }))).toBe(`TabularModel(
  (embeds): ModuleList(
    (0): Embedding(5, 4)
    (1): Embedding(3, 3)
  )
  (emb_drop): Dropout(p=0.0, inplace=False)
  (bn_cont): BatchNorm1d(2, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)
  (layers): Sequential(
    (0): Linear(in_features=9, out_features=200, bias=True)
    (1): ReLU(inplace=True)
    (2): BatchNorm1d(200, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)
    (3): Dropout(p=0.1, inplace=False)
    (4): Linear(in_features=200, out_features=100, bias=True)
    (5): ReLU(inplace=True)
    (6): BatchNorm1d(100, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)
    (7): Dropout(p=0.2, inplace=False)
    (8): Linear(in_features=100, out_features=1, bias=True)
  )
)`);
  });

  it("prints layout C as fastai v2, the y_range a module of its own", () => {
    expect(modelRepr(listedConfig({ layout: "C", yRange: [8, 12] }))).toBe(`TabularModel(
  (embeds): ModuleList(
    (0): Embedding(5, 4)
    (1): Embedding(3, 3)
  )
  (emb_drop): Dropout(p=0.0, inplace=False)
  (bn_cont): BatchNorm1d(2, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)
  (layers): Sequential(
    (0): LinBnDrop(
      (0): Linear(in_features=9, out_features=200, bias=False)
      (1): ReLU(inplace=True)
      (2): BatchNorm1d(200, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)
      (3): Dropout(p=0.1, inplace=False)
    )
    (1): LinBnDrop(
      (0): Linear(in_features=200, out_features=100, bias=False)
      (1): ReLU(inplace=True)
      (2): BatchNorm1d(100, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)
      (3): Dropout(p=0.2, inplace=False)
    )
    (2): LinBnDrop(
      (0): Linear(in_features=100, out_features=1, bias=True)
    )
    (3): SigmoidRange(low=8, high=12)
  )
)`);
  });

  it("prints the Rossmann model of lesson 6 in layout A", () => {
    expect(modelRepr(rossmannConfig())).toBe(`TabularModel(
  (embeds): ModuleList(
    (0): Embedding(1116, 81)
    (1): Embedding(8, 5)
    (2): Embedding(4, 3)
    (3): Embedding(13, 7)
    (4): Embedding(32, 11)
    (5): Embedding(3, 3)
    (6): Embedding(26, 10)
    (7): Embedding(27, 10)
    (8): Embedding(5, 4)
    (9-10): 2 x Embedding(4, 3)
    (11): Embedding(24, 9)
    (12): Embedding(9, 5)
    (13): Embedding(13, 7)
    (14): Embedding(53, 15)
    (15): Embedding(22, 9)
    (16-17): 2 x Embedding(7, 5)
    (18-19): 2 x Embedding(4, 3)
    (20-21): 2 x Embedding(9, 5)
    (22-23): 2 x Embedding(3, 3)
  )
  (emb_drop): Dropout(p=0.04, inplace=False)
  (bn_cont): BatchNorm1d(16, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)
  (layers): Sequential(
    (0): Linear(in_features=233, out_features=1000, bias=True)
    (1): ReLU(inplace=True)
    (2): BatchNorm1d(1000, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)
    (3): Dropout(p=0.001, inplace=False)
    (4): Linear(in_features=1000, out_features=500, bias=True)
    (5): ReLU(inplace=True)
    (6): BatchNorm1d(500, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)
    (7): Dropout(p=0.01, inplace=False)
    (8): Linear(in_features=500, out_features=1, bias=True)
  )
)`);
  });

  it("adds a SigmoidRange line to it in layout C only", () => {
    const c = lines(modelRepr(rossmannConfig({ layout: "C" })));
    expect(c.slice(-6)).toEqual([
      "    (2): LinBnDrop(",
      "      (0): Linear(in_features=500, out_features=1, bias=True)",
      "    )",
      "    (3): SigmoidRange(low=0, high=10.8)",
      "  )",
      ")",
    ]);
    expect(modelRepr(rossmannConfig())).not.toContain("SigmoidRange");
  });

  it("has PyTorch 1's wording, every embedding on its line", () => {
    const text = lines(modelRepr(rossmannConfig(), { torch: "1.x" }));
    expect(text.slice(11, 13)).toEqual(["    (9): Embedding(4, 3)", "    (10): Embedding(4, 3)"]);
    expect(text.filter((line) => line.includes("Embedding("))).toHaveLength(24);
  });

  it("has PyTorch 2.13's wording, BatchNorm with its bias", () => {
    const text = lines(modelRepr(rossmannConfig(), { torch: "2.13" }));
    expect(text).toContain(
      "  (bn_cont): BatchNorm1d(16, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=True)",
    );
    expect(text).toContain("    (9-10): 2 x Embedding(4, 3)");
  });

  it("leaves out Dropout with p = 0 inside layers, whose numbers move up in layout A", () => {
    const text = lines(modelRepr(listedConfig({ layout: "A", ps: [0, 0] })));
    expect(text.slice(7, -2)).toEqual([
      "  (layers): Sequential(",
      "    (0): Linear(in_features=9, out_features=200, bias=True)",
      "    (1): ReLU(inplace=True)",
      "    (2): BatchNorm1d(200, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)",
      "    (3): Linear(in_features=200, out_features=100, bias=True)",
      "    (4): ReLU(inplace=True)",
      "    (5): BatchNorm1d(100, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)",
      "    (6): Linear(in_features=100, out_features=1, bias=True)",
    ]);
  });

  it("prints no categories as an empty list, and no bn_cont where it is off", () => {
    expect(lines(modelRepr(listedConfig({ embeddingSizes: [] })))[1]).toBe("  (embeds): ModuleList()");
    expect(modelRepr(listedConfig({ bnCont: false }))).not.toContain("bn_cont");
    // PyTorch keeps an empty BatchNorm where there is nothing continuous.
    expect(modelRepr(listedConfig({ continuous: 0 }))).toContain("(bn_cont): BatchNorm1d(0, eps=1e-05,");
  });

  it("prints a final BatchNorm in the head's block and blocks without BatchNorm with their bias", () => {
    const text = modelRepr(listedConfig({ bnFinal: true, layers: [], ps: [] }));
    expect(lines(text).slice(-7, -2)).toEqual([
      "  (layers): Sequential(",
      "    (0): LinBnDrop(",
      "      (0): Linear(in_features=9, out_features=1, bias=False)",
      "      (1): BatchNorm1d(1, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)",
      "    )",
    ]);
    expect(modelRepr(listedConfig({ useBn: false }))).toContain(
      "(0): Linear(in_features=9, out_features=200, bias=True)",
    );
  });

  it.each([
    [0.5, "0.5"],
    [1e-5, "1e-05"],
    [0.000125, "0.000125"],
    [0.0000125, "1.25e-05"],
  ])("writes probability %f as Python does", (p, text) => {
    expect(modelRepr(listedConfig({ embDrop: p }))).toContain(
      `(emb_drop): Dropout(p=${text}, inplace=False)`,
    );
  });
});
