import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, utimes, writeFileSync } from 'node:fs';
import { readdir, rm, rmdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** A process on another host cannot be asked whether it lives; its heartbeat tells. */
const HEARTBEAT_INTERVAL_MS = 5000;
export const HEARTBEAT_FILE = 'heartbeat';

/** Who a spool folder belongs to, as its name says. */
export interface FolderOwner {
  readonly host: string;
  readonly pid: number;
  /** The kernel's start time of the process: a pid comes again, this with it does not. `0` where there is none. */
  readonly startedAt: string;
}

/** A process's own part of the spool. */
export interface SpoolFolder {
  /** Unique over all processes; `[A-Za-z0-9-]`. */
  readonly id: string;
  readonly path: string;
  close(): void;
}

/**
 * Makes the folder of this process under the spool's root.
 *
 * @throws when the disk refuses.
 */
export function createSpoolFolder(root: string): SpoolFolder {
  const id = newOwnerName();
  const path = join(root, id);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const heartbeat = join(path, HEARTBEAT_FILE);
  writeFileSync(heartbeat, '');
  const timer = setInterval(() => {
    const now = new Date();
    utimes(heartbeat, now, now, () => {});
  }, HEARTBEAT_INTERVAL_MS);
  timer.unref();
  return { id, path, close: () => clearInterval(timer) };
}

/** Removes a folder of the spool in which nothing is left but its heartbeat. */
export async function removeIfEmpty(folder: string): Promise<void> {
  const names = await readdir(folder);
  if (names.some((name) => name !== HEARTBEAT_FILE)) return;
  await rm(join(folder, HEARTBEAT_FILE), { force: true });
  await rmdir(folder);
}

/** A name that tells of this process, another one each time. {@link ownerOf} reads it. */
export function newOwnerName(): string {
  const startedAt = readProcess(process.pid)?.startedAt ?? '0';
  return [shortHost(), process.pid, startedAt, randomBytes(4).toString('hex')].join('-');
}

/** The owner that a folder's name tells of; `undefined` for a folder of somebody else. */
export function ownerOf(name: string): FolderOwner | undefined {
  const match = /^([a-z0-9]+)-(\d+)-(\d+)-[0-9a-f]{8}$/.exec(name);
  return match ? { host: match[1] ?? '', pid: Number(match[2]), startedAt: match[3] ?? '0' } : undefined;
}

/** Whether the owner is a process of this machine that has ended; `undefined` when it is on another machine. */
export function hasEnded({ host, pid, startedAt }: FolderOwner): boolean | undefined {
  if (host !== shortHost()) return undefined;
  const found = readProcess(pid);
  // A zombie has ended, and stays as long as its parent does not ask for it.
  if (found) return found.state === 'Z' || found.startedAt !== startedAt;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    // EPERM: it lives, and is another user's.
    return (error as NodeJS.ErrnoException).code !== 'EPERM';
  }
}

function shortHost(): string {
  return (
    hostname()
      .toLowerCase()
      .replace(/[^a-z0-9]/g, '')
      .slice(0, 40) || 'host'
  );
}

/** Fields 3 and 22 of /proc/<pid>/stat, proc(5); the start in clock ticks after boot. `undefined` without /proc or without the process. */
function readProcess(pid: number): { readonly state: string | undefined; readonly startedAt: string } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field, a name in brackets, may hold anything; the third follows the last bracket.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0], startedAt: fields[19] ?? '0' };
  } catch {
    return undefined;
  }
}
