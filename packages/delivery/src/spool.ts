import { readdirSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type BatchFolder, journalName } from './batch-file.ts';
import { ADOPTED, createSpoolFolder, highestSequence, removeIfEmpty, type SpoolFolder } from './spool-folder.ts';

/** Delay before a spool directory that failed is tried again. */
export const RETRY_AFTER_MS = 1000;

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
    this.#sequence =
      options.root === undefined ? 0 : highestSequence(options.root, namesInSync(options.root), options.now());
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
    const reason = error instanceof Error ? error.message : String(error);
    warn(
      `The spool folder ${root} cannot be used (${reason}). Until it can, events are kept in memory only. Check OBSERVABILITY_SPOOL_DIR.`,
    );
  }

  /** Asks the disk again at once. */
  retry(): void {
    this.#refusedAt = Number.NEGATIVE_INFINITY;
  }

  /** Gives up what is left in the folder, so that another process may adopt it at once. For the end of a process or thread. */
  release(): void {
    this.#isClosed = true;
    this.#folder?.release();
  }

  /** {@link release} for a process that exits: what its last listeners track still goes into the folder. */
  releaseAtExit(): void {
    this.#folder?.release();
  }

  /** Releases the folder and removes it if nothing is left in it. */
  async close(): Promise<void> {
    const folder = this.#folder;
    this.release();
    if (!folder) return;
    try {
      const names = await readdir(folder.path);
      const adopted = names.filter((name) => name.startsWith(ADOPTED));
      // Fails, as it should, on a folder that still holds something.
      for (const name of adopted) await removeIfEmpty(join(folder.path, name));
      await removeIfEmpty(folder.path);
    } catch {
      // Whatever remains is adopted by the next process.
    }
  }

  #leave(folder: SpoolFolder, isAdopted: boolean): void {
    this.#folder = undefined;
    folder.release();
    if (!isAdopted) return;
    this.#lost.push(folder.path);
    this.#options.onLost(folder);
  }
}

function namesInSync(root: string): string[] {
  try {
    return readdirSync(root);
  } catch {
    // Not there yet.
    return [];
  }
}
