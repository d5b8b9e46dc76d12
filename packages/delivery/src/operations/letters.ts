import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { namesIn } from '../adoption.ts';
import { withRegular } from '../batch-file.ts';
import { DEAD_FOLDER, laneOfDeadLetters } from '../dead-letters.ts';
import { envelopeOf } from '../envelope.ts';
import type { Lanes } from '../lanes.ts';
import { ownerOf } from '../spool-folder.ts';

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

/** A line of a file of rejected records; without a letter when it is torn. */
interface LetterLine {
  readonly line: string;
  readonly letter: RejectedRecord | undefined;
}

/** Which rejected records are meant; all without a filter. */
export interface LetterFilter {
  readonly lane?: string | undefined;
  /** A part of what the receiver said, in any case. */
  readonly reason?: string | undefined;
}

/** A file of rejected records, and whose they are. */
export interface LetterFile {
  readonly lane: string;
  readonly path: string;
}

/** Files that were taken away to be read, until it is settled what becomes of them. */
export const CLAIMED = 'claimed';

/** All rejected records of a spool, the oldest first. Reads only. */
export async function readDeadLetters(root: string, lanes: Lanes): Promise<RejectedRecord[]> {
  const files = (await letterFiles(root)).filter(({ lane }) => Object.hasOwn(lanes, lane));
  const lines = await Promise.all(files.map(({ lane, path }) => readLetterFile(lane, path)));
  const letters = lines.flat().flatMap(({ letter }) => letter ?? []);
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

/** Where rejected records lie: in the files that processes write, and in what was taken away from there and not settled. */
async function letterFiles(root: string): Promise<LetterFile[]> {
  const folder = join(root, DEAD_FOLDER);
  const drafts = (await namesIn(folder)).filter((name) => ownerOf(name));
  const nested = await Promise.all(drafts.map((name) => draftFiles(join(folder, name))));
  return [...(await filesIn(folder)), ...nested.flat()];
}

/** The rejected records in a draft: as they were taken away, or divided into those that are to go and those that stay. */
export async function draftFiles(draft: string): Promise<LetterFile[]> {
  const isDivided = !(await namesIn(draft)).includes(CLAIMED);
  return filesIn(isDivided ? draft : join(draft, CLAIMED));
}

/** The files of rejected records in a folder. */
export async function filesIn(folder: string): Promise<LetterFile[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  return names.sort().flatMap((name): LetterFile[] => {
    const lane = laneOfDeadLetters(name);
    return lane ? [{ lane, path: join(folder, name) }] : [];
  });
}

/** All lines of a file at once; none when it is gone or no regular file. */
async function readLetterFile(lane: string, path: string): Promise<LetterLine[]> {
  const lines: LetterLine[] = [];
  await readLines(path, async (some) => {
    for (const line of some) lines.push({ line, letter: parseLetter(lane, line) });
  }).catch(() => {});
  return lines;
}

const CHUNK_BYTES = 64 * 1024;
const LINE_BREAK = 0x0a;

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

function linesIn(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

export function parseLetter(lane: string, line: string): RejectedRecord | undefined {
  try {
    const { at, reason, field, sequence, record } = JSON.parse(line) as Record<string, unknown>;
    if (typeof at !== 'string' || typeof reason !== 'string') return undefined;
    return {
      ...{ lane, at, reason, record },
      ...(typeof field === 'string' && { field }),
      ...(typeof sequence === 'number' && { sequence }),
    };
  } catch {
    return undefined;
  }
}
