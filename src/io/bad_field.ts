import { ModelFileError } from "../errors.ts";

/** The error for a field of a model file's JSON that is not what it must be, e.g. `config.layout` not "A" or "C". */
export function badField(path: string, wanted: string): ModelFileError {
  return new ModelFileError(
    `The model file's ${path} is not ${wanted}. The file is damaged or was edited; save the model again.`,
  );
}
