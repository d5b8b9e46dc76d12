import {
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimes,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { hasEnded, newOwnerName, ownerOf } from '@qr/delivery';
import Type, { type Static, Value } from '@qr/plan/typebox';

/** Appended bytes after which the file is rewritten. */
const LONG_BYTES = 512 * 1024;
const HEARTBEAT_INTERVAL_MS = 60_000;
/** Whether a process on another machine lives can only be seen by the age of its file. */
const HEARTBEAT_TIMEOUT_MS = 5 * HEARTBEAT_INTERVAL_MS;
/** Marks a file that its owner has closed, though the process may live on. */
const CLOSED = 'closed-';

const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const Id = Type.String({ pattern: '^[\\w-]{1,40}$' });
const Ids = Type.Array(Id, { maxItems: 100 });
// A level is negative after an event that had to be sent without room for it.
const Level = Type.Number({ minimum: -Number.MAX_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER });
const Bucket = Type.Object({ level: Level, at: Count });
const Kind = Type.Object({
  fingerprint: Id,
  title: Type.String(),
  bucket: Bucket,
  /** Sent since the kind was new, or quiet for long. */
  taken: Count,
  /** Once the bucket is empty one in 2^step is sent. */
  step: Type.Integer({ minimum: 0, maximum: 64 }),
  /** Suppressed since one was sent. */
  since: Count,
  /** Suppressed, and not in any event yet. */
  unannounced: Count,
  /** Ids of the last suppressed errors. */
  ids: Ids,
  /** When the first unannounced error was suppressed, milliseconds since the epoch. */
  waitingSince: Count,
  /** Events that the SDK has and the lane does not. A summary announces other errors and is no error itself. */
  inFlight: Type.Array(Type.Object({ eventId: Id, isSummary: Type.Boolean(), count: Count, ids: Ids, at: Count })),
});
/** A line of a file: the current state of a kind, which replaces the lines before it. */
const Line = Type.Object({ total: Bucket, kind: Type.Optional(Kind) });
/** A line of a file: one more suppressed error, by fingerprint and event id. In a storm a state for each would be 30 times the bytes. */
const Suppressed = Type.Tuple([Id, Id]);
/** Suppressed ids kept for each fingerprint. */
const MAX_IDS = 20;

/** What is kept of the errors of one fingerprint. */
export type KeptKind = Static<typeof Kind>;

/** The state that an ended process left. */
export interface LeftBudget {
  readonly total: Static<typeof Bucket>;
  readonly kinds: readonly KeptKind[];
  /** Lines that could not be read. */
  readonly damaged: number;
}

/** Keeps the state of the error budget over a restart. No call throws or takes longer than a write to the page cache. */
export interface BudgetStore {
  /** Claims the state of ended processes. The caller merges it and must call `replace`. */
  takeOver(): readonly LeftBudget[];
  /**
   * Writes a changed kind at the end of the loop turn, or at the next `commit`.
   *
   * @param suppressedId the only change, if it is one more suppressed error.
   */
  append(kind: KeptKind, suppressedId?: string): void;
  commit(): void;
  /** Rewrites the file with these kinds, atomically. On failure `isLong` stays true. */
  replace(kinds: Iterable<KeptKind>): void;
  /** Whether `replace` is due: the file is long, or a write has failed. */
  readonly isLong: boolean;
  /** Leaves the file to another process. */
  close(): void;
}

/**
 * Opens the store of this process in a folder that processes share; without a folder a restart forgets.
 *
 * Each process appends to `<owner>.log`. It claims the file of an ended process by renaming it to an owner name of its own, which only one process
 * can do, and removes it once the state is in its own file. A process that is killed in between leaves the claim to the next one.
 *
 * @param total the level of the whole budget, written with each kind.
 */
export function openBudgetStore(
  folder: string | undefined,
  total: Static<typeof Bucket>,
  warn: (message: string) => void,
): BudgetStore {
  if (folder === undefined) {
    return { takeOver: () => [], append() {}, commit() {}, replace() {}, isLong: false, close() {} };
  }
  const root = folder;
  const path = join(root, `${newOwnerName()}.log`);
  let claims: string[] = [];
  /** Kinds whose state is in the file. */
  let written = new WeakSet<KeptKind>();
  const pending = new Set<KeptKind>();
  let pendingIds = '';
  let isCommitScheduled = false;
  let fd: number | undefined;
  let appendedBytes = 0;

  function attempt(act: () => void): void {
    try {
      act();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      warn(
        `The error budget cannot use ${root} (${reason}). After a restart some suppressed errors may not be counted. Check OBSERVABILITY_SPOOL_DIR.`,
      );
      // A file that lacks a line can only be mended by rewriting it.
      appendedBytes = Number.POSITIVE_INFINITY;
    }
  }

  function commit(): void {
    if (pending.size === 0 && pendingIds === '') return;
    // A state replaces the ids before it.
    const bytes = Buffer.from(pendingIds + textOf(pending));
    pending.clear();
    pendingIds = '';
    attempt(() => {
      if (fd === undefined) {
        mkdirSync(root, { recursive: true, mode: 0o700 });
        fd = openSync(path, 'a', 0o600);
      }
      // A disk that is nearly full takes a part.
      for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
      appendedBytes += bytes.length;
    });
  }

  function replace(kinds: Iterable<KeptKind>): void {
    pending.clear();
    pendingIds = '';
    written = new WeakSet();
    attempt(() => {
      mkdirSync(root, { recursive: true, mode: 0o700 });
      writeFileSync(`${path}.tmp`, `${JSON.stringify({ total })}\n${textOf(kinds)}`, { mode: 0o600 });
      renameSync(`${path}.tmp`, path);
      if (fd !== undefined) closeSync(fd);
      fd = undefined;
      for (const claimed of claims) rmSync(claimed, { force: true });
      claims = [];
      appendedBytes = 0;
    });
  }

  function textOf(kinds: Iterable<KeptKind>): string {
    let text = '';
    for (const kind of kinds) {
      written.add(kind);
      text += `${JSON.stringify({ total, kind })}\n`;
    }
    return text;
  }

  function takeOver(): LeftBudget[] {
    const found: LeftBudget[] = [];
    attempt(() => {
      for (const ended of endedFiles(root)) {
        const claimed = join(root, `${newOwnerName()}.log`);
        // A rewrite that a killed process did not finish; the old file is still there.
        if (ended.endsWith('.tmp')) rmSync(ended, { force: true });
        else if (claim(ended, claimed)) {
          found.push(readState(claimed));
          claims.push(claimed);
        }
      }
    });
    return found;
  }

  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now, (error) => {
      // Somebody has removed the file to which we write.
      if (error && fd !== undefined) appendedBytes = Number.POSITIVE_INFINITY;
    });
  }, HEARTBEAT_INTERVAL_MS).unref();

  return {
    takeOver,
    append(kind, suppressedId) {
      if (suppressedId === undefined || !written.has(kind)) pending.add(kind);
      else pendingIds += `${JSON.stringify([kind.fingerprint, suppressedId])}\n`;
      if (isCommitScheduled) return;
      isCommitScheduled = true;
      // One write for all that a loop turn has suppressed.
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
        if (existsSync(path)) renameSync(path, join(root, CLOSED + basename(path)));
      });
    },
  };
}

/** Reads the last state of each kind. A damaged line costs only itself: just numbers in their range get into the state. */
function readState(path: string): LeftBudget {
  const kinds = new Map<string, KeptKind>();
  let total = { level: Number.MAX_SAFE_INTEGER, at: 0 };
  let damaged = 0;
  // The text after the last line break was cut off when its process died.
  for (const line of readFileSync(path, 'utf8').split('\n').slice(0, -1)) {
    try {
      const value: unknown = JSON.parse(line);
      if (Value.Check(Line, value)) {
        total = value.total;
        if (value.kind) kinds.set(value.kind.fingerprint, value.kind);
        continue;
      }
      const [fingerprint = '', eventId = ''] = Value.Check(Suppressed, value) ? value : [];
      const kind = kinds.get(fingerprint);
      if (!kind) throw new Error('not a line of the budget');
      kind.since++;
      addSuppressed(kind, 1, [eventId], Date.now());
    } catch {
      damaged++;
    }
  }
  return { total, kinds: [...kinds.values()], damaged };
}

/** Counts suppressed errors of a kind, which another event has to announce. */
export function addSuppressed(kind: KeptKind, count: number, ids: readonly string[], now: number): void {
  if (kind.unannounced === 0) kind.waitingSince = now;
  kind.unannounced += count;
  kind.ids.push(...ids);
  if (kind.ids.length > MAX_IDS) kind.ids.splice(0, kind.ids.length - MAX_IDS);
}

/** Returns the files of ended processes. Folders, links and pipes are left alone. */
function endedFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const [, closed, owner] = /^(closed-)?([a-z0-9-]+)\.log(?:\.tmp)?$/.exec(entry.isFile() ? entry.name : '') ?? [];
    const path = join(folder, entry.name);
    return owner !== undefined && (closed !== undefined || isDead(owner, path)) ? [path] : [];
  });
}

function isDead(ownerName: string, path: string): boolean {
  const owner = ownerOf(ownerName);
  if (!owner) return false;
  const isAway = () => {
    const mtimeMs = lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    return Date.now() - mtimeMs > HEARTBEAT_TIMEOUT_MS;
  };
  return hasEnded(owner) ?? isAway();
}

function claim(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    // From now on the age of the file is that of the claim.
    utimesSync(to, new Date(), new Date());
    return true;
  } catch {
    // Another process was faster.
    return false;
  }
}
