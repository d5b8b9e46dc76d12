import { spawnSync } from 'node:child_process';
import { chownSync } from 'node:fs';

/**
 * The user as whom a database server runs when we are root, which PostgreSQL refuses to be; nothing when we are not.
 * @returns {{ uid: number, gid: number } | Record<string, never>}
 */
export function unprivileged() {
  if (process.getuid?.() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map((flag) => Number(spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout));
    if (uid && gid) return { uid, gid };
  }
  throw new Error('PostgreSQL cannot run as root, and there is neither a user "postgres" nor "nobody" to run it as.');
}

/** @param {string} folder @param {{ uid?: number, gid?: number }} user */
export function giveTo(folder, { uid, gid }) {
  if (uid !== undefined && gid !== undefined) chownSync(folder, uid, gid);
}
