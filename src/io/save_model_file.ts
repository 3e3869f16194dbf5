import { type ModelToSave, modelContent } from "./model_content.ts";
import { encodeSafetensors } from "./write_safetensors.ts";

/**
 * Writes a model into one file.
 *
 * @returns the bytes of the file, the same for the same model.
 * @throws {ModelFileError} as {@link modelContent}.
 */
export function saveModelFile(model: ModelToSave): Uint8Array<ArrayBuffer> {
  const { tensors, metadata } = modelContent(model);
  return encodeSafetensors(tensors, metadata);
}
