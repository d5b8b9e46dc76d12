import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { envelopeOf, parseJson } from './body.ts';
import type { Lanes } from './lanes.ts';
import { ignoreMissing, namesIn, removeFile, withRegular } from './spool/files.ts';
import { HEARTBEAT_FILE, isDead, ownerOf } from './spool/owners.ts';
import { createSpoolFolder, type SpoolFolder } from './spool/spool.ts';

/** The folder of a spool in which rejected records are kept: `dead/<lane>.ndjson`, one JSON object a line. */
export const DEAD_FOLDER = 'dead';
/** Files that were taken away to be read, until it is settled what becomes of them. */
const CLAIMED = 'claimed';
/** Of the files that were taken away, once their lines were divided: kept until nobody writes to them any more. */
const DIVIDED = 'divided';
/** A process that had opened a file before it was taken away has written by then. */
const SETTLE_MS = 200;
const CHUNK_BYTES = 64 * 1024;
const LINE_BREAK = 0x0a;

/** A rejected record as it lies in the spool. */
export interface RejectedRecord {
  readonly lane: string;
  /** ISO 8601, when it was rejected. */
  readonly at: string;
  readonly reason: string;
  readonly field?: string;
  /** That of its batch, which orders all records of a spool; older letters have none. */
  readonly sequence?: number;
  readonly record: unknown;
}

/** Which rejected records are meant; all without a filter. */
export interface LetterFilter {
  readonly lane?: string | undefined;
  /** A part of what the receiver said, in any case. */
  readonly reason?: string | undefined;
}

/** A file of rejected records, and whose they are. */
interface LetterFile {
  readonly lane: string;
  readonly path: string;
}

/** Turns rejected records into batches in a folder that nobody else looks at yet. */
type Seal = (lines: readonly string[], draft: SpoolFolder) => Promise<void>;
type IsChosen = (line: string) => boolean;

/** The lane whose rejected records a file has, by its name: `import.ndjson`, with something behind it once it was put aside. */
export function laneOfDeadLetters(fileName: string): string | undefined {
  return /^([a-z]+)\.ndjson(?:\.\w+)?$/.exec(fileName)?.[1];
}

/** All rejected records of a spool, the oldest first. Reads only. */
export async function readDeadLetters(root: string, lanes: Lanes): Promise<RejectedRecord[]> {
  const letters: RejectedRecord[] = [];
  for (const { lane, path } of await letterFiles(root)) {
    if (!Object.hasOwn(lanes, lane)) continue;
    // One that is gone, or no regular file, holds none.
    await readLines(path, async (lines) => {
      letters.push(...lines.flatMap((line) => parseLetter(lane, line) ?? []));
    }).catch(() => {});
  }
  return letters.sort((a, b) => a.at.localeCompare(b.at));
}

/** Returns the lanes that have rejected records. */
export async function lanesWithLetters(root: string): Promise<readonly string[]> {
  return [...new Set((await letterFiles(root)).map(({ lane }) => lane))];
}

/** Whether a rejected record is meant. */
export function matchesFilter(letter: RejectedRecord, { lane, reason }: LetterFilter): boolean {
  if (lane !== undefined && letter.lane !== lane) return false;
  return reason === undefined || letter.reason.toLowerCase().includes(reason.toLowerCase());
}

/** Whether a rejected record is whole enough to be sent again. */
export function isReplayable({ lane, record }: RejectedRecord, lanes: Lanes): boolean {
  const format = lanes[lane]?.format;
  if (format === undefined) return false;
  if (format === 'envelope') return envelopeOf(record) !== undefined;
  return typeof record === 'object' && record !== null && !Array.isArray(record);
}

/** A line of a file; `undefined` when it is torn. */
export function parseLetter(lane: string, line: string): RejectedRecord | undefined {
  const { at, reason, field, sequence, record } = (parseJson(line) ?? {}) as Record<string, unknown>;
  if (typeof at !== 'string' || typeof reason !== 'string') return undefined;
  return {
    ...{ lane, at, reason, record },
    ...(typeof field === 'string' && { field }),
    ...(typeof sequence === 'number' && { sequence }),
  };
}

/**
 * Takes the rejected records of a lane that were chosen out of the spool; returns how many. Other processes may write further ones meanwhile.
 *
 * With `seal` they are sent again: a single rename makes the folder with their batches a part of the spool, and takes the rejected records out of
 * it. Killed before that, they are rejected records as before (see {@link restoreLetters}); killed after, batches of a process that has ended.
 */
export async function takeLetters(root: string, lane: string, isChosen: IsChosen, seal?: Seal): Promise<number> {
  const files = (await filesIn(join(root, DEAD_FOLDER))).filter((file) => file.lane === lane);
  if (!(await anyIn(files, isChosen))) return 0;
  const draft = createSpoolFolder(join(root, DEAD_FOLDER));
  try {
    // Whoever seals them reads them all; otherwise they are only counted.
    const chosen: string[] = [];
    const { count, sizes } = await divide(root, draft.path, files, lane, isChosen, seal && chosen);
    if (count > 0) await seal?.(chosen, draft);
    await putLateBack(root, draft.path, sizes);
    const isHandedOver = seal !== undefined && count > 0;
    const place = isHandedOver ? join(root, draft.id) : draft.path;
    if (isHandedOver) {
      await rename(draft.path, place);
      // Without a heartbeat it is nobody's: any process of the spool adopts it.
      await removeFile(join(place, HEARTBEAT_FILE));
    }
    await removeFile(join(place, chosenName(lane)));
    if (!isHandedOver) await rm(place, { recursive: true });
    return count;
  } catch (error) {
    await restoreDraft(root, draft.path);
    throw error;
  } finally {
    draft.release();
  }
}

/** Puts back what processes that have ended took away and did not settle. */
export async function restoreLetters(root: string, now: number): Promise<void> {
  const folder = join(root, DEAD_FOLDER);
  for (const name of await namesIn(folder)) {
    if (await isDead(folder, name, now)) await restoreDraft(root, join(folder, name));
  }
}

/**
 * Reads a file piece by piece, so that a large one neither fills the memory nor holds up the process.
 *
 * @param use takes the whole lines of a piece, without line breaks and empty ones.
 * @returns how many bytes were read. @throws what the disk says; CorruptedFileError for anything but a regular file.
 */
export function readLines(path: string, use: (lines: readonly string[]) => Promise<void>): Promise<number> {
  return withRegular(path, async (file) => {
    let rest = Buffer.alloc(0);
    let position = 0;
    for (;;) {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES, position);
      if (bytesRead === 0) break;
      position += bytesRead;
      const bytes =
        rest.length === 0 ? chunk.subarray(0, bytesRead) : Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
      const end = bytes.lastIndexOf(LINE_BREAK) + 1;
      rest = bytes.subarray(end);
      if (end > 0) await use(linesIn(bytes.subarray(0, end).toString()));
    }
    await use(linesIn(rest.toString()));
    return position;
  });
}

/** Where rejected records lie: in the files that processes write, and in what was taken away from there and not settled. */
async function letterFiles(root: string): Promise<LetterFile[]> {
  const folder = join(root, DEAD_FOLDER);
  const drafts = (await namesIn(folder)).filter((name) => ownerOf(name));
  const nested = await Promise.all(drafts.map((name) => draftFiles(join(folder, name))));
  return [...(await filesIn(folder)), ...nested.flat()];
}

/** The rejected records in a draft: as they were taken away, or divided into those that are to go and those that stay. */
async function draftFiles(draft: string): Promise<LetterFile[]> {
  const isDivided = !(await namesIn(draft)).includes(CLAIMED);
  return filesIn(isDivided ? draft : join(draft, CLAIMED));
}

/** The files of rejected records in a folder. */
async function filesIn(folder: string): Promise<LetterFile[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  return names.sort().flatMap((name): LetterFile[] => {
    const lane = laneOfDeadLetters(name);
    return lane ? [{ lane, path: join(folder, name) }] : [];
  });
}

/** Until {@link CLAIMED} is renamed the files in it count, from then on those into which they were divided. */
async function divide(
  root: string,
  draft: string,
  files: readonly LetterFile[],
  lane: string,
  isChosen: IsChosen,
  chosen: string[] | undefined,
): Promise<{ readonly count: number; readonly sizes: ReadonlyMap<string, number> }> {
  const claimed = join(draft, CLAIMED);
  await mkdir(claimed);
  // One that is gone was taken away by another process.
  for (const { path } of files) await rename(path, join(claimed, basename(path))).catch(ignoreMissing);
  await wait(SETTLE_MS);
  const sizes = new Map<string, number>();
  const chosenFile = await open(join(draft, chosenName(lane)), 'w', 0o600);
  const keptPath = join(draft, keptName(lane));
  const keptFile = await open(keptPath, 'w', 0o600);
  let count = 0;
  let kept = 0;
  try {
    for (const { path } of await filesIn(claimed)) {
      const size = await readLines(path, async (lines) => {
        const some = lines.filter(isChosen);
        const others = some.length === 0 ? lines : lines.filter((line) => !isChosen(line));
        count += some.length;
        kept += others.length;
        chosen?.push(...some);
        await append(chosenFile, some);
        await append(keptFile, others);
      });
      sizes.set(basename(path), size);
    }
  } finally {
    await chosenFile.close();
    await keptFile.close();
  }
  await rename(claimed, join(draft, DIVIDED));
  if (kept > 0) await putBack(root, { lane, path: keptPath });
  else await removeFile(keptPath);
  return { count, sizes };
}

async function append(file: FileHandle, lines: readonly string[]): Promise<void> {
  if (lines.length > 0) await file.appendFile(lines.map((line) => `${line}\n`).join(''));
}

/** What came into the files after they were read goes back, the rest of them is deleted. */
async function putLateBack(root: string, draft: string, sizes: ReadonlyMap<string, number>): Promise<void> {
  const divided = join(draft, DIVIDED);
  for (const { lane, path } of await filesIn(divided)) {
    const late = await readFrom(path, sizes.get(basename(path)) ?? 0);
    if (late.length === 0) continue;
    const file = join(draft, keptName(lane));
    const handle = await open(file, 'w', 0o600);
    await handle.writeFile(late).finally(() => handle.close());
    await putBack(root, { lane, path: file });
  }
  await rm(divided, { recursive: true });
}

function readFrom(path: string, position: number): Promise<Buffer> {
  return withRegular(path, async (file, size) => {
    const late = Buffer.alloc(Math.max(0, size - position));
    if (late.length > 0) await file.read(late, 0, late.length, position);
    return late;
  });
}

async function restoreDraft(root: string, draft: string): Promise<void> {
  for (const file of await draftFiles(draft)) await putBack(root, file).catch(ignoreMissing);
  await rm(draft, { recursive: true, force: true });
}

/** By a name of its own beside the file of the lane, to which other processes append. */
function putBack(root: string, { lane, path }: LetterFile): Promise<void> {
  return rename(path, join(root, DEAD_FOLDER, `${lane}.ndjson.${randomBytes(4).toString('hex')}`));
}

async function anyIn(files: readonly LetterFile[], isChosen: IsChosen): Promise<boolean> {
  let isAny = false;
  for (const { path } of files) {
    await readLines(path, async (lines) => {
      isAny ||= lines.some(isChosen);
    }).catch(() => {});
    if (isAny) return true;
  }
  return false;
}

/** Once it is in the folder of a process, whoever adopts that removes what is left of it. */
function chosenName(lane: string): string {
  return `${lane}.ndjson.tmp`;
}

function keptName(lane: string): string {
  return `${lane}.ndjson.kept`;
}

function linesIn(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}
