import { ModelFileError } from "../errors.ts";
import { findDuplicateKey } from "./json_keys.ts";
import {
  F32_BYTES,
  I64_BYTES,
  LENGTH_BYTES,
  MAX_HEADER_BYTES,
  type SafetensorsDtype,
} from "./safetensors_format.ts";

export const ELEMENT_BYTES: Readonly<Record<SafetensorsDtype, number>> = { F32: F32_BYTES, I64: I64_BYTES };

/** One tensor of the header, its span known to match its shape and to lie inside the data. */
export interface TensorEntry {
  readonly name: string;
  readonly dtype: SafetensorsDtype;
  readonly shape: number[];
  /** First byte, and the one after the last, counted from the start of the data. */
  readonly begin: number;
  readonly end: number;
}

/** The header as parsed JSON, names known to be unique, and the byte at which the data starts. */
export function readHeader(bytes: Uint8Array): { header: Record<string, unknown>; start: number } {
  if (bytes.byteLength < LENGTH_BYTES) {
    throw new ModelFileError(
      `A file of ${bytes.byteLength} bytes is no safetensors file, which begins with ${LENGTH_BYTES} bytes that tell ` +
        "the length of its header. It is truncated or something else; fetch or save it again.",
    );
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES)) {
    throw new ModelFileError(
      "This is no safetensors file: its first 8 bytes, which would tell the length of a header, read " +
        `${length}, and the format allows ${MAX_HEADER_BYTES}.`,
    );
  }
  const start = LENGTH_BYTES + Number(length);
  if (start > bytes.byteLength) {
    throw new ModelFileError(
      `The file ends inside its header: ${length} bytes announced, ${bytes.byteLength - LENGTH_BYTES} there. ` +
        "It is truncated; fetch or save it again.",
    );
  }
  return { header: parseHeader(bytes.subarray(LENGTH_BYTES, start)), start };
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new ModelFileError("The file's header is not UTF-8 text. It is damaged or no safetensors file.");
  }
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch (error) {
    throw new ModelFileError(
      `The file's header is not JSON (${(error as Error).message}). It is damaged or no safetensors file.`,
    );
  }
  if (!isObject(header)) {
    throw new ModelFileError(
      `The file's header is ${describe(header)}; it must be a JSON object of tensors. It is no safetensors file.`,
    );
  }
  const duplicate = findDuplicateKey(text);
  if (duplicate) {
    const where = duplicate.path.length === 0 ? "" : ` in "${duplicate.path.join(".")}"`;
    throw new ModelFileError(
      `The file's header has the name "${duplicate.key}" twice${where}; names must be unique. The program that wrote it is at fault.`,
    );
  }
  return header;
}

/** Checks the header's `__metadata__`. */
export function checkMetadata(value: unknown): Record<string, string> {
  if (!isObject(value)) {
    throw new ModelFileError(`"__metadata__" is ${describe(value)}; it must be an object of texts.`);
  }
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== "string") {
      throw new ModelFileError(`"__metadata__" has ${describe(text)} under "${key}"; it must be a text.`);
    }
  }
  return value as Record<string, string>;
}

/** Checks one member of the header against the `dataBytes` the file really has after it. */
export function checkEntry(name: string, value: unknown, dataBytes: number): TensorEntry {
  if (!isObject(value)) {
    throw new ModelFileError(
      `Tensor "${name}" is ${describe(value)}; it must be an object with dtype, shape and data_offsets.`,
    );
  }
  const { dtype, shape, data_offsets: offsets } = value;
  if (dtype !== "F32" && dtype !== "I64") {
    throw new ModelFileError(
      `Tensor "${name}" has dtype ${describe(dtype)}; TabGPU reads F32 and I64. Convert it with tensor.float() before saving.`,
    );
  }
  if (!isIntegers(shape)) {
    throw new ModelFileError(
      `Tensor "${name}" has shape ${describe(shape)}; it must be a list of integers that are at least 0.`,
    );
  }
  const wanted = shape.reduce((product, n) => product * n, ELEMENT_BYTES[dtype]);
  if (!Number.isSafeInteger(wanted)) {
    throw new ModelFileError(`Tensor "${name}" has shape [${shape}], more bytes than any file can have.`);
  }
  if (!isIntegers(offsets) || offsets.length !== 2) {
    throw new ModelFileError(
      `Tensor "${name}" has data_offsets ${describe(offsets)}; it must be two integers that are at least 0, [begin, end].`,
    );
  }
  const [begin, end] = offsets;
  if (begin > end) {
    throw new ModelFileError(
      `Tensor "${name}" has data_offsets [${begin}, ${end}], which end before they begin.`,
    );
  }
  if (end > dataBytes) {
    throw new ModelFileError(
      `Tensor "${name}" has data_offsets [${begin}, ${end}] but the file has ${dataBytes} bytes of data. ` +
        "It is truncated; fetch or save it again.",
    );
  }
  if (end - begin !== wanted) {
    throw new ModelFileError(
      `Tensor "${name}" of dtype ${dtype} and shape [${shape}] takes ${wanted} bytes, ` +
        `but its data_offsets [${begin}, ${end}] span ${end - begin}.`,
    );
  }
  return { name, dtype, shape, begin, end };
}

/** Checks that the tensors cover the data without overlap and without gaps, as the format demands. */
export function checkTiling(entries: readonly TensorEntry[], dataBytes: number): void {
  let covered = 0;
  let last = "";
  for (const { name, begin, end } of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin < covered) {
      throw new ModelFileError(`Tensors "${last}" and "${name}" overlap at byte ${begin} of the data.`);
    }
    if (begin > covered) {
      throw new ModelFileError(
        `Bytes ${covered} to ${begin} of the data, before tensor "${name}", belong to no tensor.`,
      );
    }
    covered = end;
    last = name;
  }
  if (covered < dataBytes) {
    throw new ModelFileError(
      `Bytes ${covered} to ${dataBytes} of the data, after the last tensor, belong to no tensor.`,
    );
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isIntegers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}

/** A JSON value as a message shows it. Never recursive: a hostile value may be nested deeper than the stack. */
function describe(value: unknown): string {
  if (Array.isArray(value)) {
    const short = value.length <= 8 && value.every((v) => typeof v === "number");
    return short ? `[${value}]` : `a list of ${value.length} values`;
  }
  if (isObject(value)) return "an object";
  const text = typeof value === "string" ? `"${value}"` : String(value);
  return text.length <= 60 ? text : `${text.slice(0, 57)}…`;
}
