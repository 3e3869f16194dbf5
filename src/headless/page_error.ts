import * as errors from "../errors.ts";
import type { PageFailure } from "./page_protocol.ts";

/** The page's exception as the same class in Node: TabGPU's own by name, an abort as an abort, else a plain Error. */
export function errorFromPage({ name, message, stack }: PageFailure): Error {
  if (name === "AbortError") return new DOMException(message, name);
  const Class = { ...errors, InternalError: undefined }[name as "DataError"];
  const error = Class ? new Class(message) : new Error(message);
  error.name = name;
  // Firefox's stacks begin without the message, and Node prints nothing but the stack.
  error.stack = stack.includes(message) ? stack : `${name}: ${message}\n${stack}`;
  return error;
}

/** An exception that nobody in the page caught, without the words that its driver puts around it. */
export function uncaughtError(error: Error): Error {
  const worded = /^(?:Uncaught )?(\w*Error): (.*)$/s.exec(error.message);
  const name = worded?.[1] ?? (error.name === "PlaywrightError" ? "Error" : error.name);
  return errorFromPage({ name, message: worded?.[2] ?? error.message, stack: error.stack ?? "" });
}
