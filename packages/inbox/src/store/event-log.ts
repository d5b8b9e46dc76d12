import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isJsonObject, RECORD_KINDS, type StoredRecord } from './records.ts';

/** The append-only file behind the memory: one JSON record a line. */
export interface EventLog {
  /** Queued at once, written with all else of this turn of the event loop. */
  append(records: readonly StoredRecord[]): void;
  truncate(): void;
  /** Replaces the whole file; what is appended from now on comes after. */
  replace(records: () => Iterable<StoredRecord>): void;
  /** Resolves once everything queued is written. */
  close(): Promise<void>;
}

/** What people did is in it: no other user of the machine is to read it. */
const OWNER_ONLY = 0o600;

/** Reads every whole record, in the order of arrival. A line that is not one (torn by a kill) is skipped. */
export async function* readEventLog(path: string): AsyncGenerator<{ record: StoredRecord; bytes: number }> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  // Opening for append creates a missing file, so that a first start reads an empty log.
  const file = await open(path, 'a', OWNER_ONLY);
  // One that an older version made was open to others.
  await file.chmod(OWNER_ONLY);
  await file.close();
  for await (const line of linesOf(path)) {
    const record = parseRecord(line);
    if (record !== undefined) yield { record, bytes: line.length };
  }
}

/** Splits on `\n` alone: node:readline also breaks at U+2028, which JSON text may hold. */
async function* linesOf(path: string): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of createReadStream(path, 'utf8')) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}

/** Replaces the file by these records, so that it does not grow over many starts. */
export async function rewriteEventLog(path: string, records: Iterable<StoredRecord>): Promise<void> {
  const fresh = `${path}.new`;
  const lines: string[] = [];
  for (const record of records) lines.push(`${JSON.stringify(record)}\n`);
  await writeFile(fresh, lines, { mode: OWNER_ONLY });
  await rename(fresh, path);
}

/** Opens the file for appending. */
export async function openEventLog(path: string, onError: (error: unknown) => void): Promise<EventLog> {
  const file = await open(path, 'a+', OWNER_ONLY);
  // A torn last line has no newline: the next record must not be glued to it.
  if (!(await endsWithNewline(file))) await file.appendFile('\n');
  return appendInTurns(path, file, onError);
}

async function endsWithNewline(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return true;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer.toString('latin1') === '\n';
}

function appendInTurns(path: string, opened: FileHandle, onError: (error: unknown) => void): EventLog {
  let file = opened;
  let replacement: readonly StoredRecord[] | undefined;
  let pending: string[] = [];
  let truncateFirst = false;
  let writing: Promise<void> = Promise.resolve();
  let scheduled = false;

  const write = async (): Promise<void> => {
    scheduled = false;
    const text = pending.join('');
    const truncated = truncateFirst;
    const replacing = replacement;
    pending = [];
    truncateFirst = false;
    replacement = undefined;
    try {
      if (truncated) await file.truncate(0);
      if (replacing !== undefined) {
        await rewriteEventLog(path, replacing);
        await file.close();
        file = await open(path, 'a+', OWNER_ONLY);
      }
      if (text !== '') await file.appendFile(text);
    } catch (error) {
      onError(error);
    }
  };
  const schedule = (): void => {
    if (scheduled) return;
    scheduled = true;
    setImmediate(() => {
      writing = writing.then(write);
    });
  };

  return {
    append(records) {
      for (const record of records) pending.push(`${JSON.stringify(record)}\n`);
      schedule();
    },
    replace(records) {
      // Taken now: it holds all that is pending, and nothing that is yet to come.
      replacement = [...records()];
      pending = [];
      truncateFirst = false;
      schedule();
    },
    truncate() {
      pending = [];
      replacement = undefined;
      truncateFirst = true;
      schedule();
    },
    async close() {
      await writing;
      await write();
      await file.close();
    },
  };
}

function parseRecord(line: string): StoredRecord | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isStoredRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The file is the inbox's own: its kind and id are proof enough that a line is whole. */
function isStoredRecord(value: unknown): value is StoredRecord {
  return isJsonObject(value) && typeof value['id'] === 'number' && RECORD_KINDS.some((kind) => kind === value['kind']);
}
