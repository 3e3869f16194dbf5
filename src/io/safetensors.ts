import type { SafetensorsDtype } from "./safetensors_format.ts";
import {
  checkEntry,
  checkMetadata,
  checkTiling,
  ELEMENT_BYTES,
  readHeader,
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

function readElements(view: DataView, at: number, dtype: SafetensorsDtype, elements: number): Float32Array {
  const data = new Float32Array(elements);
  for (let i = 0; i < elements; i++) {
    data[i] =
      dtype === "F32" ? view.getFloat32(at + 4 * i, true) : Number(view.getBigInt64(at + 8 * i, true));
  }
  return data;
}
