import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** Returns the outermost folder at or above `from` that has a `package.json`; `from` itself when there is none. */
export function applicationRoot(from: string = process.cwd()): string {
  let root = resolve(from);
  for (let folder = root; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) root = folder;
    if (folder === dirname(folder)) return root;
  }
}
