import { existsSync, realpathSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';

/**
 * Returns the folder of the application's main module. A main module of an installed package (a process manager, a test runner) is not the
 * application, and a process such as `node -e` has none: the answer is then the working directory.
 */
export function applicationFolder(): string {
  const main = process.argv[1];
  if (main === undefined) return process.cwd();
  const folder = dirname(realPath(main));
  return folder.split(sep).includes('node_modules') ? process.cwd() : folder;
}

/** Returns the outermost folder with a `package.json` that a folder lies in: of a workspace the repository, of a container the application. */
export function applicationRoot(folder: string): string {
  return [...foldersFrom(folder)].findLast((each) => existsSync(join(each, 'package.json'))) ?? folder;
}

/** A folder, the one it lies in, and so on up to the root of the file system. */
export function* foldersFrom(folder: string): Generator<string> {
  for (let current = folder; ; current = dirname(current)) {
    yield current;
    if (dirname(current) === current) return;
  }
}

/** Node also starts `main` when the file is `main.js`. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
