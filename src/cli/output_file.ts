import { access, constants, mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { OptionError } from "../errors.ts";

/**
 * Makes sure that a file can be written there, before hours of training end with "permission denied". Makes its
 * folder if that is missing.
 *
 * @throws {OptionError}
 */
export async function prepareOutput(option: string, path: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await access(dirname(path), constants.W_OK);
    const existing = await stat(path).catch(() => null);
    if (existing?.isDirectory()) throw new Error("it is a folder");
  } catch (error) {
    throw new OptionError(
      `${option} ${path} cannot be written: ${(error as Error).message}. Choose another path.`,
    );
  }
}

/** Writes the whole file or nothing: an interrupted write leaves what was there before. */
export async function writeWhole(path: string, content: Uint8Array | string): Promise<void> {
  const part = `${path}.part`;
  try {
    await writeFile(part, content);
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}
