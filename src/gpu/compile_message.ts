/** A message of the shader compiler, as WebGPU hands it out. */
export interface CompilationMessage {
  readonly message: string;
  readonly lineNum: number;
  readonly linePos: number;
}

/**
 * `place: what is wrong`, the line of source and a caret below the column.
 * @param place where the line stands in a file, to be shown
 * @param code the module's whole code, which the message's line number refers to
 */
export function messageWithSource(place: string, code: string, message: CompilationMessage): string {
  const source = code.split("\n")[message.lineNum - 1] ?? "";
  // Tabs are kept, so that the caret stands below its column in any terminal.
  const caret = `${source.slice(0, Math.max(0, message.linePos - 1)).replace(/[^\t]/g, " ")}^`;
  return `${place}: ${textOf(message.message)}\n  ${source}\n  ${caret}`;
}

/** What is wrong, without the excerpt of the source that Firefox's compiler draws below it. */
function textOf(message: string): string {
  return message.split(/\n\s*┌─/)[0].trim();
}
