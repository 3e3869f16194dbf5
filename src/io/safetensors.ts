import { InternalError, ModelFileError } from "../errors.ts";
import {
  checkEntry,
  checkMetadata,
  checkTiling,
  ELEMENT_BYTES,
  LENGTH_BYTES,
  MAX_HEADER_BYTES,
  readHeader,
  type SafetensorsDtype,
  type TensorEntry,
} from "./safetensors_header.ts";

export type { SafetensorsDtype };

/**
 * The safetensors format (https://github.com/huggingface/safetensors), for the two element types a PyTorch
 * state_dict of a tabular model has. A file is
 *
 *     8 bytes   length N of the header, little-endian u64
 *     N bytes   header, JSON: { "__metadata__": { key: text }, name: { dtype, shape, data_offsets: [begin, end] } }
 *     the rest  the tensors' elements, little-endian and row-major; offsets count from the start of this part
 *
 * It holds plain data only: unlike a pickle, reading it runs nothing.
 */
export interface SafeTensor {
  readonly dtype: SafetensorsDtype;
  /** Lengths of the axes; `[]` is a scalar. */
  readonly shape: readonly number[];
  /** The elements. An I64 is rounded to the nearest float32, which is exact up to 2²⁴. */
  readonly data: Float32Array;
}

/** What a file holds; the tensors in the order of its header. */
export interface SafetensorsContent {
  readonly tensors: Map<string, SafeTensor>;
  readonly metadata: Record<string, string>;
}

/**
 * Writes `tensors` and `metadata` into one safetensors file. The header lists the tensors in the map's order; the
 * data starts at a multiple of 8 bytes with the I64 tensors first, so that every tensor is aligned to its elements
 * (readers map the file into memory) although the format allows no gaps.
 *
 * @returns the file's bytes, the same for the same input.
 * @throws {InternalError} when a tensor's data does not fill its shape, or an I64 is no integer.
 * @throws {ModelFileError} when the header would be longer than the format allows.
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, SafeTensor>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const begins = new Map<string, number>();
  let dataBytes = 0;
  for (const dtype of ["I64", "F32"] as const) {
    for (const [name, tensor] of tensors) {
      if (tensor.dtype !== dtype) continue;
      const elements = tensor.shape.reduce((product, n) => product * n, 1);
      if (elements !== tensor.data.length) {
        throw new InternalError(
          `tensor "${name}" of shape [${tensor.shape}] has ${tensor.data.length} elements instead of ${elements}.`,
        );
      }
      if (dtype === "I64" && !tensor.data.every(Number.isInteger)) {
        throw new InternalError(`I64 tensor "${name}" has an element that is no integer.`);
      }
      begins.set(name, dataBytes);
      dataBytes += elements * ELEMENT_BYTES[dtype];
    }
  }
  const header = encodeHeader(tensors, begins, metadata);
  const start = LENGTH_BYTES + header.length;
  const bytes = new Uint8Array(start + dataBytes);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(header.length), true);
  bytes.set(header, LENGTH_BYTES);
  for (const [name, { dtype, data }] of tensors) {
    writeElements(view, start + begins.get(name)!, dtype, data);
  }
  return bytes;
}

/** The header's bytes, padded with spaces to a multiple of 8. */
function encodeHeader(
  tensors: ReadonlyMap<string, SafeTensor>,
  begins: ReadonlyMap<string, number>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const entries = [...tensors].map(([name, { dtype, shape, data }]) => {
    const begin = begins.get(name)!;
    return [name, { dtype, shape, data_offsets: [begin, begin + data.length * ELEMENT_BYTES[dtype]] }];
  });
  const json = JSON.stringify(Object.fromEntries([["__metadata__", metadata], ...entries]));
  const text = new TextEncoder().encode(json);
  const header = new Uint8Array(Math.ceil(text.length / 8) * 8).fill(0x20);
  header.set(text);
  if (header.length > MAX_HEADER_BYTES) {
    throw new ModelFileError(
      `The model file's header would be ${header.length} bytes long; the safetensors format allows ` +
        `${MAX_HEADER_BYTES}. The vocabularies are in it: leave out categorical columns with a value per row.`,
    );
  }
  return header;
}

/**
 * Reads a safetensors file and trusts nothing in it: whatever is returned has been checked against the file's real
 * length, and nothing is allocated by a number that the file only claims.
 *
 * @throws {ModelFileError} for any file that breaks the format, is truncated, or has a dtype other than F32 and I64.
 */
export function decodeSafetensors(bytes: Uint8Array): SafetensorsContent {
  const { header, start } = readHeader(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, bytes.byteLength - start);
  const entries: TensorEntry[] = [];
  let metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(header)) {
    if (name === "__metadata__") metadata = checkMetadata(value);
    else entries.push(checkEntry(name, value, view.byteLength));
  }
  checkTiling(entries, view.byteLength);
  const tensors = new Map(
    entries.map(({ name, dtype, shape, begin, end }) => {
      const data = readElements(view, begin, dtype, (end - begin) / ELEMENT_BYTES[dtype]);
      return [name, { dtype, shape, data }];
    }),
  );
  return { tensors, metadata };
}

function writeElements(view: DataView, at: number, dtype: SafetensorsDtype, data: Float32Array): void {
  for (let i = 0; i < data.length; i++) {
    if (dtype === "F32") view.setFloat32(at + 4 * i, data[i], true);
    else view.setBigInt64(at + 8 * i, BigInt(data[i]), true);
  }
}

function readElements(view: DataView, at: number, dtype: SafetensorsDtype, elements: number): Float32Array {
  const data = new Float32Array(elements);
  for (let i = 0; i < elements; i++) {
    data[i] =
      dtype === "F32" ? view.getFloat32(at + 4 * i, true) : Number(view.getBigInt64(at + 8 * i, true));
  }
  return data;
}
