import { chmodSync, lstatSync, mkdirSync, readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';

const OTHERS = 0o077;

/**
 * Creates a folder that only this user can open, and closes one that is there to others, with everything in it.
 *
 * @returns its canonical path.
 */
export function openPrivateFolder(path: string): string {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const folder = realpathSync(path);
  closeToOthers(folder);
  return folder;
}

/** Takes all rights to a folder and everything in it from other users. PGlite lets everybody write the files that it makes first. */
export function closeToOthers(folder: string): void {
  // The folder first: nothing in it can be reached from then on.
  closeOne(folder);
  // At once: a thousand small files one by one through the thread pool take twice the processor time.
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) closeOne(join(folder, name));
}

function closeOne(path: string): void {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined || stats.isSymbolicLink() || (stats.mode & OTHERS) === 0) return;
  chmodSync(path, stats.mode & 0o700);
}
