import { unlink } from 'node:fs/promises';
import { basename } from 'node:path';
import { parseLetter, type RejectedRecord, readDeadLetters, restoreLetters, takeLetters } from '../dead-letters.ts';
import type { Lanes } from '../lanes.ts';
import { isMissing, parseSpoolName } from '../spool/files.ts';
import { removeIfEmpty } from '../spool/spool.ts';
import { type CorruptedFile, removeCorrupted } from '../spool/undeliverable.ts';
import { assertOwnSpool, type FolderListing, listSpool, type WaitingFile } from './listing.ts';

/** What is to be deleted: everything that all of these hold of. */
export interface PurgeSelection {
  /** Rejected records only, nothing that waits to be sent. @default false */
  readonly onlyDead?: boolean;
  /** Corrupted files only; nothing else selects them. @default false */
  readonly onlyCorrupted?: boolean;
  /** @default all but those that request erasures, so that no request is lost */
  readonly lane?: string | undefined;
  /** Older than this, in milliseconds since the epoch. */
  readonly before?: number | undefined;
}

/** How much of what. */
export interface PurgeCounts {
  readonly batches: number;
  readonly journals: number;
  /** In batches and journals. */
  readonly records: number;
  readonly deadLetters: number;
  /** Files that were set aside because they cannot be read. */
  readonly corrupted: number;
}

/** What {@link purgeSpool} would delete. */
export async function planPurge(
  root: string,
  lanes: Lanes,
  selection: PurgeSelection,
  now: number,
): Promise<PurgeCounts> {
  const { folders, corrupted } = await listSpool(root, lanes, now);
  if (selection.onlyCorrupted)
    return onlyCorrupted(corrupted.filter((file) => isChosenCorrupted(file, lanes, selection)));
  const files = folders.flatMap((folder) => chosenFiles(folder, lanes, selection));
  const letters = (await readDeadLetters(root, lanes)).filter((letter) => isChosenLetter(letter, lanes, selection));
  return { ...count(files), deadLetters: letters.length, corrupted: 0 };
}

/**
 * Deletes from a spool what was selected, and never the journal of a process that runs or may run. A process that runs counts the batches that were
 * deleted under it as `torn`; one that it is just sending still arrives.
 *
 * @throws when the spool is another user's, or the disk refuses.
 */
export async function purgeSpool(
  root: string,
  lanes: Lanes,
  selection: PurgeSelection,
  now: number,
): Promise<PurgeCounts> {
  await assertOwnSpool(root);
  const { folders, corrupted } = await listSpool(root, lanes, now);
  if (selection.onlyCorrupted) {
    const chosen = corrupted.filter((file) => isChosenCorrupted(file, lanes, selection));
    for (const { path } of chosen) await removeCorrupted(path);
    return onlyCorrupted(chosen);
  }
  await restoreLetters(root, now);
  const deleted: WaitingFile[] = [];
  for (const folder of folders) {
    for (const file of chosenFiles(folder, lanes, selection)) if (await remove(file)) deleted.push(file);
    if (folder.state === 'ended') await removeIfEmpty(folder.path);
  }
  let deadLetters = 0;
  for (const lane of Object.keys(lanes)) {
    deadLetters += await takeLetters(root, lane, (line) => {
      const letter = parseLetter(lane, line);
      return letter !== undefined && isChosenLetter(letter, lanes, selection);
    });
  }
  return { ...count(deleted), deadLetters, corrupted: 0 };
}

function onlyCorrupted(files: readonly CorruptedFile[]): PurgeCounts {
  return { ...count([]), deadLetters: 0, corrupted: files.length };
}

/** By the name that it had before `<owner>_` was put before it. */
function isChosenCorrupted(
  { path, modifiedAt }: CorruptedFile,
  lanes: Lanes,
  { lane, before }: PurgeSelection,
): boolean {
  const name = basename(path);
  const known = parseSpoolName(name.slice(name.indexOf('_') + 1), lanes);
  const isMeantHere = known ? isMeant(known.lane, lanes, lane) : lane === undefined;
  return isMeantHere && (before === undefined || modifiedAt < before);
}

function chosenFiles(
  { state, files }: FolderListing,
  lanes: Lanes,
  { onlyDead, lane, before }: PurgeSelection,
): WaitingFile[] {
  if (onlyDead) return [];
  return files.filter(
    (file) =>
      (file.kind === 'batch' || state === 'ended') &&
      isMeant(file.lane, lanes, lane) &&
      (before === undefined || file.modifiedAt < before),
  );
}

function isChosenLetter(letter: RejectedRecord, lanes: Lanes, { lane, before }: PurgeSelection): boolean {
  return isMeant(letter.lane, lanes, lane) && (before === undefined || Date.parse(letter.at) < before);
}

function isMeant(candidate: string, lanes: Lanes, lane: string | undefined): boolean {
  return lane === undefined ? !lanes[candidate]?.requestsErasure : candidate === lane;
}

function count(files: readonly WaitingFile[]): Omit<PurgeCounts, 'deadLetters' | 'corrupted'> {
  const batches = files.filter(({ kind }) => kind === 'batch').length;
  return {
    batches,
    journals: files.length - batches,
    records: files.reduce((sum, { records }) => sum + records, 0),
  };
}

/** Whether it was still there. */
async function remove({ path }: WaitingFile): Promise<boolean> {
  try {
    await unlink(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
