import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { journalName } from './batch-file.ts';
import type { LaneName } from './record.ts';
import { createSpoolFolder, removeIfEmpty, type SpoolFolder } from './spool-folder.ts';

/** How long a disk that refused is left alone. What is tracked meanwhile is gone with a process that is killed, and trying costs a failed system call. */
const RETRY_AFTER_MS = 1000;

/** What {@link Spool} takes. */
interface SpoolOptions {
  /** `undefined`: memory only. */
  readonly root: string | undefined;
  readonly warn: (message: string) => void;
  readonly now: () => number;
}

/** This process's place on disk, and whether the disk can be used at the moment. */
export class Spool {
  readonly #options: SpoolOptions;
  #folder: SpoolFolder | undefined;
  #refusedAt = Number.NEGATIVE_INFINITY;
  #sequence = 0;

  constructor(options: SpoolOptions) {
    this.#options = options;
    this.folder();
  }

  /** The folder, made when it is first asked for; `undefined` while the disk refuses. */
  folder(): SpoolFolder | undefined {
    const { root, now } = this.#options;
    // Either way: a clock that was set back must not keep us from the disk.
    if (root === undefined || Math.abs(now() - this.#refusedAt) < RETRY_AFTER_MS) return undefined;
    try {
      // Somebody may have tidied up.
      if (this.#folder && !existsSync(this.#folder.path)) this.#leaveFolder();
      this.#folder ??= createSpoolFolder(root);
      return this.#folder;
    } catch (error) {
      this.refused(error);
      return undefined;
    }
  }

  /** A number for the next journal, rising over all lanes. */
  nextSequence(): number {
    return ++this.#sequence;
  }

  journalPath(lane: LaneName, sequence: number): string | undefined {
    const folder = this.folder();
    return folder && join(folder.path, journalName(lane, sequence));
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

  /** Removes the folder if nothing is left in it. */
  async close(): Promise<void> {
    const folder = this.#folder;
    this.#leaveFolder();
    if (!folder) return;
    try {
      const names = await readdir(folder.path);
      const adopted = names.filter((name) => name.startsWith('adopted-'));
      // Fails, as it should, on a folder that still holds something.
      for (const name of adopted) await removeIfEmpty(join(folder.path, name));
      await removeIfEmpty(folder.path);
    } catch {
      // Whatever remains is adopted by the next process.
    }
  }

  #leaveFolder(): void {
    this.#folder?.close();
    this.#folder = undefined;
  }
}
