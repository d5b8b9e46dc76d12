import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What is wrong with the folder that `--data-dir` names. It is closed to other users of this machine, so it must be ours alone.
 * @param {string} path
 * @returns {string | undefined}
 */
export function problemOfDataDir(path) {
  const isUsed = existsSync(path) && readdirSync(path).length > 0;
  if (!isUsed || existsSync(join(path, 'secrets.json'))) return undefined;
  return `--data-dir must be a new folder, or one that a platform has used before: ${path} has other files in it.`;
}
