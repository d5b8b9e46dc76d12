import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { open, readdir, rmdir, unlink, utimes } from 'node:fs/promises';
import { hostname, uptime } from 'node:os';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { readTextSync } from './batch-file.ts';

/** Where the operating system cannot say whether an owner lives, its heartbeat tells. */
const HEARTBEAT_INTERVAL_MS = 5000;
/** A heartbeat that is older than this has stopped. */
export const HEARTBEAT_TIMEOUT_MS = 60_000;
/** The soonest that a process which checks its ownership can have lost it to another one. */
const ADOPTABLE_AFTER_MS = HEARTBEAT_TIMEOUT_MS - 20_000;
/** Time after which ownership is checked before the next write: well below the timeout, after which another process may adopt the folder. */
const OWNERSHIP_CHECK_MS = 15_000;
export const HEARTBEAT_FILE = 'heartbeat';
/** What becomes of the heartbeat of a released folder: it still says which sequences were used. Cleaned up as any `.tmp` file. */
const RELEASED_FILE = `${HEARTBEAT_FILE}.tmp`;
/** Before the name of a folder that another process has taken over, within that process's own. */
export const ADOPTED = 'adopted-';
/** The heartbeat is overwritten in place, which a full disk allows as long as its length stays. */
const HEARTBEAT_BYTES = 64;

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

/** A process's own part of the spool. */
export interface SpoolFolder {
  /** Unique over all processes; `[A-Za-z0-9-]`. */
  readonly id: string;
  readonly path: string;
  /**
   * Whether another process has adopted the folder, as happens to one that was suspended, or somebody has removed it. Asks the disk only now and then, or
   * when `asksNow`.
   */
  isLost(asksNow?: boolean): false | 'adopted' | 'removed';
  /** Records the highest sequence in use, for the next process. */
  noteSequence(sequence: number): void;
  /** Gives the folder up: what is left in it may be adopted at once. */
  release(): void;
}

/**
 * Makes the folder of this process under the spool's root. It appears with its heartbeat in it, by a rename.
 *
 * @throws when the disk refuses.
 */
export function createSpoolFolder(root: string): SpoolFolder {
  const id = newOwnerName();
  const path = join(root, id);
  const draft = join(root, `.${id}.tmp`);
  const heartbeat = join(path, HEARTBEAT_FILE);
  // Sequences are microseconds since the epoch: none that is lower will be used.
  let lastSequence = Date.now() * 1000;
  mkdirSync(draft, { recursive: true, mode: 0o700 });
  try {
    writeHeartbeatSync(join(draft, HEARTBEAT_FILE), lastSequence);
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw error;
  }
  const { ino } = statSync(heartbeat);
  let checkedAt = Date.now();
  let isReleased = false;

  function isOurs(): boolean {
    try {
      return statSync(heartbeat).ino === ino;
    } catch (error) {
      // Anything else, such as no free file descriptor, says nothing about the folder.
      return (error as NodeJS.ErrnoException).code !== 'ENOENT';
    }
  }

  const timer = setInterval(() => {
    // A folder that was adopted has no heartbeat here; creating one would be a folder of nobody.
    void beat(heartbeat, lastSequence).catch(() => {});
  }, HEARTBEAT_INTERVAL_MS).unref();

  return {
    id,
    path,
    isLost(asksNow = false) {
      const now = Date.now();
      // Either way: the clock may have been set back.
      const unchecked = Math.abs(now - checkedAt);
      if (isReleased || (!asksNow && unchecked < OWNERSHIP_CHECK_MS)) return false;
      if (!isOurs()) return unchecked > ADOPTABLE_AFTER_MS || isAdopted(root, id) ? 'adopted' : 'removed';
      checkedAt = now;
      return false;
    },
    noteSequence: (sequence) => {
      lastSequence = sequence;
    },
    release() {
      if (isReleased) return;
      isReleased = true;
      clearInterval(timer);
      try {
        renameSync(heartbeat, join(path, RELEASED_FILE));
      } catch {
        // Gone with its folder, or the disk refuses a new name.
        rmSync(heartbeat, { force: true });
      }
    },
  };
}

/**
 * The highest sequence that the owners of a spool have noted. New sequences start above it, so that a clock that was set back changes no order.
 *
 * @param now milliseconds since the epoch.
 */
export function highestSequence(root: string, names: readonly string[], now: number): number {
  let highest = 0;
  for (const name of names) {
    if (!ownerOf(name)) continue;
    const noted = notedIn(join(root, name, HEARTBEAT_FILE)) ?? notedIn(join(root, name, RELEASED_FILE)) ?? 0;
    // More may have been used since it was noted. Not by a clock that agrees with ours: a lead would put our records behind later ones of the living.
    highest = Math.max(highest, noted > now * 1000 ? noted + HEARTBEAT_INTERVAL_MS * 1000 : noted);
  }
  return highest;
}

function notedIn(path: string): number | undefined {
  try {
    const { lastSequence } = JSON.parse(readTextSync(path)) as { lastSequence?: unknown };
    return typeof lastSequence === 'number' ? lastSequence : undefined;
  } catch {
    // Of format 1, or just adopted.
    return undefined;
  }
}

/** Removes a folder of the spool in which nothing is left but its heartbeat. */
export async function removeIfEmpty(folder: string): Promise<void> {
  const names = await readdir(folder);
  if (names.some((name) => name !== HEARTBEAT_FILE && name !== RELEASED_FILE)) return;
  for (const name of names) await unlink(join(folder, name)).catch(() => {});
  await rmdir(folder);
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

/** Whether another process's folder holds this one. */
function isAdopted(root: string, id: string): boolean {
  try {
    return readdirSync(root).some((name) => ownerOf(name) && existsSync(join(root, name, `${ADOPTED}${id}`)));
  } catch {
    return false;
  }
}

async function beat(path: string, lastSequence: number): Promise<void> {
  // Without O_CREAT: only an existing file is touched.
  const file = await open(path, 'r+');
  try {
    // Written, not only touched: the file system's clock stamps it, which is the same for all hosts of a shared disk.
    await file.write(heartbeatText(lastSequence), 0);
  } catch {
    const now = new Date();
    await utimes(path, now, now);
  } finally {
    await file.close();
  }
}

function writeHeartbeatSync(path: string, lastSequence: number): void {
  const fd = openSync(path, 'wx', 0o600);
  try {
    writeSync(fd, heartbeatText(lastSequence), 0);
  } catch {
    // A full disk: an empty one beats as well.
  } finally {
    closeSync(fd);
  }
}

function heartbeatText(lastSequence: number): string {
  return `${JSON.stringify({ version: 2, lastSequence }).padEnd(HEARTBEAT_BYTES - 1)}\n`;
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
