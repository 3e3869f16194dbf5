import { readFile } from "node:fs/promises";
import { ModelFileError } from "../errors.ts";
import { loadModelFile, type ModelFile } from "../io/model_file.ts";

/** @throws {ModelFileError} for a file that is not there or no model; the message begins with the path. */
export async function readModel(path: string): Promise<ModelFile & { readonly bytes: number }> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") throw new ModelFileError(`There is no file ${path}. Check the path.`);
    throw new ModelFileError(`${path} cannot be read: ${error.message}.`);
  });
  try {
    return { ...loadModelFile(new Uint8Array(bytes)), bytes: bytes.length };
  } catch (error) {
    if (error instanceof ModelFileError) throw new ModelFileError(`${path}: ${error.message}`);
    throw error;
  }
}
