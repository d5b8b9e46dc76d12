import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm, statfs } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import type { Check, CheckContext, Finding } from '../check.ts';
import { explainDiskError } from '../explain-disk-error.ts';

/** Where services keep what is not delivered: really written to, as a full or foreign disk shows only then. */
export const spoolFolder: Check = {
  name: 'spool',
  about: 'the folder of what waits can be written, and has room',
  needs: ['variables'],
  isOffline: true,
  async run(context) {
    const root = spoolRootOf(context);
    try {
      await tryOut(root);
      return roomFor(root, context);
    } catch (error) {
      return explainDiskError(error, root);
    }
  },
};

/** The folder that holds those of all services, or the one that they share. */
export function spoolRootOf({ env, root }: Pick<CheckContext, 'env' | 'root'>): string {
  return resolve(root, env['OBSERVABILITY_SPOOL_DIR'] || '.data/spool');
}

/** More than the disk keeps back for its books. */
const TRIAL_BYTES = 256 * 1024;
const DEFAULT_MAX_BYTES = 268_435_456;

/** Writes, syncs, renames and deletes a file, as the spool does; leaves nothing behind, not even the folder. */
async function tryOut(root: string): Promise<void> {
  const made = await mkdir(root, { recursive: true, mode: 0o700 });
  const path = join(root, `doctor-${randomBytes(6).toString('hex')}.tmp`);
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(Buffer.alloc(TRIAL_BYTES, 1));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(path, `${path}.renamed`);
    await rm(`${path}.renamed`);
  } finally {
    await rm(path, { force: true });
    if (made !== undefined) await rm(made, { recursive: true });
  }
}

async function roomFor(root: string, { env }: CheckContext): Promise<Finding> {
  const free = await freeBytes(root);
  const wanted = Number(env['OBSERVABILITY_SPOOL_MAX_BYTES'] || DEFAULT_MAX_BYTES);
  if (free < wanted) {
    return {
      status: 'warning',
      says: `${root} can be written, but only ${inMegabytes(free)} are free and a service may fill ${inMegabytes(wanted)}.`,
      do: 'Make room, or lower OBSERVABILITY_SPOOL_MAX_BYTES: in a long outage the oldest batch then goes, counted, before the disk is full.',
    };
  }
  const relative = env['OBSERVABILITY_SPOOL_DIR'];
  if (relative && !isAbsolute(relative)) {
    return {
      status: 'warning',
      says: `${root} can be written, but OBSERVABILITY_SPOOL_DIR is relative: each process takes it from the folder that it was started in.`,
      do: 'Write the whole path.',
    };
  }
  return { status: 'ok', says: `${root} can be written; ${inMegabytes(free)} are free.` };
}

/** Of the nearest folder that exists: the one that was tried out is gone again. */
async function freeBytes(path: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  } catch (error) {
    const parent = resolve(path, '..');
    if (parent === path) throw error;
    return freeBytes(parent);
  }
}

function inMegabytes(bytes: number): string {
  return `${Math.floor(bytes / (1024 * 1024)).toLocaleString('en')} MiB`;
}
