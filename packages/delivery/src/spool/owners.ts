import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { lstat, stat } from 'node:fs/promises';
import { hostname, uptime } from 'node:os';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { isMissing } from './files.ts';

export const HEARTBEAT_FILE = 'heartbeat';
/** Where the operating system cannot say whether an owner lives, its heartbeat does: one that is older than this has stopped. */
export const HEARTBEAT_TIMEOUT_MS = 60_000;

/** Who a spool folder belongs to, as its name says. */
export interface FolderOwner {
  readonly host: string;
  readonly pid: number;
  /** 0 for the main thread. A worker may end while its process lives. */
  readonly thread: number;
  /** The kernel's start time of the process: a pid is used again, a pid with its start time is not. `0` where there is none. */
  readonly startedAt: string;
  /** Boot and PID namespace within which pid and start time mean something; `undefined` in names of format 1. */
  readonly scope: string | undefined;
}

/** A new name for what belongs to this thread of this process. {@link ownerOf} reads it. */
export function newOwnerName(): string {
  const startedAt = readProcess(process.pid)?.startedAt ?? '0';
  return [shortHost(), process.pid, threadId, startedAt, ownScope(), randomBytes(6).toString('hex')].join('-');
}

/** The owner that a name tells of; `undefined` for any other name. */
export function ownerOf(name: string): FolderOwner | undefined {
  const current = /^([a-z0-9]+)-(\d+)-(\d+)-(\d+)-([0-9a-f]{8})-[0-9a-f]{12}$/.exec(name);
  if (current) {
    const [, host = '', pid, thread, startedAt = '0', scope] = current;
    return { host, pid: Number(pid), thread: Number(thread), startedAt, scope };
  }
  const first = /^([a-z0-9]+)-(\d+)-(\d+)-[0-9a-f]{8}$/.exec(name);
  if (!first) return undefined;
  const [, host = '', pid, startedAt = '0'] = first;
  return { host, pid: Number(pid), thread: 0, startedAt, scope: undefined };
}

/**
 * Whether the owner has ended. Pid and start time prove it within one boot and one PID namespace only; `undefined` where they prove nothing:
 * for an owner elsewhere, and for a worker thread of a process that lives.
 */
export function hasEnded({ pid, thread, startedAt, scope }: FolderOwner): boolean | undefined {
  if (scope !== ownScope()) return undefined;
  const found = readProcess(pid);
  // A zombie has ended, and stays as long as its parent does not ask for it.
  if (found) return found.state === 'Z' || found.startedAt !== startedAt || (thread === 0 ? false : undefined);
  try {
    process.kill(pid, 0);
    return thread === 0 ? false : undefined;
  } catch (error) {
    // EPERM: it lives, and is another user's.
    return (error as NodeJS.ErrnoException).code !== 'EPERM';
  }
}

/**
 * What a folder's name and heartbeat say of its owner. `elsewhere`: nothing here can tell whether it lives, and its heartbeat is fresh; `silent`: the
 * heartbeat has stopped; `foreign`: the folder is no process's.
 *
 * @param now the file system's time, in milliseconds since the epoch.
 */
export async function folderState(
  root: string,
  name: string,
  now: number,
): Promise<'running' | 'elsewhere' | 'ended' | 'silent' | 'foreign'> {
  const owner = ownerOf(name);
  if (!owner || !(await isFolder(join(root, name)))) return 'foreign';
  const ended = hasEnded(owner);
  if (ended === true) return 'ended';
  const living = ended === undefined ? 'elsewhere' : 'running';
  try {
    const { mtimeMs } = await stat(join(root, name, HEARTBEAT_FILE));
    return living === 'elsewhere' && now - mtimeMs > HEARTBEAT_TIMEOUT_MS ? 'silent' : living;
  } catch (error) {
    // Released by its owner.
    return isMissing(error) ? 'ended' : living;
  }
}

/** A link of that name may lead out of the spool. */
function isFolder(path: string): Promise<boolean> {
  return lstat(path).then(
    (stats) => stats.isDirectory(),
    // Adopted by another process in the meantime, or not ours to look at.
    () => false,
  );
}

/** Whether a folder belongs to a process that has ended, as far as can be told from here. */
export async function isDead(root: string, name: string, now: number): Promise<boolean> {
  const state = await folderState(root, name, now);
  return state === 'ended' || state === 'silent';
}

function shortHost(): string {
  const name = hostname()
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
    .slice(0, 40);
  return name || 'host';
}

/** Eight hexadecimal digits for this boot of this machine and this PID namespace. */
function ownScope(): string {
  return createHash('sha256').update(`${bootId()} ${pidNamespace()}`).digest('hex').slice(0, 8);
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    // Not Linux. A minute more or less makes it another boot, and then the heartbeat decides.
    return `${hostname()} ${Math.round((Date.now() / 1000 - uptime()) / 60)}`;
  }
}

function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return 'none';
  }
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
