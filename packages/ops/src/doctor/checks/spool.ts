import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, statfs } from 'node:fs/promises';
import { basename, isAbsolute, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { type Check, type CheckContext, type Finding, ok, warning } from '../check.ts';

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
function spoolRootOf({ env, root }: Pick<CheckContext, 'env' | 'root'>): string {
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
  if (free < wanted)
    return warning(
      `${root} can be written, but only ${inMegabytes(free)} are free and a service may fill ${inMegabytes(wanted)}.`,
      'Make room, or lower OBSERVABILITY_SPOOL_MAX_BYTES: in a long outage the oldest batch then goes, counted, before the disk is full.',
    );
  const relative = env['OBSERVABILITY_SPOOL_DIR'];
  if (relative && !isAbsolute(relative))
    return warning(
      `${root} can be written, but OBSERVABILITY_SPOOL_DIR is relative: each process takes it from the folder that it was started in.`,
      'Write the whole path.',
    );
  return ok(`${root} can be written; ${inMegabytes(free)} are free.`);
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

/** Puts the refusal of a disk into words. @param root the spool's folder. */
export function explainDiskError(error: unknown, root: string): Finding {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const failed = (says: string, advice: string): Finding => ({ status: 'failed', says, do: advice });
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return failed(
      `The disk of ${root} is full (${code}).`,
      'Make room, or set OBSERVABILITY_SPOOL_DIR to a folder on another disk.',
    );
  if (code === 'EACCES' || code === 'EPERM')
    return failed(
      `${root} may not be written by this user (${code}).`,
      'Give it to the user of the services (chown), or set OBSERVABILITY_SPOOL_DIR to a folder of theirs.',
    );
  if (code === 'EROFS')
    return failed(
      `The disk of ${root} is read-only (${code}).`,
      'Mount a writable volume, and set OBSERVABILITY_SPOOL_DIR to a folder on it.',
    );
  if (code === 'ENOTDIR' || code === 'EEXIST')
    return failed(`A part of ${root} is a file, not a folder (${code}).`, 'Correct OBSERVABILITY_SPOOL_DIR.');
  // What Node says of a folder to be made on a disk that is read-only, and below /proc.
  if (code === 'ENOENT')
    return failed(
      `The folder ${root} cannot be made (${code}): its disk is read-only, or takes no folders.`,
      'Mount a writable volume, and set OBSERVABILITY_SPOOL_DIR to a folder on it.',
    );
  return failed(`${root} cannot be used: ${message}.`, 'Set OBSERVABILITY_SPOOL_DIR to a folder that can be written.');
}

/** Records that a vendor refused for good. Nothing sends them again by itself. */
export const deadLetters: Check = {
  name: 'dead-letters',
  about: 'nothing that a vendor refused waits to be looked at',
  needs: ['variables', 'spool'],
  isOffline: true,
  async run(context) {
    const files = await deadLetterFiles(spoolRootOf(context));
    const counts = new Map<string, number>();
    for (const file of files) {
      const [lane = ''] = basename(file).split('.');
      counts.set(lane, (counts.get(lane) ?? 0) + (await countLines(file)));
    }
    const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
    if (total === 0) return ok('Nothing was refused.');
    const lanes = [...counts].map(([lane, count]) => `${count} of ${lane}`).join(', ');
    return warning(
      `${total} ${total === 1 ? 'record was' : 'records were'} refused by the receiver and put aside: ${lanes}.`,
      '`qr-obs spool dead` shows each with the reason.',
    );
  },
};

/** `dead/<lane>.ndjson` and the one put aside before it, of the folder itself, of each service in it, and of their errors. */
async function deadLetterFiles(root: string): Promise<readonly string[]> {
  const services = await namesIn(root);
  const roots = [
    root,
    join(root, 'errors'),
    ...services.flatMap((name) => [join(root, name), join(root, name, 'errors')]),
  ];
  const files = await Promise.all(
    [...new Set(roots)].map(async (folder) => {
      const dead = join(folder, 'dead');
      return (await namesIn(dead)).filter((name) => /\.ndjson(\.1)?$/.test(name)).map((name) => join(dead, name));
    }),
  );
  return files.flat().sort();
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}

async function countLines(file: string): Promise<number> {
  let lines = 0;
  for await (const line of createInterface({ input: createReadStream(file) })) if (line !== '') lines++;
  return lines;
}
