import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CorruptedFileError, parseSpoolName, readRegular, removeFile, writeWhole } from './batch-file.ts';
import { compress, readText } from './compress.ts';
import type { Erasure } from './erasure.ts';
import type { Lanes } from './lanes.ts';
import { joinRecords } from './record-text.ts';
import { HEARTBEAT_FILE } from './spool-folder.ts';
import { isGzip, mentionedIn } from './text-search.ts';

/** Names of this and the first format, whatever the lane: they say what the file holds. */
const BATCH = /^([a-z]+-\d{16}(?:-[abf])*)-r\d{1,6}-b\d{1,10}(\.v2\.json\.gz)$/;
const FIRST_BATCH = /^([a-z]+-\d{8,12}(?:-[abf])*)-\d{1,6}(\.json\.gz)$/;

/** What remains of a file, under the name that says so. */
interface Rest {
  readonly name: string;
  readonly content: Buffer | string;
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

function isUnknown(name: string, lanes: Lanes): boolean {
  return parseSpoolName(name, lanes) === undefined && name !== HEARTBEAT_FILE && !name.endsWith('.tmp');
}

/** `undefined` when nothing is left, or when the form of the file is not understood. */
async function restOf(path: string, name: string, erasure: Erasure): Promise<Rest | undefined> {
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
  const kept = records?.filter(isFree) ?? [];
  const lines = records ? [] : text.split('\n').filter((line) => line !== '' && isFree(line));
  if (kept.length + lines.length === 0) return undefined;
  const content = records ? joinRecords(kept) : `${lines.join('\n')}\n`;
  if (!isCompressed) return { name, content };
  const body = await compress(content);
  return { name: renamed(name, kept.length, body.length), content: body };
}

function recordsIn(text: string): string[] | undefined {
  try {
    const records: unknown = JSON.parse(text);
    return Array.isArray(records) ? records.map((record) => JSON.stringify(record)) : undefined;
  } catch {
    return undefined;
  }
}

function renamed(name: string, records: number, bytes: number): string {
  return name.replace(BATCH, `$1-f-r${records}-b${bytes}$2`).replace(FIRST_BATCH, `$1-f-${records}$2`);
}

function isInflateError(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ERR_BUFFER_TOO_LARGE' || code?.startsWith('Z_') === true;
}
