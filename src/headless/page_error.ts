import * as errors from "../errors.ts";
import type { PageFailure } from "./page_protocol.ts";

/** The page's exception as the same class in Node: TabGPU's own by name, an abort as an abort, else a plain Error. */
export function errorFromPage({ name, message, stack }: PageFailure): Error {
  if (name === "AbortError") return new DOMException(message, name);
  const Class = { ...errors, InternalError: undefined }[name as "DataError"];
  const error = Class ? new Class(message) : new Error(message);
  error.name = name;
  error.stack = stack;
  return error;
}
