import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { open, rmdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { parseJson } from '../body.ts';
import { reasonOf } from '../lanes.ts';
import { type BatchFolder, isMissing, journalName, namesIn, readTextIfAny, removeFile } from './files.ts';
import { HEARTBEAT_FILE, HEARTBEAT_TIMEOUT_MS, newOwnerName, ownerOf } from './owners.ts';

/** Delay before a spool directory that failed is tried again. */
export const RETRY_AFTER_MS = 1000;
const HEARTBEAT_INTERVAL_MS = 5000;
/** The heartbeat is overwritten in place, which a full disk allows as long as its length stays. */
const HEARTBEAT_BYTES = 64;
/** The soonest that a process which checks its ownership can have lost it to another one. */
const ADOPTABLE_AFTER_MS = HEARTBEAT_TIMEOUT_MS - 20_000;
/** Time after which ownership is checked before the next write: well below the timeout, after which another process may adopt the folder. */
const OWNERSHIP_CHECK_MS = 15_000;
/** What becomes of the heartbeat of a released folder: it still says which sequences were used. Cleaned up as any `.tmp` file. */
const RELEASED_FILE = `${HEARTBEAT_FILE}.tmp`;
/** Before the name of a folder that another process has taken over, within that process's own. */
export const ADOPTED = 'adopted-';

interface SpoolOptions {
  /** `undefined`: memory only. */
  readonly root: string | undefined;
  readonly warn: (message: string) => void;
  readonly now: () => number;
  /** Called when this process's folder was adopted by another one: what was in it is that process's now. */
  readonly onLost: (folder: BatchFolder) => void;
}

/** This process's place on disk, whether the disk can be used at the moment, and the sequence that orders what is written. */
export class Spool {
  readonly #options: SpoolOptions;
  #folder: SpoolFolder | undefined;
  #refusedAt = Number.NEGATIVE_INFINITY;
  #sequence: number;
  /** Folders that were adopted by other processes. */
  readonly #lost: string[] = [];
  #isClosed = false;

  constructor(options: SpoolOptions) {
    this.#options = options;
    this.#sequence = options.root === undefined ? 0 : highestSequence(options.root, options.now());
    this.folder();
  }

  get root(): string | undefined {
    return this.#options.root;
  }

  /** The folder, made when it is first asked for; `undefined` while the disk refuses. */
  folder(): SpoolFolder | undefined {
    const { root, now } = this.#options;
    // Either way: a clock that was set back must not keep us from the disk.
    if (root === undefined || this.#isClosed || Math.abs(now() - this.#refusedAt) < RETRY_AFTER_MS) return undefined;
    try {
      this.checkOwnership(true);
      this.#folder ??= createSpoolFolder(root);
      return this.#folder;
    } catch (error) {
      this.refused(error);
      return undefined;
    }
  }

  /** Notices that the folder is another process's or gone. To be asked before anything is written into it or sent from it. */
  checkOwnership(asksNow = false): void {
    const lost = this.#folder?.isLost(asksNow);
    if (this.#folder && lost) this.#leave(this.#folder, lost === 'adopted');
  }

  /** Whether what is in this folder is another process's to deliver. */
  isForeign({ path }: BatchFolder): boolean {
    return this.#lost.some((lost) => path === lost || path.startsWith(join(lost, ADOPTED)));
  }

  /**
   * The sequence of the next batch: microseconds since the epoch, and above all that this process has used or found, so that it rises across
   * restarts and when the clock is set back.
   */
  nextSequence(): number {
    this.#sequence = Math.max(Math.trunc(this.#options.now() * 1000), this.#sequence + 1);
    this.#folder?.noteSequence(this.#sequence);
    return this.#sequence;
  }

  /** Keeps later sequences above one that was found. */
  noteSequence(sequence: number): void {
    this.#sequence = Math.max(this.#sequence, sequence);
    this.#folder?.noteSequence(this.#sequence);
  }

  journal(lane: string, sequence: number): { readonly path: string; readonly folder: BatchFolder } | undefined {
    const folder = this.folder();
    return folder && { path: join(folder.path, journalName(lane, sequence)), folder };
  }

  /** Notes that the disk failed: for a while everything stays in memory. */
  refused(error: unknown): void {
    const { root, now, warn } = this.#options;
    this.#refusedAt = now();
    warn(
      `The spool folder ${root} cannot be used (${reasonOf(error)}). Until it can, events are kept in memory only. Check OBSERVABILITY_SPOOL_DIR.`,
    );
  }

  /** Asks the disk again at once. */
  retry(): void {
    this.#refusedAt = Number.NEGATIVE_INFINITY;
  }

  /** Gives up what is left in the folder, so that another process may adopt it at once. What the last listeners of a process that exits track still goes into it. */
  release(): void {
    this.#folder?.release();
  }

  /** Releases the folder and removes it if nothing is left in it. Whatever remains is adopted by the next process. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.release();
    if (this.#folder) await removeIfEmpty(this.#folder.path);
  }

  #leave(folder: SpoolFolder, isAdopted: boolean): void {
    this.#folder = undefined;
    folder.release();
    if (!isAdopted) return;
    this.#lost.push(folder.path);
    this.#options.onLost(folder);
  }
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
      return !isMissing(error);
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
function highestSequence(root: string, now: number): number {
  let highest = 0;
  for (const name of namesInSync(root)) {
    if (!ownerOf(name)) continue;
    const noted = notedIn(join(root, name, HEARTBEAT_FILE)) ?? notedIn(join(root, name, RELEASED_FILE)) ?? 0;
    // More may have been used since it was noted. Not by a clock that agrees with ours: a lead would put our records behind later ones of the living.
    highest = Math.max(highest, noted > now * 1000 ? noted + HEARTBEAT_INTERVAL_MS * 1000 : noted);
  }
  return highest;
}

function notedIn(path: string): number | undefined {
  // Missing or of no use where it is of format 1, or just adopted.
  const { lastSequence } = (parseJson(readTextIfAny(path) ?? '') ?? {}) as { lastSequence?: unknown };
  return typeof lastSequence === 'number' ? lastSequence : undefined;
}

/** Removes a folder of the spool, and those that it has adopted, in which nothing is left but a heartbeat. Never rejects. */
export async function removeIfEmpty(folder: string): Promise<void> {
  const adopted = (await namesIn(folder)).filter((name) => name.startsWith(ADOPTED));
  for (const name of adopted) await removeIfEmpty(join(folder, name));
  const names = await namesIn(folder);
  if (names.some((name) => name !== HEARTBEAT_FILE && name !== RELEASED_FILE)) return;
  for (const name of names) await removeFile(join(folder, name)).catch(() => {});
  // Another process may have adopted it in the meantime.
  await rmdir(folder).catch(() => {});
}

/** Whether another process's folder holds this one. */
function isAdopted(root: string, id: string): boolean {
  return namesInSync(root).some((name) => ownerOf(name) && existsSync(join(root, name, `${ADOPTED}${id}`)));
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

function namesInSync(root: string): string[] {
  try {
    return readdirSync(root);
  } catch {
    // Not there yet.
    return [];
  }
}
