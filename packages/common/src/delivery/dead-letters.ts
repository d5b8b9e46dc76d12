import { appendFile, mkdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type LaneName, laneNames } from './record.ts';

/** Then the file is put aside, and the one put aside before it goes. */
const MAX_FILE_BYTES = 16 * 1024 * 1024;

/** The folder of a spool in which rejected records are kept. */
export const DEAD_FOLDER = 'dead';

/** The lane whose rejected records a file has, by its name: `import.ndjson`, with something behind it once it was put aside. */
export function laneOfDeadLetters(fileName: string): LaneName | undefined {
  const match = /^([a-z]+)\.ndjson(?:\.\w+)?$/.exec(fileName);
  return laneNames.find((lane) => lane === match?.[1]);
}

/** One rejected record, with what the receiver said. */
export interface DeadLetter {
  readonly reason: string;
  readonly field?: string;
  readonly record: unknown;
}

/** Where rejected records are kept for people to look at, one JSON object a line: `<root>/dead/<lane>.ndjson`. */
export interface DeadLetters {
  add(lane: LaneName, letters: readonly DeadLetter[], at: number): Promise<void>;
}

/** @param root the spool's root; `undefined` while there is no disk: the records are counted and gone. */
export function createDeadLetters(root: string | undefined, warn: (message: string) => void): DeadLetters {
  return {
    async add(lane, letters, at) {
      if (root === undefined || letters.length === 0) return;
      const file = join(root, DEAD_FOLDER, `${lane}.ndjson`);
      const lines = letters.map((letter) => `${JSON.stringify({ at: new Date(at).toISOString(), ...letter })}\n`);
      try {
        await mkdir(join(root, DEAD_FOLDER), { recursive: true, mode: 0o700 });
        await rotate(file);
        await appendFile(file, lines.join(''), { mode: 0o600 });
      } catch (error) {
        warn(`Rejected records could not be written to ${file}: ${error instanceof Error ? error.message : error}`);
      }
    },
  };
}

async function rotate(file: string): Promise<void> {
  const size = await stat(file).then(
    ({ size: bytes }) => bytes,
    () => 0,
  );
  if (size > MAX_FILE_BYTES) await rename(file, `${file}.1`);
}
