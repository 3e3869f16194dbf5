/** The element types of the format that TabGPU reads and writes, of the dozen it has. */
export type SafetensorsDtype = "F32" | "I64";
export const F32_BYTES = 4;
export const I64_BYTES = 8;

/** Bytes of the number before the header. */
export const LENGTH_BYTES = 8;
/** The format's own limit, in bytes: a reader may refuse larger headers before it touches them. */
export const MAX_HEADER_BYTES = 100_000_000;
