import { rmSync, writeFileSync } from 'node:fs';
import { readFile, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type LaneName, laneNames } from './record.ts';
import type { SealedBatch } from './transport.ts';

/** A sealed batch in the spool: where it lies and what its name tells, without its bytes. */
export interface BatchFile {
  readonly id: string;
  readonly lane: LaneName;
  readonly records: number;
  readonly bytes: number;
  readonly path: string;
}

/** The name of a lane's journal. */
export function journalName(lane: LaneName, sequence: number): string {
  return `${lane}-${String(sequence).padStart(8, '0')}.journal`;
}

const JOURNAL_NAME = /^([a-z]+)-(\d{8,})\.journal$/;
const BATCH_NAME = /^([a-z]+)-(\d{8,}(?:-[abf])*)-(\d+)\.json\.gz$/;

/** What a file of a spool folder is; `undefined` for anything that is not of the spool. */
export function parseSpoolName(
  name: string,
):
  | { readonly kind: 'journal' | 'batch'; readonly lane: LaneName; readonly key: string; readonly records: number }
  | undefined {
  const journal = JOURNAL_NAME.exec(name);
  if (journal) return named('journal', journal[1], journal[2], 0);
  const batch = BATCH_NAME.exec(name);
  return batch ? named('batch', batch[1], batch[2], Number(batch[3])) : undefined;
}

function named(kind: 'journal' | 'batch', lane: string | undefined, key: string | undefined, records: number) {
  const known = laneNames.find((name) => name === lane);
  return known && key ? { kind, lane: known, key, records } : undefined;
}

/**
 * Writes a sealed batch. The rename is what makes it one: a process that is killed before leaves the journal to be sealed again.
 *
 * @param key the journal's sequence number, for a half of a split batch with `-a` or `-b` behind it.
 */
export async function writeBatch(
  folder: { readonly id: string; readonly path: string },
  lane: LaneName,
  key: string,
  batch: { readonly records: number; readonly body: Buffer },
): Promise<BatchFile> {
  const file = describeBatch(folder, lane, key, batch);
  const temporary = `${file.path}.tmp`;
  try {
    await writeFile(temporary, batch.body, { mode: 0o600 });
    await rename(temporary, file.path);
  } catch (error) {
    // What was written of it would keep a full disk full.
    await rm(temporary, { force: true }).catch(() => {});
    throw error;
  }
  return file;
}

/**
 * {@link writeBatch} before anything else happens. Without the rename: there is no journal to fall back on, and a file that was cut off is known
 * by its checksum.
 *
 * @throws when the disk refuses.
 */
export function writeBatchSync(...[folder, lane, key, batch]: Parameters<typeof writeBatch>): BatchFile {
  const file = describeBatch(folder, lane, key, batch);
  try {
    writeFileSync(file.path, batch.body, { mode: 0o600 });
  } catch (error) {
    rmSync(file.path, { force: true });
    throw error;
  }
  return file;
}

function describeBatch(...[folder, lane, key, batch]: Parameters<typeof writeBatch>): BatchFile {
  const { records, body } = batch;
  const path = join(folder.path, `${lane}-${key}-${records}.json.gz`);
  return { id: batchId(folder.id, lane, key), lane, records, bytes: body.length, path };
}

/** The same in every process that ever holds the batch. */
export function batchId(folderId: string, lane: LaneName, key: string): string {
  return `${folderId}-${lane}-${key}`;
}

export async function loadBatch({ id, records, path }: BatchFile): Promise<SealedBatch> {
  return { id, records, body: await readFile(path) };
}

export function removeBatch({ path }: BatchFile): Promise<void> {
  return removeFile(path);
}

/** Removes a file that may be gone already. `rm` of Node asks for its kind first: another trip to a thread, for each batch. */
export async function removeFile(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** The key of a batch file, with the mark of a half behind it. */
export function halfKey({ path }: BatchFile, half: 'a' | 'b'): string {
  return `${parseSpoolName(basename(path))?.key ?? ''}-${half}`;
}
