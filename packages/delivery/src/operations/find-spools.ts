import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { namesIn } from '../adoption.ts';
import { CORRUPTED_FOLDER } from '../corrupted.ts';
import { DEAD_FOLDER } from '../dead-letters.ts';
import { ERASURE_FILES } from '../erasure-list.ts';
import { ownerOf } from '../spool-folder.ts';

/** A folder with a part for each process, its own dead letters and its own erasure list. */
export interface SpoolRoot {
  /** `auth-service`, and for the spools within that of a process `auth-service/errors`. */
  readonly name: string;
  readonly root: string;
}

/**
 * The spools of a folder: it is one itself, as `OBSERVABILITY_SPOOL_DIR` names it, or holds one for each service, as `.data/spool` does.
 *
 * @param parts names of the spools within that of a process.
 * @throws when the folder cannot be read.
 */
export async function findSpools(folder: string, parts: readonly string[]): Promise<SpoolRoot[]> {
  const marks = new Set<string>([DEAD_FOLDER, ...parts, ...ERASURE_FILES, CORRUPTED_FOLDER]);
  const entries = await readdir(folder, { withFileTypes: true });
  if (entries.some(({ name }) => marks.has(name) || ownerOf(name))) return withParts(folder, parts);
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
  return (await Promise.all(folders.sort().map((each) => withParts(each, parts)))).flat();
}

async function withParts(root: string, parts: readonly string[]): Promise<SpoolRoot[]> {
  const name = basename(root);
  const names = await namesIn(root);
  const found = parts.filter((part) => names.includes(part));
  return [{ name, root }, ...found.map((part) => ({ name: `${name}/${part}`, root: join(root, part) }))];
}
