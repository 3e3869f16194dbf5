import type { ModelWriter } from "./tabular_model.ts";

/** For a model that was not read from a file: what checks and writes one is loaded when it is saved. */
export const saveLater: ModelWriter = async (model) => {
  const { saveModelFile } = await import("../io/save_model_file.ts");
  return saveModelFile(model);
};
