import { readFile } from "node:fs/promises";
import { ModelFileError, OptionError } from "../errors.ts";
import { loadModelFile, type ModelFile } from "../io/model_file.ts";

/**
 * @param otherwise said of a CSV file in the model's place
 * @throws {ModelFileError} for a file that is not there or no model; the message begins with the path.
 * @throws {OptionError} for a CSV file
 */
export async function readModel(
  path: string,
  otherwise: string,
): Promise<ModelFile & { readonly bytes: number }> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") throw new ModelFileError(`There is no file ${path}. Check the path.`);
    if (error.code === "EISDIR") throw new ModelFileError(`${path} is a folder. Name a model's file.`);
    throw new ModelFileError(`${path} cannot be read: ${error.message}.`);
  });
  try {
    return { ...loadModelFile(new Uint8Array(bytes)), bytes: bytes.length };
  } catch (error) {
    if (error instanceof ModelFileError && /\.(csv|tsv|txt)(\.gz)?$/i.test(path))
      throw new OptionError(`${path} looks like a CSV; ${otherwise}.`);
    if (error instanceof ModelFileError) throw new ModelFileError(`${path}: ${error.message}`);
    throw error;
  }
}
