import { describe, expect, it } from "vitest";
import { ModelFileError } from "../../src/errors.ts";
import { loadModelFile } from "../../src/io/model_file.ts";
import { decodeSafetensors, type SafetensorsContent } from "../../src/io/safetensors.ts";
import { saveModelFile } from "../../src/io/save_model_file.ts";
import { encodeSafetensors } from "../../src/io/write_safetensors.ts";
import { parametersOf } from "../../src/model/parameters.ts";
import { rawFile } from "./safetensors_files.ts";
import { smallModel } from "./small_model.ts";

/** The file of the small model after `edit` has had its way with the content. */
function edited(edit: (content: SafetensorsContent) => void): Uint8Array {
  const content = decodeSafetensors(saveModelFile(smallModel()));
  edit(content);
  return encodeSafetensors(content.tensors, content.metadata);
}

/** The file of the small model after `edit` has had its way with the JSON under "tabgpu". */
// biome-ignore lint/suspicious/noExplicitAny: the edits put values of wrong types into the JSON on purpose
function editedJson(edit: (json: any) => void): Uint8Array {
  return edited(({ metadata }) => {
    const json = JSON.parse(metadata.tabgpu);
    edit(json);
    metadata.tabgpu = JSON.stringify(json);
  });
}

function expectRefused(file: Uint8Array, message: string): void {
  expect(() => loadModelFile(file)).toThrow(ModelFileError);
  expect(() => loadModelFile(file)).toThrow(message);
}

describe("saveModelFile and loadModelFile", () => {
  it.each([
    ["layout C", smallModel()],
    ["layout A", smallModel({ layout: "A" })],
    ["no BatchNorm, no y_range", smallModel({ useBn: false, bnCont: false, yRange: null })],
    ["bn_final", smallModel({ bnFinal: true })],
    ["no hidden layers", smallModel({ layers: [], ps: [] })],
  ])("give back the model that went in: %s", (_, model) => {
    const loaded = loadModelFile(saveModelFile(model));
    expect(loaded).toEqual(model);
    expect([...loaded.tensors.keys()]).toEqual(parametersOf(model.config).map(({ name }) => name));
  });

  it("write the same bytes for the same model", () => {
    expect(saveModelFile(smallModel())).toEqual(saveModelFile(smallModel()));
  });

  it("take an ArrayBuffer, and a file without a training summary", () => {
    const { training, ...model } = smallModel();
    expect(training).not.toBeNull();
    expect(loadModelFile(saveModelFile(model).buffer)).toEqual({ ...model, training: null });
  });

  it("store PyTorch's names, shapes and types", () => {
    const { tensors, metadata } = decodeSafetensors(saveModelFile(smallModel()));
    const listing = [...tensors].map(([name, { dtype, shape }]) => `${name} ${dtype} [${shape}]`);
    const batchNorm = (name: string, features: number) => [
      ...["weight", "bias", "running_mean", "running_var"].map((part) => `${name}.${part} F32 [${features}]`),
      `${name}.num_batches_tracked I64 []`,
    ];
    expect(listing).toEqual([
      "embeds.0.weight F32 [4,3]",
      "embeds.1.weight F32 [3,3]",
      "embeds.2.weight F32 [3,3]",
      ...batchNorm("bn_cont", 1),
      "layers.0.0.weight F32 [5,10]",
      ...batchNorm("layers.0.2", 5),
      "layers.1.0.weight F32 [4,5]",
      ...batchNorm("layers.1.2", 4),
      "layers.2.0.weight F32 [1,4]",
      "layers.2.0.bias F32 [1]",
    ]);
    expect(Object.keys(metadata)).toEqual(["format", "tabgpu"]);
    expect(JSON.parse(metadata.tabgpu)).toMatchObject({ version: 1, config: { layout: "C" } });
  });
});

describe("saveModelFile", () => {
  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    "does not write a weight of %s",
    (x) => {
      const model = smallModel();
      model.tensors.get("layers.1.0.weight")![7] = x;
      expect(() => saveModelFile(model)).toThrow(ModelFileError);
      expect(() => saveModelFile(model)).toThrow(
        `Tensor "layers.1.0.weight" holds ${x} at element 7; weights must be finite. ` +
          "The training that made it diverged: train again with a lower learning rate.",
      );
    },
  );

  it("does not write a file that could not be read again", () => {
    const without = smallModel();
    without.tensors.delete("layers.2.0.bias");
    expect(() => saveModelFile(without)).toThrow('Tensor "layers.2.0.bias" [1] of the model is missing.');
    const superfluous = smallModel();
    superfluous.tensors.set("layers.9.0.bias", new Float32Array(1));
    expect(() => saveModelFile(superfluous)).toThrow(
      'Tensor "layers.9.0.bias" belongs to no part of the model',
    );
    const short = smallModel();
    short.tensors.set("layers.0.0.weight", new Float32Array(49));
    expect(() => saveModelFile(short)).toThrow(
      'Tensor "layers.0.0.weight" has shape [49], but the model\'s config needs [5,10].',
    );
    expect(() => saveModelFile({ ...smallModel(), config: { ...smallModel().config, outputs: 2 } })).toThrow(
      "The model has 2 outputs, but its preprocessing has 1 target columns.",
    );
  });
});

describe("loadModelFile", () => {
  it("throws ModelFileError, and nothing else, for a file cut at any byte", () => {
    const file = saveModelFile(smallModel());
    for (let length = 0; length < file.length; length++) {
      expect(() => loadModelFile(file.subarray(0, length)), `${length} bytes`).toThrow(ModelFileError);
    }
  });

  it("throws nothing but ModelFileError when any one byte of the header is damaged", () => {
    const file = saveModelFile(smallModel());
    const headerLength = Number(new DataView(file.buffer).getBigUint64(0, true));
    for (let at = 0; at < 8 + headerLength; at++) {
      const damaged = file.slice();
      damaged[at] ^= 1 << (at % 8);
      try {
        loadModelFile(damaged); // a letter changed inside a category's name is nothing a reader can see
      } catch (error) {
        expect(error, `byte ${at}`).toBeInstanceOf(ModelFileError);
      }
    }
  });

  it.each([
    ["a string", "model.safetensors", "String"],
    ["null", null, "null"],
    ["nothing", undefined, "undefined"],
    ["a Blob", new Blob([]), "Blob"],
    ["floats", new Float32Array(4), "Float32Array"],
  ])("says what it takes when given %s", (_, value, name) => {
    const load = () => loadModelFile(value as unknown as Uint8Array);
    expect(load).toThrow(ModelFileError);
    expect(load).toThrow(
      `A model is loaded from the bytes of its file, a Uint8Array or ArrayBuffer, but got ${name}.`,
    );
  });

  it("refuses another program's safetensors file", () => {
    expectRefused(
      rawFile({}),
      'The file has no "tabgpu" entry in its metadata: it holds tensors, but not the',
    );
    expectRefused(
      rawFile({ __metadata__: { format: "pt" } }),
      'The file has no "tabgpu" entry in its metadata',
    );
  });

  it("passes on what is wrong with the container", () => {
    expectRefused(rawFile({}, 4), "Bytes 0 to 4 of the data, after the last tensor, belong to no tensor.");
  });

  it.each([
    ["{", 'The model file\'s "tabgpu" entry is not JSON ('],
    ["[]", 'The model file\'s "tabgpu" entry is not a JSON object.'],
    ["null", 'The model file\'s "tabgpu" entry is not a JSON object.'],
    [
      '{"config":{"layers":[],"layers":[1]}}',
      'The model file\'s "tabgpu" entry has the name "config.layers" twice.',
    ],
  ])("refuses %s as the model's JSON", (json, message) => {
    expectRefused(rawFile({ __metadata__: { tabgpu: json } }), message);
  });

  it.each([
    [2, "version 2"],
    [0, "version 0"],
    ["1", "no version number"],
    [undefined, "no version number"],
  ])("refuses version %s", (version, got) => {
    const file = editedJson((json) => {
      json.version = version;
    });
    expectRefused(
      file,
      `The model file has ${got}; this TabGPU reads version 1. Load it with the TabGPU that wrote it, or update TabGPU.`,
    );
  });

  it.each([
    [
      "config",
      null,
      "The model file's config is not an object. The file is damaged or was edited; save the model",
    ],
    ["config.layout", "B", 'The model file\'s config.layout is not "A" or "C".'],
    ["config.embeddingSizes", {}, "The model file's config.embeddingSizes is not a list."],
    ["config.embeddingSizes.1", [3], "The model file's config.embeddingSizes[1] is not a pair of numbers."],
    [
      "config.embeddingSizes.1",
      [3, 0],
      "describes no model. embeddingSizes[1][1] is 0; it must be a positive integer",
    ],
    ["config.continuous", "1", "The model file's config.continuous is not a number."],
    ["config.continuous", -1, "describes no model. continuous is -1; it must be a number of columns."],
    [
      "config.outputs",
      1.5,
      "The model file's config describes no model. outputs is 1.5; it must be a positive integer.",
    ],
    ["config.layers", null, "The model file's config.layers is not a list."],
    ["config.layers.1", "4", "The model file's config.layers[1] is not a number."],
    ["config.layers.1", 0, "describes no model. layers[1] is 0; it must be a positive integer."],
    ["config.ps", [0.1], "describes no model. ps has 1 values but layers has 2;"],
    ["config.embDrop", null, "The model file's config.embDrop is not a number."],
    [
      "config.embDrop",
      1,
      "describes no model. embDrop is 1; a dropout probability is at least 0 and below 1.",
    ],
    ["config.yRange", undefined, "The model file's config.yRange is not a list."],
    [
      "config.yRange",
      [1, 0],
      "describes no model. yRange is [1, 0]; give two finite numbers, the lower first.",
    ],
    ["config.useBn", 1, "The model file's config.useBn is not true or false."],
    ["config.bnFinal", undefined, "The model file's config.bnFinal is not true or false."],
    ["config.bnCont", "true", "The model file's config.bnCont is not true or false."],
    ["config.linearBias", "yes", 'The model file\'s config.linearBias is not "auto", true or false.'],
    ["config.bnBiasInit", null, "The model file's config.bnBiasInit is not a number."],
    ["preprocessing", null, "preprocessing is null; expected an object."],
    ["preprocessing.categorical.0.levels", 3, "preprocessing.categorical[0].levels is 3; expected an array."],
    ["training", 3, "The model file's training is not an object."],
    ["training.recipe", "v3", 'The model file\'s training.recipe is not "v1" or "v2".'],
    ["training.epochs", null, "The model file's training.epochs is not a number."],
    ["training.metrics", null, "The model file's training.metrics is not an object."],
    ["training.metrics.rmse", "0.1", "The model file's training.metrics.rmse is not a number or null."],
    ["training.seed", "42", "The model file's training.seed is not a number."],
    ["training.tabgpu", 1, "The model file's training.tabgpu is not a text."],
    ["training.date", 0, "The model file's training.date is not a text."],
    [
      "config.embeddingSizes",
      [[4, 3]],
      "The model has 1 embeddings, but its preprocessing has 3 categorical columns.",
    ],
    [
      "config.embeddingSizes.1",
      [4, 3],
      'The embedding of column "Weekday" has 4 rows, but its vocabulary has 2 levels, which with "#na#" need 3.',
    ],
    [
      "config.continuous",
      2,
      "The model has 2 continuous inputs, but its preprocessing has 1 continuous columns.",
    ],
    ["config.outputs", 3, "The model has 3 outputs, but its preprocessing has 1 target columns."],
    [
      "preprocessing.target",
      { task: "classification", names: ["Sales"], classes: ["high", "low"] },
      "The model has 1 outputs, but its preprocessing has 2 classes.",
    ],
    [
      "config.layers",
      [5, 3],
      'Tensor "layers.1.0.weight" has shape [4,5], but the model\'s config needs [3,5].',
    ],
  ])("refuses %s = %j", (path, value, message) => {
    const file = editedJson((json) => {
      const keys = path.split(".");
      const last = keys.pop()!;
      // biome-ignore lint/suspicious/noExplicitAny: walks any JSON
      keys.reduce((at: any, key) => at[key], json)[last] = value;
    });
    expectRefused(file, message);
  });

  it("takes no harm from values nested deeper than the stack", () => {
    const nested = `${"[".repeat(200_000)}${"]".repeat(200_000)}`;
    for (const path of ["config", "preprocessing", "training"] as const) {
      const file = edited(({ metadata }) => {
        const { [path]: _, ...others } = JSON.parse(metadata.tabgpu);
        metadata.tabgpu = JSON.stringify(others).replace(
          /}$/,
          `,"${path}":{"recipe":${nested},"version":1}}`,
        );
      });
      expect(() => loadModelFile(file), path).toThrow(ModelFileError);
    }
  });

  const f32 = (shape: number[], data: number[]) => ({
    dtype: "F32" as const,
    shape,
    data: Float32Array.from(data),
  });

  it("refuses a tensor that is missing, superfluous, of another shape or type", () => {
    expectRefused(
      edited(({ tensors }) => tensors.delete("embeds.1.weight")),
      'Tensor "embeds.1.weight" [3,3] of the model is missing.',
    );
    expectRefused(
      edited(({ tensors }) => tensors.set("optimizer", f32([1], [0]))),
      'Tensor "optimizer" belongs to no part of the model that the config describes.',
    );
    expectRefused(
      edited(({ tensors }) => tensors.set("layers.2.0.weight", f32([4, 1], [1, 2, 3, 4]))),
      'Tensor "layers.2.0.weight" has shape [4,1], but the model\'s config needs [1,4].',
    );
    expectRefused(
      edited(({ tensors }) => tensors.set("bn_cont.num_batches_tracked", f32([], [0]))),
      'Tensor "bn_cont.num_batches_tracked" has dtype F32; it must be I64.',
    );
  });

  it("refuses weights that cannot be computed with", () => {
    const withValue = (name: string, x: number) =>
      edited(({ tensors }) => {
        tensors.get(name)!.data[0] = x;
      });
    expectRefused(
      withValue("embeds.2.weight", Number.NaN),
      'Tensor "embeds.2.weight" holds NaN at element 0;',
    );
    expectRefused(
      withValue("layers.2.0.bias", Number.NEGATIVE_INFINITY),
      'Tensor "layers.2.0.bias" holds -Infinity at element 0; weights must be finite.',
    );
    expectRefused(
      withValue("layers.0.2.running_var", -0.5),
      'Tensor "layers.0.2.running_var" holds -0.5 at element 0; a running_var is at least 0.',
    );
    expectRefused(
      withValue("bn_cont.num_batches_tracked", -1),
      'Tensor "bn_cont.num_batches_tracked" holds -1 at element 0; a num_batches_tracked is at least 0.',
    );
  });
});
