import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { namesIn } from '../delivery/adoption.ts';
import { CORRUPTED_FOLDER } from '../delivery/corrupted.ts';
import { DEAD_FOLDER } from '../delivery/dead-letters.ts';
import { ERASURE_FILES } from '../delivery/erasure-list.ts';
import { ownerOf } from '../delivery/spool-folder.ts';
import { ERRORS_FOLDER, PAGES_FOLDER } from '../spool-root.ts';

/** A folder with a part for each process, its own dead letters and its own erasure list. */
export interface SpoolRoot {
  /** `auth-service`, and for the spools within that of a process `auth-service/errors`. */
  readonly name: string;
  readonly root: string;
}

const PARTS = [ERRORS_FOLDER, PAGES_FOLDER];
const MARKS = new Set<string>([DEAD_FOLDER, ...PARTS, ...ERASURE_FILES, CORRUPTED_FOLDER]);

/**
 * The spools of a folder: it is one itself, as `OBSERVABILITY_SPOOL_DIR` names it, or holds one for each service, as `.data/spool` does.
 *
 * @throws when the folder cannot be read.
 */
export async function findSpools(folder: string): Promise<SpoolRoot[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  if (entries.some(({ name }) => MARKS.has(name) || ownerOf(name))) return withParts(folder);
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
  return (await Promise.all(folders.sort().map(withParts))).flat();
}

async function withParts(root: string): Promise<SpoolRoot[]> {
  const name = basename(root);
  const names = await namesIn(root);
  const parts = PARTS.filter((part) => names.includes(part));
  return [{ name, root }, ...parts.map((part) => ({ name: `${name}/${part}`, root: join(root, part) }))];
}
