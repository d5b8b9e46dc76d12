import { readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type BatchFile, batchId, parseSpoolName, writeBatch } from './batch-file.ts';
import { compress, readRecords } from './compress.ts';
import type { LaneName } from './record.ts';
import { HEARTBEAT_FILE, hasEnded, ownerOf, type SpoolFolder } from './spool-folder.ts';

/** A process on another machine is taken for dead when its heartbeat has stopped for so long. */
const HEARTBEAT_TIMEOUT_MS = 120_000;
const ADOPTED = 'adopted-';

/** What was found in the folders of dead processes. */
export interface Adopted {
  readonly batches: readonly BatchFile[];
  /** Records that were cut off when their process died. */
  readonly torn: readonly { readonly lane: LaneName; readonly records: number }[];
}

/** Takes over what dead processes left behind. Several processes may try at once: the rename has one winner. */
export async function adoptDeadFolders(root: string, own: SpoolFolder, now: number): Promise<Adopted> {
  const batches: BatchFile[] = [];
  const torn: { lane: LaneName; records: number }[] = [];
  for (const name of await namesIn(root)) {
    if (name === own.id || !(await isDead(root, name, now))) continue;
    const target = join(own.path, `${ADOPTED}${name}`);
    try {
      await rename(join(root, name), target);
    } catch {
      // Another process was faster.
      continue;
    }
    await recover(target, batches, torn);
  }
  return { batches, torn };
}

async function isDead(root: string, name: string, now: number): Promise<boolean> {
  const owner = ownerOf(name);
  if (!owner) return false;
  const ended = hasEnded(owner);
  if (ended !== undefined) return ended;
  const heartbeat = await stat(join(root, name, HEARTBEAT_FILE)).catch(() => undefined);
  return heartbeat !== undefined && now - heartbeat.mtimeMs > HEARTBEAT_TIMEOUT_MS;
}

/** Reads a folder that is now ours, the folders that its owner had adopted included. */
async function recover(path: string, batches: BatchFile[], torn: { lane: LaneName; records: number }[]): Promise<void> {
  // Batches keep the id that their first owner gave them.
  const folder = { id: basename(path).slice(ADOPTED.length), path };
  const names = await namesIn(path);
  const sealed = new Set<string>();
  for (const name of names.sort()) {
    if (name.startsWith(ADOPTED)) await recover(join(path, name), batches, torn);
    const file = parseSpoolName(name);
    if (file?.kind !== 'batch') continue;
    const body = await readFile(join(path, name));
    const isWhole = await readRecords(body).then(
      () => true,
      () => false,
    );
    if (isWhole) {
      sealed.add(`${file.lane}-${file.key}`);
      batches.push({
        id: batchId(folder.id, file.lane, file.key),
        ...file,
        bytes: body.length,
        path: join(path, name),
      });
    } else {
      // Sent, it would be refused for good; its journal may still be there.
      torn.push({ lane: file.lane, records: file.records });
      await rm(join(path, name), { force: true });
    }
  }
  for (const name of names) {
    const file = parseSpoolName(name);
    if (file?.kind === 'journal') {
      // Its process died between the rename of the sealed batch and the removal of the journal.
      if (!sealed.has(`${file.lane}-${file.key}`)) {
        const { batch, lost } = await sealJournal(folder, name, file);
        if (batch) batches.push(batch);
        if (lost > 0) torn.push({ lane: file.lane, records: lost });
      }
      await rm(join(path, name), { force: true });
    }
    if (name.endsWith('.tmp')) await rm(join(path, name), { force: true });
  }
}

async function sealJournal(
  folder: { readonly id: string; readonly path: string },
  name: string,
  { lane, key }: { readonly lane: LaneName; readonly key: string },
): Promise<{ batch: BatchFile | undefined; lost: number }> {
  const { records, lost } = readJournal(await readFile(join(folder.path, name), 'utf8'));
  if (records.length === 0) return { batch: undefined, lost };
  const body = await compress(`[${records.join(',\n')}]`);
  return { batch: await writeBatch(folder, lane, key, { records: records.length, body }), lost };
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

async function namesIn(path: string): Promise<string[]> {
  return readdir(path).catch(() => []);
}
