import { lstat, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { StringDecoder } from 'node:string_decoder';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import { compress, joinRecords, parseJson, readText } from '../body.ts';
import type { Erasure } from '../erasure.ts';
import type { Lanes } from '../lanes.ts';
import {
  type BatchFolder,
  batchName,
  CorruptedFileError,
  namesIn,
  parseSpoolName,
  readRegular,
  removeFile,
  withRegular,
  writeWhole,
} from './files.ts';
import { HEARTBEAT_FILE } from './owners.ts';

/** Folder of a spool in which files are kept that cannot be read, each beside a file with the reason. */
export const CORRUPTED_FOLDER = 'corrupted';
const REASON = '.reason';
const CHUNK_BYTES = 64 * 1024;
/** Kept of one piece for the next: an id may lie across the border. */
const OVERLAP = 4096;

type Mentions = (text: string) => boolean;

/** A file that cannot be read, set aside. */
export interface CorruptedFile {
  readonly path: string;
  readonly reason: string;
  readonly bytes: number;
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number;
}

/** Sets a file aside, whatever it is: it is renamed, not opened. @returns its new path. @throws what the disk says. */
export async function setAside(root: string, folder: BatchFolder, name: string, reason: string): Promise<string> {
  const target = join(root, CORRUPTED_FOLDER);
  await mkdir(target, { recursive: true, mode: 0o700 });
  const path = join(target, `${basename(folder.id)}_${name}`);
  await rename(join(folder.path, name), path);
  // The file matters, the reason explains it.
  await writeWhole(`${path}${REASON}`, `${reason}\n`).catch(() => {});
  return path;
}

/** The files that were set aside, the oldest first. */
export async function listCorrupted(root: string): Promise<CorruptedFile[]> {
  const folder = join(root, CORRUPTED_FOLDER);
  const names = (await namesIn(folder)).filter((name) => !name.endsWith(REASON));
  const files = await Promise.all(names.map((name) => describe(join(folder, name))));
  return files.flatMap((file) => file ?? []).sort((one, other) => one.modifiedAt - other.modifiedAt);
}

/** Removes a file that was set aside, with its reason. It may be a directory or a link as well. */
export async function removeCorrupted(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
  await rm(`${path}${REASON}`, { force: true });
}

/** Removes those of the files in which an erased person is found; returns how many. Never rejects. */
export async function eraseAllCorrupted(root: string, mentions: Mentions): Promise<number> {
  let removed = 0;
  for (const { path } of await listCorrupted(root)) if (await eraseFromCorrupted(path, mentions)) removed++;
  return removed;
}

/** Removes a file that was set aside when an erased person is found in it; returns whether it did. Never rejects. */
export async function eraseFromCorrupted(path: string, mentions: Mentions): Promise<boolean> {
  try {
    if (!(await mentionedIn(path, mentions))) return false;
    await removeCorrupted(path);
    return true;
  } catch {
    return false;
  }
}

/**
 * Removes erased people from the files of a spool folder that no process of this version delivers: those of another version, and of a lane that is
 * not known here. What the file says of others stays where its form is understood; the rest goes.
 *
 * @returns the files that mentioned somebody. @throws what the disk says.
 */
export async function eraseFromUnknown(folder: string, lanes: Lanes, erasure: Erasure): Promise<string[]> {
  const changed: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) changed.push(...(await eraseFromUnknown(path, lanes, erasure)));
    if (!entry.isFile() || !isUnknown(entry.name, lanes)) continue;
    if (!(await mentionedIn(path, (text) => erasure.mentionsAnywhere(text)))) continue;
    const rest = await restOf(path, entry.name, erasure);
    if (rest) await writeWhole(join(folder, rest.name), rest.content);
    if (rest?.name !== entry.name) await removeFile(path);
    changed.push(path);
  }
  return changed;
}

/**
 * Whether a file mentions somebody, however large or damaged it is: read piece by piece, inflated as far as that goes. Only a regular file says anything.
 *
 * @throws what the disk says.
 */
function mentionedIn(path: string, mentions: Mentions): Promise<boolean> {
  return withRegular(path, async (file) => {
    let isFound = false;
    let rest = '';
    const decoder = new StringDecoder('utf8');
    // To the end, even of a file that was found to mention them: a stream that is left early fails.
    const search = async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) {
        if (isFound) continue;
        const text = rest + decoder.write(chunk);
        isFound = mentions(text);
        rest = text.slice(-OVERLAP);
        await nextTurn();
      }
    };
    const head = Buffer.alloc(2);
    await file.read(head, 0, head.length, 0);
    const chunks = file.createReadStream({ autoClose: false, start: 0, highWaterMark: CHUNK_BYTES });
    if (!isGzip(head)) await search(chunks);
    else
      await pipeline(chunks, createGunzip(), search).catch((error: NodeJS.ErrnoException) => {
        if (!error.code?.startsWith('Z_')) throw error;
      });
    return isFound;
  });
}

async function describe(path: string): Promise<CorruptedFile | undefined> {
  try {
    const { size, mtimeMs } = await lstat(path);
    const reason = await readFile(`${path}${REASON}`, 'utf8').catch(() => 'unknown');
    return { path, reason: reason.trim(), bytes: size, modifiedAt: mtimeMs };
  } catch {
    return undefined;
  }
}

function isUnknown(name: string, lanes: Lanes): boolean {
  return parseSpoolName(name, lanes) === undefined && name !== HEARTBEAT_FILE && !name.endsWith('.tmp');
}

/** What remains of a file, under the name that says so; `undefined` when nothing is left, or when the form of the file is not understood. */
async function restOf(
  path: string,
  name: string,
  erasure: Erasure,
): Promise<{ readonly name: string; readonly content: Buffer | string } | undefined> {
  const isFree = (json: string) => !erasure.mentionsAnywhere(json);
  let text: string;
  let isCompressed: boolean;
  try {
    const bytes = await readRegular(path);
    isCompressed = isGzip(bytes);
    text = isCompressed ? await readText(bytes) : bytes.toString();
  } catch (error) {
    if (error instanceof CorruptedFileError || isInflateError(error)) return undefined;
    throw error;
  }
  const records = recordsIn(text);
  const kept = (records ?? text.split('\n').filter((line) => line !== '')).filter(isFree);
  if (kept.length === 0) return undefined;
  const content = records ? joinRecords(kept) : `${kept.join('\n')}\n`;
  if (!isCompressed) return { name, content };
  const body = await compress(content);
  // Whatever its lane: the name says what the file holds.
  const known = parseSpoolName(name);
  if (known?.kind !== 'batch') return { name, content: body };
  const marks = `${known.marks}-f`;
  return {
    name: batchName({ ...known, marks, records: records ? kept.length : 0, bytes: body.length }),
    content: body,
  };
}

function recordsIn(text: string): string[] | undefined {
  const records = parseJson(text);
  return Array.isArray(records) ? records.map((record) => JSON.stringify(record)) : undefined;
}

/** Whether bytes are compressed, by their first two. */
function isGzip(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function isInflateError(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ERR_BUFFER_TOO_LARGE' || code?.startsWith('Z_') === true;
}
