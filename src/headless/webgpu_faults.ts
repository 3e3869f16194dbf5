import { DeviceError } from "../errors.ts";
import { messageWithSource } from "../gpu/compile_message.ts";
import type { ShaderFault, WebGpuFaults } from "./page_protocol.ts";

/**
 * What WebGPU complained of during a call, as an error: shaders that do not compile, with file, line, source and a
 * caret, else errors that nobody captured. Undefined where there was nothing.
 *
 * @param files WGSL files that were served, by name: their lines are recognised in a shader's code
 */
export function faultsError(
  faults: WebGpuFaults,
  files: ReadonlyMap<string, string>,
): DeviceError | undefined {
  const { shaders, uncaptured } = faults;
  if (shaders.length > 0) return new DeviceError(shaders.map((fault) => shaderText(fault, files)).join("\n"));
  if (uncaptured.length === 0) return undefined;
  return new DeviceError(
    `WebGPU reported ${uncaptured.length === 1 ? "an error" : `${uncaptured.length} errors`} that nothing in the page ` +
      `handled:\n${uncaptured.join("\n")}`,
  );
}

function shaderText({ label, code, messages }: ShaderFault, files: ReadonlyMap<string, string>): string {
  const shown = messages.map((message) => {
    const place = placeOf(code, message.lineNum, message.linePos, label, files);
    return messageWithSource(place, code, message);
  });
  return [`The shader${label ? ` "${label}"` : ""} does not compile.`, ...shown].join("\n");
}

/** `file:line:column` where the line comes from a file that was served, else the shader's label and its own line. */
function placeOf(
  code: string,
  line: number,
  column: number,
  label: string,
  files: ReadonlyMap<string, string>,
): string {
  for (const [name, text] of files) {
    const at = text.trim() === "" ? -1 : code.indexOf(text);
    if (at < 0) continue;
    const first = code.slice(0, at).split("\n").length; // line of `code` on which the file begins
    if (line >= first && line < first + text.split("\n").length)
      return `${name}:${line - first + 1}:${column}`;
  }
  return `${label || "shader"}:${line}:${column}`;
}
