import { lstat, mkdir, readdir, readFile, rename } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type BatchFolder, removeFile, writeWhole } from './batch-file.ts';
import { mentionedIn } from './text-search.ts';

/** Folder of a spool in which files are kept that cannot be read, each beside a file with the reason. */
export const CORRUPTED_FOLDER = 'corrupted';
const REASON = '.reason';

/** A file that cannot be read, set aside. */
export interface CorruptedFile {
  readonly path: string;
  readonly reason: string;
  readonly bytes: number;
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number;
}

/** Sets a file aside, whatever it is: it is renamed, not opened. @returns its new path. @throws what the disk says. */
export async function setAside(root: string, folder: BatchFolder, name: string, reason: string): Promise<string> {
  const target = join(root, CORRUPTED_FOLDER);
  await mkdir(target, { recursive: true, mode: 0o700 });
  const path = join(target, `${basename(folder.id)}_${name}`);
  await rename(join(folder.path, name), path);
  // The file matters, the reason explains it.
  await writeWhole(`${path}${REASON}`, `${reason}\n`).catch(() => {});
  return path;
}

/** The files that were set aside, the oldest first. */
export async function listCorrupted(root: string): Promise<CorruptedFile[]> {
  const folder = join(root, CORRUPTED_FOLDER);
  const names = await readdir(folder).catch(() => []);
  const files = await Promise.all(
    names.filter((name) => !name.endsWith(REASON)).map((name) => describe(join(folder, name))),
  );
  return files.flatMap((file) => file ?? []).sort((one, other) => one.modifiedAt - other.modifiedAt);
}

/** Removes those of the files in which an erased person is found; returns how many. Never rejects. */
export async function eraseAllCorrupted(root: string, mentions: (text: string) => boolean): Promise<number> {
  let removed = 0;
  for (const { path } of await listCorrupted(root)) if (await eraseFromCorrupted(path, mentions)) removed++;
  return removed;
}

/** Removes a file that was set aside when an erased person is found in it; returns whether it did. Never rejects. */
export async function eraseFromCorrupted(path: string, mentions: (text: string) => boolean): Promise<boolean> {
  try {
    if (!(await mentionedIn(path, mentions))) return false;
    await removeFile(path);
    await removeFile(`${path}${REASON}`);
    return true;
  } catch {
    return false;
  }
}

async function describe(path: string): Promise<CorruptedFile | undefined> {
  try {
    const { size, mtimeMs } = await lstat(path);
    const reason = await readFile(`${path}${REASON}`, 'utf8').catch(() => 'unknown');
    return { path, reason: reason.trim(), bytes: size, modifiedAt: mtimeMs };
  } catch {
    return undefined;
  }
}
