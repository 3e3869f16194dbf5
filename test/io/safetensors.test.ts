import { describe, expect, it } from "vitest";
import { InternalError, ModelFileError } from "../../src/errors.ts";
import { decodeSafetensors, type SafeTensor } from "../../src/io/safetensors.ts";
import { encodeSafetensors } from "../../src/io/write_safetensors.ts";
import { oneTensor, rawFile } from "./safetensors_files.ts";

const example = (): Map<string, SafeTensor> =>
  new Map([
    ["layers.0.weight", { dtype: "F32", shape: [2, 3], data: Float32Array.of(1, -2.5, 3e-38, 4, 1e-45, -0) }],
    ["layers.2.running_mean", { dtype: "F32", shape: [1], data: Float32Array.of(0.1) }],
    ["layers.2.num_batches_tracked", { dtype: "I64", shape: [], data: Float32Array.of(62725) }],
    ["bn_cont.weight", { dtype: "F32", shape: [0], data: new Float32Array(0) }],
  ]);

describe("encodeSafetensors", () => {
  it("gives back bit for bit what was put in, names in their order", () => {
    const { tensors, metadata } = decodeSafetensors(
      encodeSafetensors(example(), { tabgpu: "{}", 'ä"\n': "ß" }),
    );
    expect([...tensors]).toEqual([...example()]);
    expect(Object.is(tensors.get("layers.0.weight")!.data[5], -0)).toBe(true);
    expect(metadata).toEqual({ tabgpu: "{}", 'ä"\n': "ß" });
  });

  it("writes the layout of the format, byte for byte", () => {
    const bytes = encodeSafetensors(
      new Map([["w", { dtype: "F32", shape: [1], data: Float32Array.of(1) }]]),
      {},
    );
    const header = '{"__metadata__":{},"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}';
    const padded = header.padEnd(Math.ceil(header.length / 8) * 8);
    expect([...bytes.subarray(0, 8)]).toEqual([padded.length, 0, 0, 0, 0, 0, 0, 0]);
    expect(new TextDecoder().decode(bytes.subarray(8, 8 + padded.length))).toBe(padded);
    expect([...bytes.subarray(8 + padded.length)]).toEqual([0, 0, 0x80, 0x3f]);
  });

  it("aligns every tensor to its elements, whatever the order and the length of the names", () => {
    for (const name of ["a", "ab", "abc", "abcd", "abcde", "abcdef", "abcdefg", "abcdefgh"]) {
      const bytes = encodeSafetensors(
        new Map([
          [name, { dtype: "F32", shape: [1], data: Float32Array.of(1) }],
          ["counter", { dtype: "I64", shape: [], data: Float32Array.of(7) }],
        ]),
        {},
      );
      const headerLength = Number(new DataView(bytes.buffer).getBigUint64(0, true));
      const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + headerLength)));
      expect((8 + headerLength) % 8).toBe(0);
      expect(header.counter.data_offsets).toEqual([0, 8]);
      expect(header[name].data_offsets).toEqual([8, 12]);
    }
  });

  it("refuses data that does not fill its shape, and counters that are no integers", () => {
    const encode = (tensor: SafeTensor) => () => encodeSafetensors(new Map([["w", tensor]]), {});
    const short = encode({ dtype: "F32", shape: [2, 3], data: new Float32Array(5) });
    expect(short).toThrow(InternalError);
    expect(short).toThrow('tensor "w" of shape [2,3] has 5 elements instead of 6.');
    const half = encode({ dtype: "I64", shape: [], data: Float32Array.of(0.5) });
    expect(half).toThrow('I64 tensor "w" has an element that is no integer.');
  });
});

describe("decodeSafetensors", () => {
  it("reads tensors that are not aligned, and bytes in the middle of a buffer", () => {
    const file = rawFile(oneTensor(), 8); // 8 + 55 bytes of header: the data starts at an odd byte
    const start = file.length - 8;
    expect(start % 4).not.toBe(0);
    new DataView(file.buffer).setFloat32(start + 4, 1.5, true);
    const embedded = new Uint8Array(file.length + 20).fill(255);
    embedded.set(file, 13);
    const { tensors } = decodeSafetensors(embedded.subarray(13, 13 + file.length));
    expect([...tensors.get("w")!.data]).toEqual([0, 1.5]);
  });

  it("reads I64 beyond 32 bits and below zero", () => {
    const file = rawFile({ n: { dtype: "I64", shape: [2], data_offsets: [0, 16] } }, 16);
    const view = new DataView(file.buffer);
    view.setBigInt64(file.length - 16, 2n ** 40n, true);
    view.setBigInt64(file.length - 8, -3n, true);
    expect([...decodeSafetensors(file).tensors.get("n")!.data]).toEqual([2 ** 40, -3]);
  });

  it("takes a file without tensors and without metadata", () => {
    expect(decodeSafetensors(rawFile("{}"))).toEqual({ tensors: new Map(), metadata: {} });
  });

  it("throws ModelFileError, and nothing else, for a file cut at any byte", () => {
    const file = encodeSafetensors(example(), { tabgpu: '{"version":1}' });
    for (let length = 0; length < file.length; length++) {
      expect(() => decodeSafetensors(file.subarray(0, length)), `${length} bytes`).toThrow(ModelFileError);
    }
    expect(() => decodeSafetensors(file)).not.toThrow();
  });

  it("throws ModelFileError, or reads something of the right shape, when any one byte is damaged", () => {
    const file = encodeSafetensors(example(), { tabgpu: '{"version":1}' });
    for (let at = 0; at < file.length; at++) {
      for (const flip of [0x01, 0x10, 0x80, 0xff]) {
        const damaged = file.slice();
        damaged[at] ^= flip;
        try {
          const { tensors } = decodeSafetensors(damaged);
          for (const { shape, data } of tensors.values()) {
            expect(data.length).toBe(shape.reduce((product, n) => product * n, 1));
          }
        } catch (error) {
          expect(error, `byte ${at} ^ ${flip}`).toBeInstanceOf(ModelFileError);
        }
      }
    }
  });

  const nested = `${"[".repeat(200_000)}${"]".repeat(200_000)}`;
  const pair = (a: number[], b: number[]) => ({
    a: { dtype: "F32", shape: [(a[1] - a[0]) / 4], data_offsets: a },
    b: { dtype: "F32", shape: [(b[1] - b[0]) / 4], data_offsets: b },
  });
  const defects: [what: string, file: Uint8Array, message: string][] = [
    ["an empty file", new Uint8Array(0), "A file of 0 bytes is no safetensors file"],
    ["seven bytes", new Uint8Array(7), "A file of 7 bytes is no safetensors file"],
    [
      "a header of gigabytes",
      rawFile("{}", 0, 5_000_000_000n),
      "This is no safetensors file: its first 8 bytes, which would tell the length of a header, read 5000000000, and the format allows 100000000.",
    ],
    [
      "a header of 2^64 - 1 bytes",
      rawFile("{}", 0, 2n ** 64n - 1n),
      "This is no safetensors file: its first 8 bytes, which would tell the length of a header, read 18446744073709551615",
    ],
    [
      "a header beyond the file",
      rawFile("{}", 0, 1000n),
      "The file ends inside its header: 1000 bytes announced, 2 there. It is truncated; fetch or save it again.",
    ],
    ["a header of nothing", rawFile(""), "The file's header is not JSON ("],
    ["bad JSON", rawFile('{"w": '), "The file's header is not JSON ("],
    ["invalid UTF-8", rawFile(Uint8Array.of(0x7b, 0xff, 0x7d)), "The file's header is not UTF-8 text."],
    ["a byte order mark", rawFile("\ufeff{}"), "The file's header is not JSON ("],
    ["an array", rawFile([1, 2]), "The file's header is [1,2]; it must be a JSON object of tensors."],
    ["null", rawFile("null"), "The file's header is null; it must be a JSON object"],
    ["deep nesting", rawFile(nested), "The file's header is a list of 1 values; it must be a JSON object"],
    [
      "deep nesting inside a tensor",
      rawFile(`{"w":{"dtype":${nested}}}`),
      'Tensor "w" has dtype a list of 1 values; TabGPU reads F32 and I64.',
    ],
    [
      "a name twice",
      rawFile(
        '{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}, "\\u0077" :{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}',
        8,
      ),
      'The file\'s header has the name "w" twice; names must be unique.',
    ],
    [
      "a field twice",
      rawFile('{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"shape"\n \t:[2]}}', 8),
      'The file\'s header has the name "shape" twice in "w"; names must be unique.',
    ],
    [
      "metadata that is a list",
      rawFile({ __metadata__: [] }),
      '"__metadata__" is []; it must be an object of texts.',
    ],
    [
      "metadata that is not text",
      rawFile({ __metadata__: { tabgpu: { version: 1 } } }),
      '"__metadata__" has an object under "tabgpu"; it must be a text.',
    ],
    [
      "a tensor that is a number",
      rawFile({ w: 3 }),
      'Tensor "w" is 3; it must be an object with dtype, shape and',
    ],
    [
      "an unknown dtype",
      rawFile(oneTensor({ dtype: "BF16" }), 8),
      'Tensor "w" has dtype "BF16"; TabGPU reads F32',
    ],
    [
      "no dtype",
      rawFile(oneTensor({ dtype: undefined }), 8),
      'Tensor "w" has dtype undefined; TabGPU reads F32',
    ],
    [
      "a dtype that every object inherits",
      rawFile(oneTensor({ dtype: "constructor" }), 8),
      'Tensor "w" has dtype "constructor"; TabGPU reads',
    ],
    [
      "no shape",
      rawFile(oneTensor({ shape: undefined }), 8),
      'Tensor "w" has shape undefined; it must be a list of',
    ],
    [
      "a negative shape",
      rawFile(oneTensor({ shape: [-2, -1] }), 8),
      'Tensor "w" has shape [-2,-1]; it must be a list',
    ],
    [
      "a fractional shape",
      rawFile(oneTensor({ shape: [0.5, 4] }), 8),
      'Tensor "w" has shape [0.5,4]; it must be a',
    ],
    [
      "an overflowing shape",
      rawFile(oneTensor({ shape: [4294967296, 4294967296] }), 8),
      'Tensor "w" has shape [4294967296,4294967296], more bytes than any file can have.',
    ],
    [
      "a shape that is not its span",
      rawFile(oneTensor({ shape: [3] }), 8),
      'Tensor "w" of dtype F32 and shape [3] takes 12 bytes, but its data_offsets [0, 8] span 8.',
    ],
    [
      "three offsets",
      rawFile(oneTensor({ data_offsets: [0, 4, 8] }), 8),
      'Tensor "w" has data_offsets [0,4,8]; it must be two integers that are at least 0, [begin, end].',
    ],
    [
      "negative offsets",
      rawFile(oneTensor({ data_offsets: [-8, 0] }), 8),
      'Tensor "w" has data_offsets [-8,0]; it',
    ],
    [
      "no offsets",
      rawFile(oneTensor({ data_offsets: null }), 8),
      'Tensor "w" has data_offsets null; it must be two',
    ],
    [
      "reversed offsets",
      rawFile(oneTensor({ data_offsets: [8, 0] }), 8),
      'Tensor "w" has data_offsets [8, 0], which end before they begin.',
    ],
    [
      "offsets out of range",
      rawFile(oneTensor({ data_offsets: [4, 12] }), 8),
      'Tensor "w" has data_offsets [4, 12] but the file has 8 bytes of data. It is truncated',
    ],
    [
      "overlapping tensors",
      rawFile(pair([0, 8], [4, 12]), 12),
      'Tensors "a" and "b" overlap at byte 4 of the data.',
    ],
    [
      "one span for two tensors",
      rawFile(pair([0, 8], [0, 8]), 8),
      'Tensors "a" and "b" overlap at byte 0 of the',
    ],
    [
      "a gap between tensors",
      rawFile(pair([0, 4], [8, 12]), 12),
      'Bytes 4 to 8 of the data, before tensor "b", belong to no tensor.',
    ],
    [
      "bytes after the last tensor",
      rawFile(oneTensor(), 12),
      "Bytes 8 to 12 of the data, after the last tensor, belong to no tensor.",
    ],
  ];
  it.each(defects)("says what is wrong with %s", (_, file, message) => {
    const decode = () => decodeSafetensors(file);
    expect(decode).toThrow(ModelFileError);
    expect(decode).toThrow(message);
  });

  it("takes tensors in any order in the header", () => {
    const { tensors } = decodeSafetensors(rawFile(pair([8, 12], [0, 8]), 12));
    expect([...tensors.keys()]).toEqual(["a", "b"]);
    expect(tensors.get("b")!.shape).toEqual([2]);
  });

  it("is not fooled by keys in texts", () => {
    const metadata = { a: '{"w":1,"w":2}', b: '"w":', c: "\\" };
    expect(decodeSafetensors(encodeSafetensors(new Map(), metadata)).metadata).toEqual(metadata);
  });
});
