import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';

/**
 * Writes the commit of a checkout where the library looks for its release; without git there is no release, and an older one is removed.
 * @param {string} checkout
 * @param {string} file
 */
export function writeRelease(checkout, file) {
  const { status, stdout } = spawnSync('git', ['rev-parse', 'HEAD'], { cwd: checkout, encoding: 'utf8' });
  if (status === 0) writeFileSync(file, `${JSON.stringify({ release: stdout.trim() })}\n`);
  else rmSync(file, { force: true });
}
