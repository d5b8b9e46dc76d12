import { closeSync, constants, fstatSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type FileHandle, lstat, open, readdir, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MAX_BODY_BYTES } from '../body.ts';
import type { Lanes } from '../lanes.ts';

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

/** A file as it is named, and what its name says. */
export interface SpoolFile {
  readonly text: string;
  readonly name: SpoolName;
}

/** A regular file that does not hold what its name says. */
export class CorruptedFileError extends Error {
  override readonly name = 'CorruptedFileError';
}

/** Names of the current format, and of format 1, which counted from 1 in each folder. */
const FORMATS = [
  { kind: 'journal', version: 2, pattern: /^([a-z]+)-(\d{16})\.v2\.journal$/ },
  { kind: 'batch', version: 2, pattern: /^([a-z]+)-(\d{16})((?:-[abf])*)-r(\d{1,6})-b(\d{1,10})\.v2\.json\.gz$/ },
  { kind: 'journal', version: 1, pattern: /^([a-z]+)-(\d{8,12})\.journal$/ },
  { kind: 'batch', version: 1, pattern: /^([a-z]+)-(\d{8,12})((?:-[abf])*)-(\d{1,6})\.json\.gz$/ },
] as const;
/** Files of format 1 whose times are read at the same time. */
const STATS_AT_ONCE = 100;

/** What a file of a spool folder is; `undefined` for one of another version, or of a lane that is not among `lanes`. */
export function parseSpoolName(text: string, lanes?: Lanes): SpoolName | undefined {
  for (const { kind, version, pattern } of FORMATS) {
    const match = pattern.exec(text);
    if (!match) continue;
    const [, lane = '', sequence, marks = '', records = '0', bytes] = match;
    if (lanes && !Object.hasOwn(lanes, lane)) return undefined;
    return {
      ...{ kind, version, lane, marks },
      sequence: Number(sequence),
      records: Number(records),
      bytes: bytes === undefined ? undefined : Number(bytes),
    };
  }
  return undefined;
}

export function journalName(lane: string, sequence: number): string {
  return `${stemOf({ lane, sequence, marks: '', version: 2 })}.v2.journal`;
}

export function batchName(name: SpoolName): string {
  const { records, bytes, version } = name;
  return version === 1 ? `${stemOf(name)}-${records}.json.gz` : `${stemOf(name)}-r${records}-b${bytes}.v2.json.gz`;
}

export function pathOf(folder: BatchFolder, name: SpoolName): string {
  return join(folder.path, batchName(name));
}

/** The id of a batch: the same in every process that ever holds it. */
export function batchId(folderId: string, name: SpoolName): string {
  return `${folderId}-${stemOf(name)}`;
}

/** Names a batch and the journal that it was sealed from. */
export function stemOf({ lane, sequence, marks, version }: Omit<SpoolName, 'kind' | 'records' | 'bytes'>): string {
  return `${lane}-${String(sequence).padStart(version === 1 ? 8 : 16, '0')}${marks}`;
}

/** Sorts as batches must be sent: by sequence, then halves in their order. */
export function compareNames(
  one: Pick<SpoolName, 'sequence' | 'marks'>,
  other: Pick<SpoolName, 'sequence' | 'marks'>,
): number {
  if (one.sequence !== other.sequence) return one.sequence - other.sequence;
  if (one.marks === other.marks) return 0;
  return one.marks < other.marks ? -1 : 1;
}

/**
 * Returns what the names of format 1 do not say: sequence and size, by name. The time of a file places it among others, and its number among its own,
 * because files of the same moment have the same time, and one that was rewritten has a later one.
 *
 * @throws what the disk says.
 */
export async function readFirstFormat(
  folder: string,
  files: readonly SpoolFile[],
): Promise<ReadonlyMap<string, { readonly sequence: number; readonly bytes: number }>> {
  const old = files.filter(({ name }) => name.version === 1).sort((one, other) => compareNames(one.name, other.name));
  const found: { text: string; time: number; bytes: number }[] = [];
  for (let start = 0; start < old.length; start += STATS_AT_ONCE) {
    const some = old.slice(start, start + STATS_AT_ONCE).map(async ({ text }) => {
      const stats = await lstat(join(folder, text)).catch(ignoreMissing);
      return stats ? [{ text, time: stats.mtimeMs, bytes: stats.size }] : [];
    });
    found.push(...(await Promise.all(some)).flat());
  }
  let earliest = Number.POSITIVE_INFINITY;
  for (const file of found.toReversed()) {
    earliest = Math.min(earliest, file.time);
    file.time = earliest;
  }
  let sequence = 0;
  return new Map(
    found.map(({ text, time, bytes }) => {
      sequence = Math.max(Math.trunc(time * 1000), sequence + 1);
      return [text, { sequence, bytes }];
    }),
  );
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

/** Opens a regular file, whatever its size. @param flags those of `open(2)`. @throws CorruptedFileError for anything else. */
export async function withRegular<T>(
  path: string,
  use: (file: FileHandle, size: number) => Promise<T>,
  flags: number = constants.O_RDONLY,
): Promise<T> {
  // A FIFO without a writer would be waited for, and a link may point anywhere.
  const file = await open(path, flags | constants.O_NOFOLLOW | constants.O_NONBLOCK, 0o600).catch(irregular);
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw new CorruptedFileError('not a regular file');
    return await use(file, stats.size);
  } finally {
    await file.close();
  }
}

/** {@link withRegular} before anything else happens. */
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

/** {@link readTextSync}; `undefined` when the disk does not give it. */
export function readTextIfAny(path: string): string | undefined {
  try {
    return readTextSync(path);
  } catch {
    return undefined;
  }
}

/** Removes a file that may be gone already. `rm` of Node asks for its kind first: another trip to a thread, for each batch. */
export async function removeFile(path: string): Promise<void> {
  await unlink(path).catch(ignoreMissing);
}

/** What a folder holds; nothing when it is gone. */
export async function namesIn(path: string): Promise<string[]> {
  return readdir(path).catch(() => []);
}

export function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
}

/** @throws any error but that a file is missing. */
export function ignoreMissing(error: unknown): undefined {
  if (!isMissing(error)) throw error;
}

/** A link, and a socket or a device without a driver, are told by the error. */
function irregular(error: NodeJS.ErrnoException): never {
  const { code } = error;
  if (code === 'ELOOP' || code === 'ENXIO' || code === 'EMLINK') throw new CorruptedFileError('not a regular file');
  throw error;
}
