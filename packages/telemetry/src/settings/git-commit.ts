import { type ExecFileSyncOptionsWithStringEncoding, execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { foldersFrom } from './application-folder.ts';

/** A reference may name another one; git itself follows five. */
const MAX_STEPS = 5;
const GIT_TIMEOUT_MS = 2000;

/**
 * Returns the commit that is checked out where a folder lies, `undefined` when the folder is in no checkout or nothing is committed yet.
 * Reads git's files instead of starting git, which is not always installed, takes some 10 ms and refuses checkouts of other users.
 */
export function checkedOutCommit(folder: string): string | undefined {
  const checkout = [...foldersFrom(folder)].find(isCheckout);
  if (checkout === undefined) return undefined;
  const gitFolder = gitFolderOf(checkout);
  const commonFolder = resolve(gitFolder, read(join(gitFolder, 'commondir')) ?? '.');
  // With the `reftable` format there is one file for all references, and a placeholder in HEAD.
  if (existsSync(join(commonFolder, 'reftable'))) return commitFromGit(checkout);
  let text = read(join(gitFolder, 'HEAD'));
  for (let step = 0; step < MAX_STEPS; step++) {
    const name = text?.match(/^ref: (refs\/.+)$/)?.[1];
    if (name === undefined) break;
    text =
      read(join(gitFolder, name)) ??
      read(join(commonFolder, name)) ??
      packed(read(join(commonFolder, 'packed-refs')), name);
  }
  return commitIn(text);
}

/** Many people keep the settings in their home folder under git; such a repository is no application's unless that lies right there. */
function isCheckout(folder: string): boolean {
  return existsSync(join(folder, '.git')) && (folder !== homedir() || existsSync(join(folder, 'package.json')));
}

/** In a worktree or a submodule `.git` is a file that names the folder. */
function gitFolderOf(checkout: string): string {
  const path = join(checkout, '.git');
  const named = read(path)?.match(/^gitdir: (.+)$/)?.[1];
  return named === undefined ? path : resolve(checkout, named);
}

/** Finds a reference among those that git has packed into one file, a line `<commit> <name>` each. */
function packed(references: string | undefined, name: string): string | undefined {
  return references
    ?.split('\n')
    .find((line) => line.endsWith(` ${name}`))
    ?.split(' ')[0];
}

function commitFromGit(checkout: string): string | undefined {
  try {
    const options: ExecFileSyncOptionsWithStringEncoding = {
      cwd: checkout,
      encoding: 'utf8',
      timeout: GIT_TIMEOUT_MS,
      stdio: ['ignore', 'pipe', 'ignore'],
    };
    return commitIn(execFileSync('git', ['rev-parse', '--verify', '--quiet', 'HEAD'], options).trim());
  } catch {
    return undefined;
  }
}

/** A name of 40 hex digits, or 64 in a SHA-256 repository. */
function commitIn(text: string | undefined): string | undefined {
  return text !== undefined && /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(text) ? text : undefined;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}
