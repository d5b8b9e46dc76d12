import { closeSync, openSync, writeSync } from 'node:fs';
import { SEPARATOR } from './body.ts';
import type { BatchLimits } from './lanes.ts';
import { type BatchFolder, readRegular } from './spool/files.ts';

/** Text that is gathered before it is written, whatever the loop does: bounds the memory of a long synchronous burst. */
const MAX_PENDING_LENGTH = 32_768;
/** A turn that is longer is not waited for: of a killed process only what was tracked in the last moments of a turn is lost. */
const MAX_PENDING_AGE_MS = 20;
/** The clock is read for the first record of a turn and for every so many after it: reading it for each would show. */
const RECORDS_A_CLOCK_READING = 8;
/** A UTF-16 unit becomes at most three bytes of UTF-8. */
const BYTES_PER_UNIT = 3;
/** A longer text is measured before it is added: it might not fit. */
export const LONG_TEXT = 16_384;
/** What the text that is not written yet can come to. */
const MAX_PENDING_BYTES = (MAX_PENDING_LENGTH + LONG_TEXT) * BYTES_PER_UNIT;
const FIRST_CAPACITY = 64 * 1024;
const OPENING_BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;

/** A journal's file, and the folder whose owner it belongs to. */
interface JournalFile {
  readonly path: string;
  readonly folder: BatchFolder;
}

interface JournalOptions {
  readonly limits: BatchLimits;
  /** Where the records go as soon as the loop turn ends; `undefined` while the disk cannot be used. */
  readonly nextFile: () => JournalFile | undefined;
  /** Called before each write; calls {@link Journal.disown} where the folder is another process's now. */
  readonly checkOwnership: () => void;
  readonly onDiskError: (error: unknown) => void;
}

/** The records of a batch, taken from the journal to be sealed. */
export interface JournalledBatch {
  /** A JSON array. Belongs to the receiver until {@link Journal.recycle}. */
  readonly body: Buffer;
  readonly records: number;
  readonly file: JournalFile | undefined;
  /** Whether the file has all of it: the disk may have refused a part. */
  readonly isOnDisk: boolean;
}

/**
 * The unsealed tail of a lane. Records are gathered as text during a loop turn; `commit` turns them into bytes once and appends these to the
 * file with one system call. From then on a killed process loses none of them.
 */
export class Journal {
  readonly #options: JournalOptions;
  readonly #maxRecords: number;
  /** A batch of this many bytes is full: what is gathered before the next measurement would still fit. */
  readonly #fullBytes: number;
  #pending = '';
  #pendingRecords = 0;
  #pendingSince = 0;
  #buffer: Buffer = Buffer.allocUnsafe(FIRST_CAPACITY);
  #length = 1;
  #lengthOnDisk = 1;
  #records = 0;
  #recordsOnDisk = 0;
  #file: JournalFile | undefined;
  #fd: number | undefined;
  #spare: Buffer | undefined;

  constructor(options: JournalOptions) {
    this.#options = options;
    const { maxRecords, maxBytes } = options.limits;
    this.#maxRecords = maxRecords;
    this.#fullBytes = maxBytes - MAX_PENDING_BYTES;
  }

  get records(): number {
    return this.#records + this.#pendingRecords;
  }

  /** Adds a record; says whether the batch is full and must be taken before the next one. */
  add(json: string): boolean {
    if (this.#pendingRecords % RECORDS_A_CLOCK_READING === 0) this.#readClock();
    this.#pending += json + SEPARATOR;
    this.#pendingRecords++;
    if (this.#pending.length > MAX_PENDING_LENGTH) this.commit();
    return this.#records + this.#pendingRecords >= this.#maxRecords || this.#length > this.#fullBytes;
  }

  /** Whether a record of so many bytes would still fit; asked only of unusually long ones. */
  fits(bytes: number): boolean {
    this.commit();
    return this.#length + bytes + SEPARATOR.length <= this.#options.limits.maxBytes;
  }

  /** Writes what the loop turn has gathered. */
  commit(): void {
    if (this.#pendingRecords === 0) return;
    this.#options.checkOwnership();
    this.#reserve(this.#pending.length * BYTES_PER_UNIT);
    const written = this.#buffer.write(this.#pending, this.#length, 'utf8');
    const isOnDisk = this.#append(this.#length, written);
    this.#length += written;
    this.#records += this.#pendingRecords;
    if (isOnDisk) this.#recordsOnDisk = this.#records;
    this.#pending = '';
    this.#pendingRecords = 0;
  }

  /** Ends the batch and starts a new one. */
  take(): JournalledBatch {
    this.commit();
    const batch = {
      body: asArray(this.#buffer, this.#length),
      records: this.#records,
      file: this.#file,
      isOnDisk: this.#lengthOnDisk === this.#length,
    };
    this.#closeFile();
    this.#file = undefined;
    this.#recordsOnDisk = 0;
    this.#buffer = this.#spare ?? Buffer.allocUnsafe(FIRST_CAPACITY);
    this.#spare = undefined;
    this.#length = 1;
    this.#lengthOnDisk = 1;
    this.#records = 0;
    return batch;
  }

  /** Leaves what is on disk to the process that has adopted the folder; the rest goes into a new file. */
  disown(folder: BatchFolder): void {
    if (this.#file?.folder.id !== folder.id) return;
    this.#closeFile();
    this.#file = undefined;
    const rest = this.#buffer.copy(this.#buffer, 1, this.#lengthOnDisk, this.#length);
    this.#records -= this.#recordsOnDisk;
    this.#recordsOnDisk = 0;
    this.#length = 1 + rest;
    this.#lengthOnDisk = 1;
  }

  /** Gives back the memory of a batch that was taken. */
  recycle(batch: JournalledBatch): void {
    const { buffer, byteOffset } = batch.body;
    if (byteOffset === 0) this.#spare ??= Buffer.from(buffer);
  }

  close(): void {
    this.#closeFile();
  }

  #readClock(): void {
    const now = performance.now();
    if (this.#pendingRecords > 0 && now - this.#pendingSince > MAX_PENDING_AGE_MS) this.commit();
    if (this.#pendingRecords === 0) this.#pendingSince = now;
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#buffer.length * 2, this.#length + bytes));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }

  /** Whether everything up to there is on disk now. */
  #append(from: number, length: number): boolean {
    try {
      this.#fd ??= this.#openFile();
      if (this.#fd === undefined) return false;
      // A disk that is nearly full takes a part. A file that is opened late gets what came before, too.
      for (let at = this.#lengthOnDisk; at < from + length; )
        at += writeSync(this.#fd, this.#buffer, at, from + length - at);
      this.#lengthOnDisk = from + length;
      return true;
    } catch (error) {
      // The rest of this batch stays in memory only; its file keeps what it has until the batch is sealed.
      this.#closeFile();
      this.#options.onDiskError(error);
      return false;
    }
  }

  #openFile(): number | undefined {
    if (this.#file !== undefined) return undefined;
    const file = this.#options.nextFile();
    if (file === undefined) return undefined;
    this.#file = file;
    return openSync(file.path, 'a', 0o600);
  }

  #closeFile(): void {
    const fd = this.#fd;
    this.#fd = undefined;
    if (fd === undefined) return;
    try {
      closeSync(fd);
    } catch (error) {
      this.#options.onDiskError(error);
    }
  }
}

/**
 * {@link JournalledBatch.body} from a journal that holds all of it. As bytes throughout: turning a megabyte into text and back costs a third of
 * what it costs to compress it.
 *
 * @throws when the file is gone.
 */
export async function readJournalBody(path: string): Promise<Buffer> {
  const bytes = await readRegular(path);
  const buffer = Buffer.allocUnsafe(1 + bytes.length);
  bytes.copy(buffer, 1);
  return asArray(buffer, buffer.length);
}

/** Puts brackets around records, in place: a byte was left before the first, and the separator after the last gives way. */
function asArray(buffer: Buffer, length: number): Buffer {
  const end = length - SEPARATOR.length;
  buffer[0] = OPENING_BRACKET;
  buffer[end] = CLOSING_BRACKET;
  return buffer.subarray(0, end + 1);
}
