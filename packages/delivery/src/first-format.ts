import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { compareNames, isMissing, type SpoolName } from './batch-file.ts';

/** Files that are asked for at the same time. */
const AT_ONCE = 100;

interface NamedFile {
  readonly text: string;
  readonly name: SpoolName;
}

/** What the names of later formats say themselves. */
export interface FirstFormatFile {
  readonly sequence: number;
  readonly bytes: number;
}

/**
 * The sequences of files of format 1, by name. They counted from 1 in each folder: the time of a file places them among others, and their number
 * among their own, because files of the same moment have the same time, and one that was rewritten has a later one.
 *
 * @throws what the disk says.
 */
export async function readFirstFormat(
  folder: string,
  files: readonly NamedFile[],
): Promise<ReadonlyMap<string, FirstFormatFile>> {
  const old = files.filter(({ name }) => name.version === 1).sort((one, other) => compareNames(one.name, other.name));
  const found: { text: string; time: number; bytes: number }[] = [];
  for (let start = 0; start < old.length; start += AT_ONCE) {
    const some = await Promise.all(old.slice(start, start + AT_ONCE).map(({ text }) => describe(folder, text)));
    found.push(...some.flatMap((file) => file ?? []));
  }
  let earliest = Number.POSITIVE_INFINITY;
  for (const file of found.toReversed()) {
    earliest = Math.min(earliest, file.time);
    file.time = earliest;
  }
  let sequence = 0;
  const sequences = new Map<string, FirstFormatFile>();
  for (const { text, time, bytes } of found) {
    sequence = Math.max(Math.trunc(time * 1000), sequence + 1);
    sequences.set(text, { sequence, bytes });
  }
  return sequences;
}

async function describe(folder: string, text: string) {
  try {
    const { mtimeMs, size } = await lstat(join(folder, text));
    return { text, time: mtimeMs, bytes: size };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
