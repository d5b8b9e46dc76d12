import { closeSync, constants, fstatSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type FileHandle, open, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MAX_BODY_BYTES } from './compress.ts';
import type { Lanes } from './lanes.ts';

/** A folder with files of a spool. Batches keep the id that their first owner gave them, wherever the folder lies. */
export interface BatchFolder {
  readonly id: string;
  readonly path: string;
}

/**
 * What the name of a file says. The sequence orders the files of all processes: microseconds since the epoch, never used twice by a process. A batch that
 * was rewritten has marks behind it: `-a` and `-b` for its halves, `-f` for what is left without an erased person.
 */
export interface SpoolName {
  readonly kind: 'journal' | 'batch';
  readonly lane: string;
  readonly sequence: number;
  readonly marks: string;
  /** 0 for a journal. */
  readonly records: number;
  /** `undefined` where the name does not say. */
  readonly bytes: number | undefined;
  readonly version: 1 | 2;
}

/** A regular file that does not hold what its name says. */
export class CorruptedFileError extends Error {
  override readonly name = 'CorruptedFileError';
}

export function journalName(lane: string, sequence: number): string {
  return `${lane}-${digits(sequence)}.v2.journal`;
}

export function batchName({ lane, sequence, marks, records, bytes, version }: SpoolName): string {
  if (version === 1) return `${lane}-${String(sequence).padStart(8, '0')}${marks}-${records}.json.gz`;
  return `${lane}-${digits(sequence)}${marks}-r${records}-b${bytes}.v2.json.gz`;
}

/** The same in every process that ever holds the batch. */
export function batchId(
  folderId: string,
  { lane, sequence, marks, version }: Omit<SpoolName, 'kind' | 'records' | 'bytes'>,
): string {
  return `${folderId}-${lane}-${version === 1 ? String(sequence).padStart(8, '0') : digits(sequence)}${marks}`;
}

const JOURNAL = /^([a-z]+)-(\d{16})\.v2\.journal$/;
const BATCH = /^([a-z]+)-(\d{16})((?:-[abf])*)-r(\d{1,6})-b(\d{1,10})\.v2\.json\.gz$/;
/** Format 1: counted from 1 in each folder. */
const FIRST_JOURNAL = /^([a-z]+)-(\d{8,12})\.journal$/;
const FIRST_BATCH = /^([a-z]+)-(\d{8,12})((?:-[abf])*)-(\d{1,6})\.json\.gz$/;

/** What a file of a spool folder is; `undefined` for one of another version, of an unknown lane, or of somebody else. */
export function parseSpoolName(name: string, lanes: Lanes): SpoolName | undefined {
  const found = parseName(name);
  return found && Object.hasOwn(lanes, found.lane) ? found : undefined;
}

function parseName(name: string): SpoolName | undefined {
  const journal = JOURNAL.exec(name);
  if (journal) return named('journal', 2, journal);
  const batch = BATCH.exec(name);
  if (batch) return named('batch', 2, batch);
  const firstJournal = FIRST_JOURNAL.exec(name);
  if (firstJournal) return named('journal', 1, firstJournal);
  const firstBatch = FIRST_BATCH.exec(name);
  return firstBatch ? named('batch', 1, firstBatch) : undefined;
}

function named(kind: SpoolName['kind'], version: 1 | 2, match: RegExpExecArray): SpoolName {
  const [, lane = '', sequence, marks = '', records = '0', bytes] = match;
  return {
    ...{ kind, version, lane, marks },
    sequence: Number(sequence),
    records: Number(records),
    bytes: bytes === undefined ? undefined : Number(bytes),
  };
}

/** Sorts as they must be sent: by sequence, then halves in their order. */
export function compareNames(
  one: Pick<SpoolName, 'sequence' | 'marks'>,
  other: Pick<SpoolName, 'sequence' | 'marks'>,
): number {
  if (one.sequence !== other.sequence) return one.sequence - other.sequence;
  if (one.marks === other.marks) return 0;
  return one.marks < other.marks ? -1 : 1;
}

/** Writes a file that is either there as a whole or not at all: a process that is killed before the rename leaves none. */
export async function writeWhole(path: string, bytes: Buffer | string): Promise<void> {
  const temporary = `${path}.tmp`;
  try {
    await writeFile(temporary, bytes, { mode: 0o600 });
    await rename(temporary, path);
  } catch (error) {
    // What was written of it would keep a full disk full.
    await rm(temporary, { force: true }).catch(() => {});
    throw error;
  }
}

/**
 * Writes a batch before anything else happens. Without a rename: there is no journal to fall back on, and a file that was cut off is known by its
 * length.
 *
 * @throws when the disk refuses.
 */
export function writeBatchSync(path: string, body: Buffer): void {
  try {
    writeFileSync(path, body, { mode: 0o600 });
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  }
}

/**
 * Reads a file of the spool. Never waits for a pipe, never follows a link.
 *
 * @throws CorruptedFileError for anything but a regular file of a possible size; whatever the disk says otherwise.
 */
export async function readRegular(path: string, maxBytes: number = MAX_BODY_BYTES): Promise<Buffer> {
  return withRegular(path, async (file, size) => {
    if (size > maxBytes) throw new CorruptedFileError(`${size} bytes, more than the ${maxBytes} that are possible`);
    const buffer = Buffer.allocUnsafe(size);
    const { bytesRead } = await file.read(buffer, 0, size, 0);
    return buffer.subarray(0, bytesRead);
  });
}

/** {@link withRegular} before anything else happens. @param flags in addition to those that keep from waiting and from following links */
export function withRegularSync<T>(path: string, flags: number, use: (fd: number) => T): T {
  const fd = openSync(path, flags | constants.O_NOFOLLOW | constants.O_NONBLOCK, 0o600);
  try {
    if (!fstatSync(fd).isFile()) throw new CorruptedFileError(`${path} is not a regular file`);
    return use(fd);
  } finally {
    closeSync(fd);
  }
}

/** The text of a small regular file. @throws what the disk says; CorruptedFileError for anything else. */
export function readTextSync(path: string): string {
  return withRegularSync(path, constants.O_RDONLY, (fd) => readFileSync(fd, 'utf8'));
}

/** Opens a regular file, whatever its size. @throws CorruptedFileError for anything else. */
export async function withRegular<T>(path: string, use: (file: FileHandle, size: number) => Promise<T>): Promise<T> {
  const file = await openWithoutWaiting(path);
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw new CorruptedFileError('not a regular file');
    return await use(file, stats.size);
  } finally {
    await file.close();
  }
}

/** Removes a file that may be gone already. `rm` of Node asks for its kind first: another trip to a thread, for each batch. */
export async function removeFile(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

export function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
}

export function pathOf(folder: BatchFolder, name: SpoolName): string {
  return join(folder.path, batchName(name));
}

/** A FIFO without a writer would be waited for, and a link may point anywhere. */
async function openWithoutWaiting(path: string): Promise<FileHandle> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    // A link, and a socket or a device without a driver.
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ELOOP' || code === 'ENXIO' || code === 'EMLINK') throw new CorruptedFileError('not a regular file');
    throw error;
  }
}

function digits(sequence: number): string {
  return String(sequence).padStart(16, '0');
}
