import { crc32 } from 'node:zlib';
import { readText, splitRecords } from '../body.ts';
import type { LaneDefinition, SealedBatch } from '../lanes.ts';
import { reasonOf } from '../lanes.ts';
import {
  type BatchFolder,
  batchId,
  CorruptedFileError,
  pathOf,
  readRegular,
  removeFile,
  type SpoolName,
} from './files.ts';

/** Where a batch lies on disk. */
interface BatchFile {
  readonly folder: BatchFolder;
  readonly name: SpoolName;
}

/** A file that is kept until all batches made of it are done with, or on disk themselves. */
export interface Leftover {
  readonly path: string;
  /** Whether it has all of their records: after a crash they are sent from it. */
  readonly isWhole: boolean;
  holders: number;
}

/** What is known of a batch beside its name. */
export interface BatchState {
  readonly definition: LaneDefinition;
  /** Where the name does not say it, as in format 1. */
  readonly sequence?: number;
  readonly bytes?: number;
  /** Whether it lies on disk under its name. */
  readonly isOnDisk: boolean;
  /** What the file holds, if it need not be read again, or all there is while the disk refuses. */
  readonly body?: Buffer | undefined;
  /** What a sealed file could not replace; it goes with the batch. */
  readonly leftover?: Leftover | undefined;
  /** The version of the erasure list that its records were checked against. */
  readonly checkedFor?: number | undefined;
  /** Whether this process wrote it: only its checksum is compared, then. @default false */
  readonly isOurs?: boolean;
  /** Of the file. */
  readonly checksum?: number | undefined;
}

/** A sealed batch that waits: on disk or, while the disk refuses, in memory. */
export class StoredBatch {
  readonly lane: string;
  readonly definition: LaneDefinition;
  /** Microseconds since the epoch; orders the batches of all processes. */
  readonly sequence: number;
  readonly marks: string;
  readonly id: string;
  readonly records: number;
  readonly bytes: number;
  /** The version of the erasure list that its records were checked against. */
  checkedFor: number;
  /** Replies in a row that kept it. */
  failures = 0;
  /** When it was first kept, in milliseconds since the epoch; 0 before. */
  failedAt = 0;
  /** The answer that kept it last, in a few words. */
  lastReply = '';
  /** Whether it, or the batch that it is a part of, was kept while others were taken. */
  isDisliked = false;
  /** Not to be sent again before, in milliseconds since the epoch: others go first. */
  notBefore = 0;
  #file: BatchFile | undefined;
  #body: Buffer | undefined;
  #leftover: Leftover | undefined;
  #isVerified: boolean;
  #checksum: number | undefined;
  #isRemoved = false;
  #subjects: ReadonlySet<string> | undefined;

  constructor(folder: BatchFolder, name: SpoolName, state: BatchState) {
    const { definition, sequence, bytes, isOnDisk, body, leftover, checkedFor = 0, isOurs = false, checksum } = state;
    this.lane = name.lane;
    this.definition = definition;
    this.sequence = sequence ?? name.sequence;
    this.marks = name.marks;
    this.records = name.records;
    this.bytes = bytes ?? name.bytes ?? 0;
    this.id = batchId(folder.id, name);
    this.checkedFor = checkedFor;
    this.#file = isOnDisk ? { folder, name } : undefined;
    this.#body = body;
    this.#leftover = leftover;
    this.#isVerified = isOurs;
    this.#checksum = checksum;
  }

  /** `undefined` in memory. */
  get file(): BatchFile | undefined {
    return this.#file;
  }

  /** Whether its records are on disk, though they may wait in memory as well. */
  get isKept(): boolean {
    return this.#file !== undefined || this.#leftover?.isWhole === true;
  }

  /** Whether it is done with. */
  get isRemoved(): boolean {
    return this.#isRemoved;
  }

  /** Milliseconds since the epoch. */
  get sealedAt(): number {
    return this.sequence / 1000;
  }

  /**
   * @throws CorruptedFileError when the file does not hold a batch; whatever the disk says otherwise.
   */
  async load(): Promise<SealedBatch> {
    const body = this.#body ?? (await this.#read());
    if (!this.#isVerified) await this.#verify(body);
    return { id: this.id, records: this.records, body };
  }

  /** The whole request body as text. @throws as {@link load} does. */
  async text(): Promise<string> {
    const { body } = await this.load();
    return readText(body);
  }

  /** Whose records these are, in a lane that keeps their order. @throws as {@link load} does. */
  async subjects(): Promise<ReadonlySet<string>> {
    const { subjectOf } = this.definition;
    if (!subjectOf) return new Set();
    this.#subjects ??= new Set(splitRecords(await this.text(), this.records).map(subjectOf));
    return this.#subjects;
  }

  /** Notes that the batch is on disk now: its bytes need not stay in memory. */
  async movedTo(file: BatchFile): Promise<void> {
    this.#file = file;
    this.#checksum = this.#body && crc32(this.#body);
    this.#body = undefined;
    this.#isVerified = true;
    // Delivered while it was written.
    if (this.#isRemoved) return this.remove();
    await this.#removeLeftover();
  }

  async remove(): Promise<void> {
    this.#isRemoved = true;
    if (this.#file) await removeFile(pathOf(this.#file.folder, this.#file.name));
    await this.#removeLeftover();
  }

  async #removeLeftover(): Promise<void> {
    const leftover = this.#leftover;
    this.#leftover = undefined;
    if (leftover && --leftover.holders === 0) await removeFile(leftover.path);
  }

  async #read(): Promise<Buffer> {
    if (!this.#file) throw new CorruptedFileError('its bytes are gone');
    const { folder, name } = this.#file;
    const body = await readRegular(pathOf(folder, name));
    if (name.bytes !== undefined && body.length !== name.bytes) {
      throw new CorruptedFileError(`${body.length} bytes instead of ${name.bytes}`);
    }
    if (this.#checksum !== undefined && crc32(body) !== this.#checksum) {
      throw new CorruptedFileError('its bytes are not those that were written');
    }
    return body;
  }

  async #verify(body: Buffer): Promise<void> {
    try {
      const text = await readText(body);
      if (this.definition.format !== 'envelope') this.#verifyRecords(JSON.parse(text));
      else for (const line of text.split('\n')) JSON.parse(line);
    } catch (error) {
      throw new CorruptedFileError(`not a gzipped batch: ${reasonOf(error)}`);
    }
    this.#isVerified = true;
  }

  /** The number counts, too: a receiver's reply must match it. */
  #verifyRecords(records: unknown): void {
    const found = Array.isArray(records) ? records.length : 'no';
    if (found !== this.records) throw new SyntaxError(`${found} records instead of ${this.records}`);
  }
}
