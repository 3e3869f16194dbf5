import { InternalError, ModelFileError } from "../errors.ts";
import type { SafeTensor } from "./safetensors.ts";
import {
  F32_BYTES,
  I64_BYTES,
  LENGTH_BYTES,
  MAX_HEADER_BYTES,
  type SafetensorsDtype,
} from "./safetensors_format.ts";

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
      dataBytes += elements * bytesOf(dtype);
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
    return [name, { dtype, shape, data_offsets: [begin, begin + data.length * bytesOf(dtype)] }];
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

function bytesOf(dtype: SafetensorsDtype): number {
  return dtype === "F32" ? F32_BYTES : I64_BYTES;
}

function writeElements(view: DataView, at: number, dtype: SafetensorsDtype, data: Float32Array): void {
  for (let i = 0; i < data.length; i++) {
    if (dtype === "F32") view.setFloat32(at + F32_BYTES * i, data[i], true);
    else view.setBigInt64(at + I64_BYTES * i, BigInt(data[i]), true);
  }
}
