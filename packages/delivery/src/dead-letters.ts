import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, readdir, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CorruptedFileError, withRegular } from './batch-file.ts';

/** Then the file is put aside, and the one put aside before it is discarded. */
const MAX_FILE_BYTES = 16 * 1024 * 1024;
const LINE_BREAK = 0x0a;
const CHUNK_BYTES = 64 * 1024;

/** The folder of a spool in which rejected records are kept. */
export const DEAD_FOLDER = 'dead';

/** The lane whose rejected records a file has, by its name: `import.ndjson`, with something behind it once it was put aside. */
export function laneOfDeadLetters(fileName: string): string | undefined {
  return /^([a-z]+)\.ndjson(?:\.\w+)?$/.exec(fileName)?.[1];
}

/** One rejected record, with what the receiver said. */
export interface DeadLetter {
  readonly reason: string;
  readonly field?: string;
  /** That of its batch: replayed records keep their order. */
  readonly sequence?: number;
  /** JSON. */
  readonly record: string;
}

/** Where rejected records are kept for people to look at, one JSON object a line: `<root>/dead/<lane>.ndjson`. */
export interface DeadLetters {
  /** Never rejects. */
  add(lane: string, letters: readonly DeadLetter[], at: number): Promise<void>;
}

interface DeadLettersOptions {
  /** The spool's root; `undefined` while there is no disk: the records are counted and gone. */
  readonly root: string | undefined;
  readonly warn: (message: string) => void;
  /** Called with the number of letters that were discarded to keep the files bounded, or that the disk did not take. */
  readonly onDiscarded: (lane: string, letters: number) => void;
}

export function createDeadLetters({ root, warn, onDiscarded }: DeadLettersOptions): DeadLetters {
  /** Files whose last line may be cut off. */
  const torn = new Set<string>();
  return {
    async add(lane, letters, at) {
      if (root === undefined || letters.length === 0) return;
      const file = join(root, DEAD_FOLDER, `${lane}.ndjson`);
      const lines = letters.map((letter) => lineOf(letter, at));
      try {
        await mkdir(join(root, DEAD_FOLDER), { recursive: true, mode: 0o700 });
        const discarded = await rotate(file);
        if (discarded > 0) {
          onDiscarded(lane, discarded);
          warn(
            `The dead letters of the ${lane} lane are full: the ${discarded} oldest were discarded, and counted as dead_letter_overflow. Look at them with qr-obs spool dead, and replay or purge them.`,
          );
        }
        await append(file, `${torn.has(file) ? '\n' : ''}${lines.join('')}`);
        torn.delete(file);
      } catch (error) {
        torn.add(file);
        onDiscarded(lane, letters.length);
        warn(`Rejected records could not be written to ${file}: ${error instanceof Error ? error.message : error}`);
      }
    },
  };
}

/** Neither waits for the reader of a pipe nor follows a link. @throws what the disk says. */
async function append(path: string, text: string): Promise<void> {
  const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
  const file = await open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600);
  try {
    if (!(await file.stat()).isFile()) throw new CorruptedFileError('not a regular file');
    await file.appendFile(text);
  } finally {
    await file.close();
  }
}

function lineOf({ record, ...letter }: DeadLetter, at: number): string {
  const head = JSON.stringify({ at: new Date(at).toISOString(), ...letter });
  return `${head.slice(0, -1)},"record":${record}}\n`;
}

/** Puts a full file aside under a name of its own; returns how many letters were discarded for it. */
async function rotate(file: string): Promise<number> {
  const size = await stat(file).then(
    ({ size: bytes }) => bytes,
    () => 0,
  );
  if (size <= MAX_FILE_BYTES) return 0;
  const asides = (await readdir(dirname(file))).filter((name) => name.startsWith(`${basename(file)}.`));
  await rename(file, `${file}.${randomBytes(4).toString('hex')}`);
  let discarded = 0;
  for (const name of asides.filter(laneOfDeadLetters)) discarded += await discard(join(dirname(file), name));
  return discarded;
}

/** Removes a file; returns how many letters it held, 0 where another process was faster. */
async function discard(path: string): Promise<number> {
  try {
    const letters = await countLines(path);
    await unlink(path);
    return letters;
  } catch {
    return 0;
  }
}

function countLines(path: string): Promise<number> {
  return withRegular(path, async (file, size) => {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    let lines = 0;
    for (let position = 0; position < size; ) {
      const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES, position);
      if (bytesRead === 0) break;
      for (let at = chunk.indexOf(LINE_BREAK); at !== -1 && at < bytesRead; at = chunk.indexOf(LINE_BREAK, at + 1))
        lines++;
      position += bytesRead;
    }
    return lines;
  });
}
