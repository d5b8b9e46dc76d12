import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';

/**
 * Writes the commit of a checkout where the library looks for its release; without git there is no release, and an older one is removed.
 * @param {string} checkout
 * @param {string} file
 * @param {string} [commit] where there is no git to ask, as in the build of an image
 */
export function writeRelease(checkout, file, commit) {
  const release = commit || commitOf(checkout);
  if (release) writeFileSync(file, `${JSON.stringify({ release })}\n`);
  else rmSync(file, { force: true });
}

/** @param {string} checkout */
function commitOf(checkout) {
  const { status, stdout } = spawnSync('git', ['rev-parse', 'HEAD'], { cwd: checkout, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}
