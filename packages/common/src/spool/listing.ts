import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ADOPTED, isDead, namesIn, readJournal } from '../delivery/adoption.ts';
import { parseSpoolName } from '../delivery/batch-file.ts';
import type { LaneName } from '../delivery/record.ts';
import { type FolderOwner, hasEnded, ownerOf } from '../delivery/spool-folder.ts';

/** A sealed batch, or a journal that is not sealed yet. */
export interface WaitingFile {
  readonly kind: 'batch' | 'journal';
  readonly lane: LaneName;
  readonly path: string;
  readonly records: number;
  readonly bytes: number;
  /** Milliseconds since the epoch: when a batch was sealed, when a journal was last written to. */
  readonly modifiedAt: number;
}

/** What a process holds, what it has adopted included. */
export interface FolderListing {
  readonly path: string;
  readonly owner: FolderOwner;
  /** `elsewhere`: on another machine, and it gave a sign of life within two minutes. */
  readonly state: 'running' | 'ended' | 'elsewhere';
  readonly files: readonly WaitingFile[];
}

/** What waits in a spool. */
export interface SpoolListing {
  readonly root: string;
  readonly folders: readonly FolderListing[];
}

/** Looks into a spool without changing anything. Files that are sent meanwhile are left out. @param now milliseconds since the epoch */
export async function listSpool(root: string, now: number): Promise<SpoolListing> {
  const folders: FolderListing[] = [];
  for (const name of (await namesIn(root)).sort()) {
    const owner = ownerOf(name);
    if (!owner) continue;
    const path = join(root, name);
    const inner = (await namesIn(path)).filter((each) => each.startsWith(ADOPTED)).map((each) => join(path, each));
    const files = await Promise.all([path, ...inner].map(filesIn));
    folders.push({ path, owner, state: await stateOf(root, name, owner, now), files: files.flat() });
  }
  return { root, folders };
}

async function stateOf(root: string, name: string, owner: FolderOwner, now: number): Promise<FolderListing['state']> {
  if (await isDead(root, name, now)) return 'ended';
  return hasEnded(owner) === undefined ? 'elsewhere' : 'running';
}

async function filesIn(folder: string): Promise<WaitingFile[]> {
  const files = await Promise.all((await namesIn(folder)).sort().map((name) => describe(folder, name)));
  return files.flatMap((file) => file ?? []);
}

async function describe(folder: string, name: string): Promise<WaitingFile | undefined> {
  const known = parseSpoolName(name);
  if (!known) return undefined;
  const { kind, lane } = known;
  const path = join(folder, name);
  try {
    const { size, mtimeMs } = await stat(path);
    const records = kind === 'batch' ? known.records : readJournal(await readFile(path, 'utf8')).records.length;
    return { kind, lane, path, records, bytes: size, modifiedAt: mtimeMs };
  } catch {
    // Sent, or sealed, in the meantime.
    return undefined;
  }
}
