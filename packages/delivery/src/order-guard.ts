import { join } from 'node:path';
import { readJournal, readText, splitRecords } from './body.ts';
import type { LaneContext } from './lane.ts';
import type { LaneDefinition, Lanes } from './lanes.ts';
import { isSuspect, letsOthersGoFirst } from './retry-policy.ts';
import type { StoredBatch } from './spool/batch.ts';
import { compareNames, namesIn, parseSpoolName, readRegular, type SpoolName } from './spool/files.ts';
import { ownerOf } from './spool/owners.ts';
import { ADOPTED } from './spool/spool.ts';

/** Batches looked at for one to send; a limit to the work of one look. */
const MAX_CANDIDATES = 50;
/** Choices made again because a batch was taken out meanwhile, before the sender looks again by itself. */
const MAX_CHOICES = 20;

interface OrderGuardOptions extends Pick<LaneContext, 'lane' | 'spool' | 'backlog' | 'now'> {
  readonly lanes: Lanes;
  readonly subjectOf: NonNullable<LaneDefinition['subjectOf']>;
  /** Takes over what ended processes left; resolves when it is in the backlog. */
  readonly adopt: () => Promise<void>;
  /** Resolves when nothing is being taken over: meanwhile it is in no queue and in nobody else's folder. */
  readonly adopted: () => Promise<void>;
}

/** A file of the lane in another process's folder. */
interface ForeignFile {
  readonly path: string;
  readonly name: SpoolName;
}

/**
 * Keeps the order of each person's records over all processes that share a spool: a batch may go once nothing older of the same people waits, in this
 * process or in another one's folder.
 */
export class OrderGuard {
  /** Delay before looking again while older records of another process are waited for. */
  readonly retryMs = 250;
  readonly #options: OrderGuardOptions;
  /** Taken out to be rewritten. */
  #held: StoredBatch | undefined;
  #whenReleased: Promise<void> = Promise.resolve();
  #endHold: () => void = () => {};
  /** The oldest one that was held since the choice of the next batch began. */
  #oldestHeld: StoredBatch | undefined;
  /** Of sealed batches, which do not change. */
  #foreignSubjects = new Map<string, ReadonlySet<string>>();

  constructor(options: OrderGuardOptions) {
    this.#options = options;
  }

  /** Says that a batch is taken out of the backlog to be rewritten: nothing younger may overtake it. */
  hold(batch: StoredBatch): void {
    this.#held = batch;
    this.#whenReleased = new Promise((resolve) => {
      this.#endHold = resolve;
    });
    if (!this.#oldestHeld || compareNames(batch, this.#oldestHeld) < 0) this.#oldestHeld = batch;
  }

  release(): void {
    this.#held = undefined;
    this.#endHold();
  }

  /** Takes the next batch that may go out of the backlog; `undefined` while there is none. */
  async next(): Promise<StoredBatch | undefined> {
    const { backlog, adopt, adopted } = this.#options;
    await adopted();
    let foreign = await this.#foreignFiles();
    if (foreign.length > 0) {
      await adopt();
      foreign = await this.#foreignFiles();
    }
    for (let choice = 0; choice < MAX_CHOICES; choice++) {
      await this.#whenReleased;
      this.#oldestHeld = this.#held;
      const batch = await this.#choose(foreign);
      if (!batch) return undefined;
      const isOvertaking = this.#oldestHeld !== undefined && compareNames(batch, this.#oldestHeld) >= 0;
      if (!isOvertaking && backlog.remove(batch)) return batch;
    }
    return undefined;
  }

  /** Records older than a batch, of the same people, that were kept time and again. */
  async suspectsBefore(batch: StoredBatch): Promise<readonly StoredBatch[]> {
    const { backlog, lane, now } = this.#options;
    const suspects = backlog
      .batches(lane)
      .slice(0, MAX_CANDIDATES)
      .filter((other) => isSuspect(other, now()) && compareNames(other, batch) < 0);
    const found: StoredBatch[] = [];
    for (const suspect of suspects) {
      const [theirs, own] = await Promise.all([subjectsOf(suspect), subjectsOf(batch)]);
      if (theirs && own && !isDisjoint(theirs, own)) found.push(suspect);
    }
    return found;
  }

  async #choose(foreign: readonly ForeignFile[]): Promise<StoredBatch | undefined> {
    const { backlog, lane, now } = this.#options;
    const waitingFor = new Set<string>();
    /** People of whom only records wait that were kept time and again. */
    const suspected = new Set<string>();
    /** With nothing else to send, one that failed repeatedly is tried again: the one that failed least. */
    let lastResort: StoredBatch | undefined;
    /** One that overtakes suspects that have just failed. Its delivery convicts them, and they are rejected; in an outage it is kept as well. */
    let probe: StoredBatch | undefined;
    for (const batch of backlog.batches(lane).slice(0, MAX_CANDIDATES)) {
      const older = foreign.filter(({ name }) => name.sequence < batch.sequence);
      const mustWait = letsOthersGoFirst(batch) || batch.notBefore > now();
      if (older.length === 0 && waitingFor.size + suspected.size === 0 && !mustWait) return batch;
      const subjects = await subjectsOf(batch);
      // Whoever sends it finds out what is wrong with it.
      if (!subjects) return batch;
      const mayOvertake = isDisjoint(subjects, waitingFor) && !(await this.#arePreceded(subjects, older));
      const isFree = mayOvertake && isDisjoint(subjects, suspected);
      if (isFree && !mustWait) return batch;
      const isDue = batch.notBefore <= now();
      if (isFree && isDue) lastResort = lessFailed(lastResort, batch);
      if (mayOvertake && isDue) probe = lessFailed(probe, batch);
      const standsBack = mayOvertake && !isDue && isSuspect(batch, now());
      for (const subject of subjects) (standsBack ? suspected : waitingFor).add(subject);
    }
    return lastResort ?? probe;
  }

  async #arePreceded(subjects: ReadonlySet<string>, older: readonly ForeignFile[]): Promise<boolean> {
    for (const file of older) if (!isDisjoint(subjects, await this.#subjectsIn(file))) return true;
    return false;
  }

  async #subjectsIn({ path, name }: ForeignFile): Promise<ReadonlySet<string>> {
    const known = this.#foreignSubjects.get(path);
    if (known) return known;
    try {
      const bytes = await readRegular(path);
      const records =
        name.kind === 'journal'
          ? readJournal(bytes.toString()).records
          : splitRecords(await readText(bytes), name.records);
      const subjects = new Set(records.map(this.#options.subjectOf));
      if (name.kind === 'batch') this.#foreignSubjects.set(path, subjects);
      return subjects;
    } catch {
      // Delivered meanwhile, or damaged: nothing of it will arrive.
      return new Set();
    }
  }

  async #foreignFiles(): Promise<ForeignFile[]> {
    const { root } = this.#options.spool;
    if (root === undefined) return [];
    const own = this.#options.spool.folder()?.id;
    const owners = (await namesIn(root)).filter((name) => name !== own && ownerOf(name));
    const files = (await Promise.all(owners.map((name) => this.#filesIn(join(root, name))))).flat();
    const paths = new Set(files.map(({ path }) => path));
    for (const path of this.#foreignSubjects.keys()) if (!paths.has(path)) this.#foreignSubjects.delete(path);
    return files;
  }

  async #filesIn(folder: string): Promise<ForeignFile[]> {
    const names = await namesIn(folder);
    const nested = names.filter((name) => name.startsWith(ADOPTED)).map((name) => this.#filesIn(join(folder, name)));
    const files = names.flatMap((text): ForeignFile[] => {
      const name = text.startsWith(`${this.#options.lane}-`) ? parseSpoolName(text, this.#options.lanes) : undefined;
      return name ? [{ path: join(folder, text), name }] : [];
    });
    return [...files, ...(await Promise.all(nested)).flat()];
  }
}

function subjectsOf(batch: StoredBatch): Promise<ReadonlySet<string> | undefined> {
  return batch.subjects().catch(() => undefined);
}

/** The first of those that failed least. */
function lessFailed(one: StoredBatch | undefined, other: StoredBatch): StoredBatch {
  return one && one.failures <= other.failures ? one : other;
}

function isDisjoint(some: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  for (const each of some) if (others.has(each)) return false;
  return true;
}
