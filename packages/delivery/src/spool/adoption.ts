import { opendir, readdir, rename, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { compress, joinRecords, readJournal } from '../body.ts';
import { type Lanes, reasonOf } from '../lanes.ts';
import { StoredBatch } from './batch.ts';
import {
  type BatchFolder,
  batchName,
  CorruptedFileError,
  compareNames,
  isMissing,
  parseSpoolName,
  pathOf,
  readFirstFormat,
  readRegular,
  removeFile,
  type SpoolFile,
  type SpoolName,
  stemOf,
  writeWhole,
} from './files.ts';
import { folderState, HEARTBEAT_FILE } from './owners.ts';
import { ADOPTED, removeIfEmpty, type Spool } from './spool.ts';
import { setAside } from './undeliverable.ts';

/** Names that are looked at before other work gets its turn. */
const NAMES_PER_TURN = 500;
/** A clock that jumps by more makes every heartbeat look old for a moment, */
const CLOCK_JUMP_MS = 30_000;
/** and they are looked at again once all that live have beaten. */
export const CONFIRM_AFTER_MS = 10_000;

interface AdoptionOptions {
  readonly lanes: Lanes;
  readonly spool: Spool;
  /** Called with the batches of one lane, sorted. */
  readonly onBatches: (lane: string, batches: readonly StoredBatch[]) => void;
  /** Called with records that were cut off when their process died, or that are in a damaged file. */
  readonly onTorn: (lane: string, records: number) => void;
  readonly warn: (message: string) => void;
}

/** A folder that is ours now. Batches keep the id that their first owner gave them. */
interface AdoptedFolder {
  /** Kept by its batches, unlike the rest. */
  readonly folder: BatchFolder;
  /** Names of files that were handed on already. */
  readonly handedOn: Set<string>;
  readonly firstFormat: Awaited<ReturnType<typeof readFirstFormat>>;
}

/** Takes over what ended processes left in the spool. Several processes may try at once: the rename of a folder has one winner. */
export class Adoption {
  readonly #options: AdoptionOptions;
  /** Folders that are ours and not read to their end, because the disk refused, with the files that were handed on already. */
  readonly #unread = new Map<string, Set<string>>();
  #clockOffset = Date.now() - performance.now();
  #trustsHeartbeatsAt = Number.NEGATIVE_INFINITY;
  #hasTakenOver = false;
  #running: Promise<void> | undefined;

  constructor(options: AdoptionOptions) {
    this.#options = options;
  }

  /** Resolves when everything that can be taken over now has been handed on. Never rejects. */
  run(): Promise<void> {
    this.#running ??= this.#run()
      .catch((error: unknown) => this.#options.spool.refused(error))
      .finally(() => {
        this.#running = undefined;
      });
    return this.#running;
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** Whether a folder was taken over since this was last asked. */
  takeNews(): boolean {
    const hasNews = this.#hasTakenOver;
    this.#hasTakenOver = false;
    return hasNews;
  }

  /** Whether something has to be looked at again soon. */
  get isUnfinished(): boolean {
    return this.#unread.size > 0 || performance.now() < this.#trustsHeartbeatsAt;
  }

  async #run(): Promise<void> {
    const { spool } = this.#options;
    const own = spool.folder();
    if (!own || spool.root === undefined) return;
    const now = await fileSystemTime(join(own.path, HEARTBEAT_FILE));
    const trustsHeartbeats = this.#trustsHeartbeats();
    for (const name of await readdir(spool.root)) {
      const state = name === own.id ? 'running' : await folderState(spool.root, name, now);
      if (state !== 'ended' && !(state === 'silent' && trustsHeartbeats)) continue;
      const target = join(own.path, `${ADOPTED}${name}`);
      try {
        await rename(join(spool.root, name), target);
      } catch {
        // Another process was faster.
        continue;
      }
      this.#unread.set(target, new Set());
      this.#hasTakenOver = true;
    }
    for (const [path, handedOn] of this.#unread) {
      try {
        await this.#read(path, own.path, handedOn);
        this.#unread.delete(path);
      } catch (error) {
        if (isMissing(error)) this.#unread.delete(path);
        else this.#warn(path, error);
      }
    }
  }

  #trustsHeartbeats(): boolean {
    const offset = Date.now() - performance.now();
    if (Math.abs(offset - this.#clockOffset) > CLOCK_JUMP_MS)
      this.#trustsHeartbeatsAt = performance.now() + CONFIRM_AFTER_MS;
    this.#clockOffset = offset;
    return performance.now() >= this.#trustsHeartbeatsAt;
  }

  /** Hands on what a folder that is now ours holds, the folders that its owner had adopted included. @throws what the disk says. */
  async #read(path: string, ownPath: string, handedOn: Set<string>): Promise<void> {
    const names = await listNames(path);
    for (const name of names.filter((candidate) => candidate.startsWith(ADOPTED))) {
      // Side by side, not one in another: in a crash loop the path would grow until the system refuses it.
      const target = join(ownPath, name);
      await rename(join(path, name), target);
      this.#unread.set(target, new Set());
    }
    const files: SpoolFile[] = [];
    for await (const some of inTurns(names)) {
      for (const text of some) {
        const name = handedOn.has(text) ? undefined : parseSpoolName(text, this.#options.lanes);
        if (name) files.push({ text, name });
      }
    }
    const firstFormat = await readFirstFormat(path, files);
    const folder = { id: basename(path).slice(ADOPTED.length), path };
    const taken: AdoptedFolder = { folder, handedOn, firstFormat };
    const sealed = await this.#handOnBatches(taken, files);
    const errors: unknown[] = [];
    for (const { text, name } of files.filter((file) => file.name.kind === 'journal')) {
      // Its process died between the rename of the sealed batch and the removal of the journal.
      if (sealed.has(stemOf(name))) await removeFile(join(path, text)).catch(() => {});
      else await this.#sealJournal(taken, { text, name }).catch((error: unknown) => errors.push(error));
    }
    // One journal that the disk does not give, or cannot replace, does not keep the others.
    if (errors.length > 0) throw errors[0];
    for (const name of names) if (name.endsWith('.tmp')) await removeFile(join(path, name)).catch(() => {});
    await removeIfEmpty(path);
  }

  /**
   * Hands on the batches of a folder, without parts of those that are still whole: their process died before any of the parts was sent.
   *
   * @returns the keys of all batches.
   */
  async #handOnBatches(taken: AdoptedFolder, files: readonly SpoolFile[]): Promise<ReadonlySet<string>> {
    const keys = new Set<string>();
    for await (const some of inTurns(files))
      for (const { name } of some) if (name.kind === 'batch') keys.add(stemOf(name));
    for await (const some of inTurns(files)) {
      const whole: SpoolFile[] = [];
      for (const file of some.filter(({ name }) => name.kind === 'batch')) {
        if (wholesOf(file.name).some((key) => keys.has(key)))
          await removeFile(join(taken.folder.path, file.text)).catch(() => {});
        else whole.push(file);
      }
      this.#handOn(taken, whole);
    }
    return keys;
  }

  /** A batch is handed on as its name describes it: its bytes are read, and checked, when it is sent. */
  #handOn({ folder, handedOn, firstFormat }: AdoptedFolder, files: readonly SpoolFile[]): void {
    const { lanes, spool, onBatches } = this.#options;
    const byLane = new Map<string, StoredBatch[]>();
    for (const { name, text } of files) {
      handedOn.add(text);
      const definition = lanes[name.lane];
      const { sequence, bytes } = firstFormat.get(text) ?? name;
      // One of format 1 without a size is gone.
      if (bytes === undefined || !definition) continue;
      const batch = new StoredBatch(folder, name, { definition, sequence, bytes, isOnDisk: true });
      spool.noteSequence(sequence);
      const lane = byLane.get(name.lane) ?? [];
      lane.push(batch);
      byLane.set(name.lane, lane);
    }
    for (const [lane, batches] of byLane) onBatches(lane, batches.sort(compareNames));
  }

  async #sealJournal(taken: AdoptedFolder, { text, name }: SpoolFile): Promise<void> {
    const { folder, handedOn, firstFormat } = taken;
    const { lanes, spool, onBatches, onTorn } = this.#options;
    const path = join(folder.path, text);
    const { lane } = name;
    const definition = lanes[lane];
    if (!definition) return;
    let journal: ReturnType<typeof readJournal>;
    try {
      journal = readJournal((await readRegular(path)).toString());
    } catch (error) {
      if (isMissing(error)) return;
      if (!(error instanceof CorruptedFileError)) throw error;
      if (spool.root !== undefined) await setAside(spool.root, folder, text, error.message);
      return;
    }
    const { records, lost } = journal;
    if (lost > 0) onTorn(lane, lost);
    if (records.length > 0) {
      const body = await compress(joinRecords(records));
      const sealed: SpoolName = { ...name, kind: 'batch', records: records.length, bytes: body.length };
      const state = { definition, sequence: firstFormat.get(text)?.sequence ?? name.sequence };
      try {
        await writeWhole(pathOf(folder, sealed), body);
      } catch (error) {
        // A full disk: sent from memory, and the journal goes with the batch.
        const leftover = { path, holders: 1, isWhole: true };
        handedOn.add(text);
        onBatches(lane, [new StoredBatch(folder, sealed, { ...state, isOnDisk: false, body, leftover, isOurs: true })]);
        throw error;
      }
      spool.noteSequence(state.sequence);
      handedOn.add(batchName(sealed)).add(text);
      onBatches(lane, [new StoredBatch(folder, sealed, { ...state, isOnDisk: true })]);
    }
    await removeFile(path);
  }

  #warn(path: string, error: unknown): void {
    this.#options.warn(
      `What an ended process left in ${path} cannot be read (${reasonOf(error)}). It stays there and is tried again.`,
    );
  }
}

/** The keys of the batches that this one may be a part of. */
function wholesOf(name: SpoolName): string[] {
  const { marks } = name;
  return Array.from({ length: marks.length / 2 }, (_, index) => stemOf({ ...name, marks: marks.slice(0, index * 2) }));
}

/** All names at once, so that a listing that fails half-way counts as none; read in pieces, so that nothing else waits for it. */
async function listNames(path: string): Promise<string[]> {
  const names: string[] = [];
  const folder = await opendir(path, { bufferSize: NAMES_PER_TURN });
  for await (const { name } of folder) {
    names.push(name);
    if (names.length % NAMES_PER_TURN === 0) await nextTurn();
  }
  return names;
}

/** As many at a time as keep nothing else waiting. */
async function* inTurns<T>(items: readonly T[]): AsyncGenerator<readonly T[]> {
  for (let start = 0; start < items.length; start += NAMES_PER_TURN) {
    yield items.slice(start, start + NAMES_PER_TURN);
    await nextTurn();
  }
}

/** By the clock that stamps heartbeats: on a shared disk it is not ours. */
async function fileSystemTime(path: string): Promise<number> {
  return stat(path).then(
    ({ mtimeMs }) => Math.max(mtimeMs, 0),
    () => Date.now(),
  );
}
