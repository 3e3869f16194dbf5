/** Where on the panel a plan can be mended. */
export type PlanField = "target" | "task" | "log" | "valid" | "column" | "columns";

/** A plan that cannot work. Only an error's text crosses from the worker, so the field stands before it in brackets. */
export class PlanError extends Error {
  override name = "PlanError";
  constructor(field: PlanField, message: string, column: string | null = null) {
    super(`[${column === null ? field : `${field}:${column}`}] ${message}`);
  }
}
