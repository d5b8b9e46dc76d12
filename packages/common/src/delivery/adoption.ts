import { readdir, readFile, rename, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { batchId, parseSpoolName, removeFile, writeBatch } from './batch-file.ts';
import { compress, isIntact } from './compress.ts';
import type { LaneName } from './record.ts';
import { HEARTBEAT_FILE, hasEnded, ownerOf, removeIfEmpty, type SpoolFolder } from './spool-folder.ts';
import { inMemory, onDisk, type StoredBatch } from './stored-batch.ts';

/** A process on another machine is taken for dead when its heartbeat has stopped for so long. */
const HEARTBEAT_TIMEOUT_MS = 120_000;
/** Before the name of a folder that another process has taken over, within that process's own. */
export const ADOPTED = 'adopted-';

/** What was found in the folders of dead processes. */
export interface Adopted {
  readonly batches: StoredBatch[];
  /** Records that were cut off when their process died. */
  readonly torn: { readonly lane: LaneName; readonly records: number }[];
  /** Why files could not be taken over; they stay for a later process. */
  readonly problems: unknown[];
}

type SpoolFile = Exclude<ReturnType<typeof parseSpoolName>, undefined> & { readonly name: string };

/** Takes over what dead processes left behind. Several processes may try at once: the rename has one winner. */
export async function adoptDeadFolders(root: string, own: SpoolFolder, now: number): Promise<Adopted> {
  const found: Adopted = { batches: [], torn: [], problems: [] };
  for (const name of await namesIn(root)) {
    if (name === own.id || !(await isDead(root, name, now))) continue;
    const target = join(own.path, `${ADOPTED}${name}`);
    try {
      await rename(join(root, name), target);
    } catch {
      // Another process was faster.
      continue;
    }
    await recover(target, own.path, now, found);
  }
  return found;
}

/** Whether a folder belongs to a process that has ended, as far as can be told from here. */
export async function isDead(root: string, name: string, now: number): Promise<boolean> {
  const owner = ownerOf(name);
  if (!owner) return false;
  const ended = hasEnded(owner);
  if (ended !== undefined) return ended;
  const heartbeat = await stat(join(root, name, HEARTBEAT_FILE)).catch(() => undefined);
  return heartbeat !== undefined && now - heartbeat.mtimeMs > HEARTBEAT_TIMEOUT_MS;
}

/** Reads a folder that is now ours, the folders that its owner had adopted included. */
async function recover(path: string, ownPath: string, now: number, found: Adopted): Promise<void> {
  // Batches keep the id that their first owner gave them.
  const folder = { id: basename(path).slice(ADOPTED.length), path };
  const names = (await namesIn(path)).sort();
  const files = names.flatMap((name): SpoolFile[] => {
    const file = parseSpoolName(name);
    return file ? [{ ...file, name }] : [];
  });
  /** One file that cannot be read must not stand in the way of the others. */
  const attempt = (act: () => Promise<void>) => act().catch((error: unknown) => found.problems.push(error));

  for (const name of names.filter((candidate) => candidate.startsWith(ADOPTED))) {
    // Side by side, not one in another: in a crash loop the path would grow until the system refuses it.
    const target = join(ownPath, name);
    await attempt(async () => {
      await rename(join(path, name), target);
      await recover(target, ownPath, now, found);
    });
  }
  const sealed = new Set<string>();
  for (const file of files.filter(({ kind }) => kind === 'batch')) {
    await attempt(async () => {
      if (await takeBatch(folder, file, now, found)) sealed.add(`${file.lane}-${file.key}`);
    });
  }
  for (const file of files.filter(({ kind }) => kind === 'journal')) {
    await attempt(async () => {
      // Its process died between the rename of the sealed batch and the removal of the journal.
      if (sealed.has(`${file.lane}-${file.key}`)) await removeFile(join(path, file.name));
      else await takeJournal(folder, file, now, found);
    });
  }
  for (const name of names) if (name.endsWith('.tmp')) await attempt(() => removeFile(join(path, name)));
  await attempt(() => removeIfEmpty(path));
}

interface Folder {
  readonly id: string;
  readonly path: string;
}

async function takeBatch(folder: Folder, file: SpoolFile, now: number, found: Adopted): Promise<boolean> {
  const { lane, key, records, name } = file;
  const path = join(folder.path, name);
  const body = await readFile(path);
  const isWhole = await isIntact(body);
  if (isWhole) {
    const id = batchId(folder.id, lane, key);
    found.batches.push(onDisk({ id, lane, records, bytes: body.length, path }, now));
  } else {
    // Sent, it would be refused for good; its journal may still be there.
    found.torn.push({ lane, records });
    await removeFile(path);
  }
  return isWhole;
}

async function takeJournal(folder: Folder, { lane, key, name }: SpoolFile, now: number, found: Adopted): Promise<void> {
  const path = join(folder.path, name);
  const { records, lost } = readJournal(await readFile(path, 'utf8'));
  if (lost > 0) found.torn.push({ lane, records: lost });
  if (records.length > 0) {
    const batch = { records: records.length, body: await compress(`[${records.join(',\n')}]`) };
    try {
      found.batches.push(onDisk(await writeBatch(folder, lane, key, batch), now));
    } catch (error) {
      // A full disk: sent from memory, and the journal goes with the batch.
      found.batches.push(inMemory(lane, { id: batchId(folder.id, lane, key), ...batch }, now, path));
      throw error;
    }
  }
  await removeFile(path);
}

/** The whole records of a journal, each as the text that it is; a torn or damaged one costs itself only. */
export function readJournal(text: string): { records: readonly string[]; lost: number } {
  const pieces = text.split(',\n').filter((piece) => piece !== '');
  const records = pieces.filter(isJsonObject);
  return { records, lost: pieces.length - records.length };
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/** What a folder holds; nothing when it is gone. */
export async function namesIn(path: string): Promise<string[]> {
  return readdir(path).catch(() => []);
}
