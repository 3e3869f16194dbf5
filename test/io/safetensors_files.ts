/** Bytes of a safetensors file put together by hand, so that tests can write files the encoder never would. */
export function rawFile(header: unknown, dataBytes = 0, claimedLength?: bigint): Uint8Array<ArrayBuffer> {
  const text =
    header instanceof Uint8Array
      ? header
      : new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, claimedLength ?? BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

/** A header with one F32 tensor "w", its fields replaced by `fields`. */
export function oneTensor(fields: Record<string, unknown> = {}): Record<string, unknown> {
  return { w: { dtype: "F32", shape: [2], data_offsets: [0, 8], ...fields } };
}
