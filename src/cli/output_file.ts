import { access, constants, mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { OptionError } from "../errors.ts";

/**
 * Makes sure that a file can be written there, before hours of training end with "permission denied". Makes its
 * folder if that is missing.
 *
 * @throws {OptionError}
 */
export async function prepareOutput(option: string, path: string): Promise<void> {
  try {
    await makeFolder(resolve(dirname(path)));
    await access(dirname(path), constants.W_OK);
    const existing = await stat(path).catch(() => null);
    if (existing?.isDirectory()) throw new Error("it is a folder");
  } catch (error) {
    throw new OptionError(
      `${option} ${path} cannot be written: ${(error as Error).message}. Choose another path.`,
    );
  }
}

/**
 * mkdir -p, one level at a time: Node's own `recursive` never returns where a file system refuses new folders with
 * ENOENT, as /proc does.
 */
async function makeFolder(folder: string): Promise<void> {
  if (await stat(folder).catch(() => null)) return;
  const parent = dirname(folder);
  if (parent !== folder) await makeFolder(parent);
  await mkdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error; // somebody else was quicker
  });
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
