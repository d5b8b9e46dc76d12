import { rm, unlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { namesIn } from '../delivery/adoption.ts';
import { parseSpoolName } from '../delivery/batch-file.ts';
import type { CorruptedFile } from '../delivery/corrupted.ts';
import { type LaneName, laneNames } from '../delivery/record.ts';
import { ADOPTED, removeIfEmpty } from '../delivery/spool-folder.ts';
import { parseLetter, type RejectedRecord, readDeadLetters } from './letters.ts';
import { type FolderListing, listSpool, type WaitingFile } from './listing.ts';
import { assertOwnSpool } from './own-spool.ts';
import { restoreLetters, takeLetters } from './take-letters.ts';

/** Behind the name of a corrupted file, for the file that says why. */
const REASON = '.reason';

/** What is to be deleted: everything that all of these hold of. */
export interface PurgeSelection {
  /** Rejected records only, nothing that waits to be sent. @default false */
  readonly onlyDead?: boolean;
  /** Corrupted files only; nothing else selects them. @default false */
  readonly onlyCorrupted?: boolean;
  /** @default all but `deletions`: a person who asked to be forgotten would not be */
  readonly lane?: LaneName | undefined;
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
export async function planPurge(root: string, selection: PurgeSelection, now: number): Promise<PurgeCounts> {
  const { folders, corrupted } = await listSpool(root, now);
  if (selection.onlyCorrupted) return onlyCorrupted(corrupted.filter((file) => isChosenCorrupted(file, selection)));
  const files = folders.flatMap((folder) => chosenFiles(folder, selection));
  const letters = (await readDeadLetters(root)).filter((letter) => isChosenLetter(letter, selection));
  return { ...count(files), deadLetters: letters.length, corrupted: 0 };
}

/**
 * Deletes from a spool what was selected, and never the journal of a process that runs or may run. A process that runs counts the batches that were
 * deleted under it as `torn`; one that it is just sending still arrives.
 *
 * @throws when the spool is another user's, or the disk refuses.
 */
export async function purgeSpool(root: string, selection: PurgeSelection, now: number): Promise<PurgeCounts> {
  await assertOwnSpool(root);
  const { folders, corrupted } = await listSpool(root, now);
  if (selection.onlyCorrupted) {
    const chosen = corrupted.filter((file) => isChosenCorrupted(file, selection));
    for (const { path } of chosen) await removeCorrupted(path);
    return onlyCorrupted(chosen);
  }
  await restoreLetters(root, now);
  const deleted: WaitingFile[] = [];
  for (const folder of folders) {
    for (const file of chosenFiles(folder, selection)) if (await remove(file)) deleted.push(file);
    if (folder.state === 'ended') await removeIfNothingLeft(folder.path);
  }
  let deadLetters = 0;
  for (const lane of laneNames) {
    deadLetters += await takeLetters(root, lane, (line) => {
      const letter = parseLetter(lane, line);
      return letter !== undefined && isChosenLetter(letter, selection);
    });
  }
  return { ...count(deleted), deadLetters, corrupted: 0 };
}

function onlyCorrupted(files: readonly CorruptedFile[]): PurgeCounts {
  return { ...count([]), deadLetters: 0, corrupted: files.length };
}

/** By the name that it had before `<owner>_` was put before it. */
function isChosenCorrupted({ path, modifiedAt }: CorruptedFile, { lane, before }: PurgeSelection): boolean {
  const name = basename(path);
  const known = parseSpoolName(name.slice(name.indexOf('_') + 1));
  const isMeantHere = known ? isMeant(known.lane, lane) : lane === undefined;
  return isMeantHere && (before === undefined || modifiedAt < before);
}

/** With its reason. A directory or a link may have been set aside as well. */
async function removeCorrupted(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
  await rm(`${path}${REASON}`, { force: true });
}

function chosenFiles({ state, files }: FolderListing, { onlyDead, lane, before }: PurgeSelection): WaitingFile[] {
  if (onlyDead) return [];
  return files.filter(
    (file) =>
      (file.kind === 'batch' || state === 'ended') &&
      isMeant(file.lane, lane) &&
      (before === undefined || file.modifiedAt < before),
  );
}

function isChosenLetter(letter: RejectedRecord, { lane, before }: PurgeSelection): boolean {
  return isMeant(letter.lane, lane) && (before === undefined || Date.parse(letter.at) < before);
}

function isMeant(candidate: LaneName, lane: LaneName | undefined): boolean {
  return lane === undefined ? candidate !== 'deletions' : candidate === lane;
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
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

async function removeIfNothingLeft(folder: string): Promise<void> {
  const names = await namesIn(folder);
  const adopted = names.filter((name) => name.startsWith(ADOPTED)).map((name) => join(folder, name));
  // Another process may have adopted it in the meantime.
  for (const path of [...adopted, folder]) await removeIfEmpty(path).catch(() => {});
}
