import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  utimes,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { hasEnded, newOwnerName, ownerOf } from '@qr/delivery';
import type { BudgetStore } from './budget-store.ts';

/** Bytes of appended lines before it is worth writing them anew: some 9000 suppressed errors. */
const LONG_BYTES = 512 * 1024;
/** No file of this store grows beyond a part of it. */
const MAX_FILE_BYTES = 16 * 1024 * 1024;
/** Text that is gathered before it is written, whatever the loop does. */
const MAX_PENDING_LENGTH = 32_768;
const HEARTBEAT_INTERVAL_MS = 60_000;
/** A process on another machine cannot be asked whether it lives; its file tells. */
const HEARTBEAT_TIMEOUT_MS = 5 * HEARTBEAT_INTERVAL_MS;

/**
 * Makes the store of this process in a folder that it may share with others.
 *
 * Each process appends to `<owner>.log`, with one system call. Lines of an ended process are claimed by renaming its file to
 * `<own>+<owner>.log`, which one process can do; the claim goes once the lines are part of our own file, which says so in its first lines, so that
 * a claim that a killed process did not come to remove is not counted again.
 */
export function openFileStore(folder: string, warn: (message: string) => void): BudgetStore {
  const own = newOwnerName();
  const path = join(folder, `${own}.log`);
  const claims = new Set<string>();
  let pending = '';
  let isCommitScheduled = false;
  let fd: number | undefined;
  let appendedBytes = 0;

  function attempt<T>(act: () => T): T | undefined {
    try {
      return act();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      warn(
        `The error budget cannot use ${folder} (${reason}). After a restart some suppressed errors may not be counted. Check OBSERVABILITY_SPOOL_DIR.`,
      );
      return undefined;
    }
  }

  function commit(): void {
    if (pending === '') return;
    const bytes = Buffer.from(pending);
    pending = '';
    const isDone = attempt(() => {
      fd ??= openOwn();
      // A disk that is nearly full takes a part.
      for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written);
      return true;
    });
    // The file lacks something: only writing it anew can mend that.
    appendedBytes = isDone ? appendedBytes + bytes.length : Number.POSITIVE_INFINITY;
  }

  function openOwn(): number {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return openSync(path, 'a', 0o600);
  }

  function replace(lines: readonly string[]): void {
    // They are part of the new lines.
    pending = '';
    const temporary = `${path}.tmp`;
    const isDone = attempt(() => {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const merged = [...claims].map((claim) => `${MERGED}${claim}`);
      writeFileSync(temporary, [...merged, ...lines, ''].join('\n'), { mode: 0o600 });
      renameSync(temporary, path);
      if (fd !== undefined) closeSync(fd);
      fd = undefined;
      appendedBytes = 0;
      return true;
    });
    if (!isDone) {
      appendedBytes = Number.POSITIVE_INFINITY;
      return;
    }
    attempt(() => {
      for (const claim of claims) {
        rmSync(join(folder, `${own}+${claim}.log`), { force: true });
        claims.delete(claim);
      }
    });
  }

  function takeOver(): string[][] {
    const found: string[][] = [];
    attempt(() => removeUnfinished(folder));
    for (const { name, owner, claimer } of attempt(() => endedFiles(folder)) ?? []) {
      attempt(() => {
        if (claimer !== undefined && readLines(join(folder, `${claimer}.log`)).includes(`${MERGED}${owner}`)) {
          return rmSync(join(folder, name), { force: true });
        }
        const claimed = join(folder, `${own}+${owner}.log`);
        if (!claim(join(folder, name), claimed)) return;
        found.push(readLines(claimed).filter((line) => !line.startsWith(MERGED)));
        claims.add(owner);
      });
    }
    return found;
  }

  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now, (error) => {
      // Somebody has tidied up, and we write to a file that has no name any more.
      if (error && fd !== undefined) appendedBytes = Number.POSITIVE_INFINITY;
    });
  }, HEARTBEAT_INTERVAL_MS).unref();

  return {
    takeOver,
    append(line) {
      pending += `${line}\n`;
      if (pending.length > MAX_PENDING_LENGTH) commit();
      if (isCommitScheduled) return;
      isCommitScheduled = true;
      // At the end of the loop turn: one write for all that a turn has suppressed.
      setImmediate(() => {
        isCommitScheduled = false;
        commit();
      });
    },
    commit,
    replace,
    get isLong() {
      return appendedBytes > LONG_BYTES;
    },
    close() {
      clearInterval(heartbeat);
      commit();
      attempt(() => {
        if (fd !== undefined) closeSync(fd);
        fd = undefined;
        if (existsSync(path)) renameSync(path, join(folder, `${CLOSED}${own}.log`));
      });
    },
  };
}

const MERGED = 'm ';
/** Says that the owner needs the file no more, though it may live on. */
const CLOSED = 'closed-';

interface EndedFile {
  readonly name: string;
  /** Whose lines they are. */
  readonly owner: string;
  /** Who had claimed them, and ended as well. */
  readonly claimer: string | undefined;
}

/** Claims first: whether they were merged stands in the file of their claimer. */
function endedFiles(folder: string): EndedFile[] {
  const files = namesIn(folder).flatMap((name): EndedFile[] => {
    const [, closed, claimer, owner] = /^(closed-)?(?:([a-z0-9-]+)\+)?([a-z0-9-]+)\.log$/.exec(name) ?? [];
    if (owner === undefined) return [];
    const isOver = closed !== undefined || isDead(claimer ?? owner, join(folder, name));
    return isOver ? [{ name, owner, claimer }] : [];
  });
  return files.sort((one, other) => Number(one.claimer === undefined) - Number(other.claimer === undefined));
}

/** Files that a killed process was writing anew: the old one is still there. */
function removeUnfinished(folder: string): void {
  for (const name of namesIn(folder)) {
    const path = join(folder, name);
    if (name.endsWith('.log.tmp') && isDead(name.slice(0, -'.log.tmp'.length), path)) rmSync(path, { force: true });
  }
}

function isDead(ownerName: string, path: string): boolean {
  const owner = ownerOf(ownerName);
  if (!owner) return false;
  const ended = hasEnded(owner);
  if (ended !== undefined) return ended;
  try {
    return Date.now() - lstatSync(path).mtimeMs > HEARTBEAT_TIMEOUT_MS;
  } catch {
    // Another process has taken it over.
    return false;
  }
}

function claim(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    // Claimed now: its age must not tell of the one who has ended.
    utimesSync(to, new Date(), new Date());
    return true;
  } catch {
    // Another process was faster.
    return false;
  }
}

/** The whole lines of a file; none when there is no such file. */
function readLines(path: string): string[] {
  if (!existsSync(path)) return [];
  const text = readText(path);
  // What follows the last line break was cut off when its process died.
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .slice(0, -1);
}

/** @throws for what is no file, such as a pipe, which would never be read to its end. */
function readText(path: string): string {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(fd);
    if (!stats.isFile()) throw new Error(`${path} is no file`);
    const bytes = Buffer.alloc(Math.min(stats.size, MAX_FILE_BYTES));
    return bytes.toString('utf8', 0, readSync(fd, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(fd);
  }
}

/** The names of files; folders, links and pipes are nothing of this store, and stay where they are. */
function namesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isFile() ? [entry.name] : []));
}
