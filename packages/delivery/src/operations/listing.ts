import { lstat, readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { readJournal } from '../body.ts';
import { DEAD_FOLDER } from '../dead-letters.ts';
import { ERASURE_FILES } from '../erasure.ts';
import type { Lanes } from '../lanes.ts';
import { namesIn, parseSpoolName, readRegular } from '../spool/files.ts';
import { type FolderOwner, folderState, HEARTBEAT_FILE, ownerOf } from '../spool/owners.ts';
import { ADOPTED } from '../spool/spool.ts';
import { CORRUPTED_FOLDER, type CorruptedFile, listCorrupted } from '../spool/undeliverable.ts';

/** A folder with a part for each process, its own dead letters and its own erasure list. */
export interface SpoolRoot {
  /** `auth-service`, and for the spools within that of a process `auth-service/errors`. */
  readonly name: string;
  readonly root: string;
}

/** A sealed batch, or a journal that is not sealed yet. */
export interface WaitingFile {
  readonly kind: 'batch' | 'journal';
  readonly lane: string;
  readonly path: string;
  readonly records: number;
  readonly bytes: number;
  /** Milliseconds since the epoch: when a batch was sealed, when a journal was last written to. */
  readonly modifiedAt: number;
}

/** A file that no process of this version delivers. */
export interface UnknownFile {
  readonly path: string;
  /** Such as `a named pipe`, or `another version or lane`. */
  readonly reason: string;
}

/** What a process holds, what it has adopted included. */
export interface FolderListing {
  readonly path: string;
  readonly owner: FolderOwner;
  /** `elsewhere`: nothing here can tell whether it lives, and its heartbeat is not old. */
  readonly state: 'running' | 'ended' | 'elsewhere';
  readonly files: readonly WaitingFile[];
  readonly unknown: readonly UnknownFile[];
}

/** What waits in a spool. */
export interface SpoolListing {
  readonly root: string;
  readonly folders: readonly FolderListing[];
  /** Files that were set aside because they cannot be read. */
  readonly corrupted: readonly CorruptedFile[];
}

/**
 * The spools of a folder: it is one itself, as `OBSERVABILITY_SPOOL_DIR` names it, or holds one for each service, as `.data/spool` does.
 *
 * @param parts names of the spools within that of a process.
 * @throws when the folder cannot be read.
 */
export async function findSpools(folder: string, parts: readonly string[]): Promise<SpoolRoot[]> {
  const marks = new Set<string>([DEAD_FOLDER, ...parts, ...ERASURE_FILES, CORRUPTED_FOLDER]);
  const entries = await readdir(folder, { withFileTypes: true });
  if (entries.some(({ name }) => marks.has(name) || ownerOf(name))) return withParts(folder, parts);
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
  return (await Promise.all(folders.sort().map((each) => withParts(each, parts)))).flat();
}

/** Looks into a spool without changing anything. Files that are sent meanwhile are left out. @param now milliseconds since the epoch */
export async function listSpool(root: string, lanes: Lanes, now: number): Promise<SpoolListing> {
  const folders: FolderListing[] = [];
  for (const name of (await namesIn(root)).sort()) {
    const owner = ownerOf(name);
    if (!owner) continue;
    const path = join(root, name);
    const stats = await lstat(path).catch(() => undefined);
    if (stats && !stats.isDirectory()) {
      folders.push({ path, owner, state: 'ended', files: [], unknown: [{ path, reason: kindOf(stats) }] });
      continue;
    }
    const inner = (await namesIn(path)).filter((each) => each.startsWith(ADOPTED)).map((each) => join(path, each));
    const found = (await Promise.all([path, ...inner].map((each) => filesIn(each, lanes)))).flat();
    const state = await folderState(root, name, now);
    folders.push({
      ...{ path, owner },
      state: state === 'running' || state === 'elsewhere' ? state : 'ended',
      files: found.flatMap((file) => ('kind' in file ? file : [])),
      unknown: found.flatMap((file) => ('kind' in file ? [] : file)),
    });
  }
  return { root, folders, corrupted: await listCorrupted(root) };
}

/**
 * What this process writes into a spool must be readable and movable for the processes whose spool it is.
 *
 * @throws when they run as another user.
 */
export async function assertOwnSpool(root: string): Promise<void> {
  const user = process.getuid?.();
  const { uid } = await stat(root);
  if (user === undefined || user === uid) return;
  throw new Error(
    `The spool ${root} belongs to the user with the id ${uid}, and this process runs as ${user}. Run it as that user, for example with sudo -u '#${uid}'.`,
  );
}

async function withParts(root: string, parts: readonly string[]): Promise<SpoolRoot[]> {
  const name = basename(root);
  const names = await namesIn(root);
  const found = parts.filter((part) => names.includes(part));
  return [{ name, root }, ...found.map((part) => ({ name: `${name}/${part}`, root: join(root, part) }))];
}

async function filesIn(folder: string, lanes: Lanes): Promise<(WaitingFile | UnknownFile)[]> {
  const names = (await namesIn(folder)).filter((name) => !isExpected(name));
  const files = await Promise.all(names.sort().map((name) => describe(folder, name, lanes)));
  return files.flatMap((file) => file ?? []);
}

/** What is neither delivered nor unknown. */
function isExpected(name: string): boolean {
  return name === HEARTBEAT_FILE || name.startsWith(ADOPTED) || name.endsWith('.tmp');
}

async function describe(folder: string, name: string, lanes: Lanes): Promise<WaitingFile | UnknownFile | undefined> {
  const path = join(folder, name);
  try {
    const stats = await lstat(path);
    if (!stats.isFile()) return { path, reason: kindOf(stats) };
    const known = parseSpoolName(name, lanes);
    if (!known) return { path, reason: 'another version or lane' };
    const { kind, lane } = known;
    const records = kind === 'batch' ? known.records : readJournal((await readRegular(path)).toString()).records.length;
    return { kind, lane, path, records, bytes: stats.size, modifiedAt: stats.mtimeMs };
  } catch {
    // Sent, or sealed, in the meantime.
    return undefined;
  }
}

function kindOf(stats: Awaited<ReturnType<typeof lstat>>): string {
  if (stats.isSymbolicLink()) return 'a symbolic link';
  if (stats.isDirectory()) return 'a directory';
  if (stats.isFIFO()) return 'a named pipe';
  if (stats.isFile()) return 'a file in the place of a folder';
  return stats.isSocket() ? 'a socket' : 'a device';
}
