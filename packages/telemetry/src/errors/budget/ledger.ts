import { refill, type TokenBucket } from '../../token-bucket.ts';
import type { Limits } from './limits.ts';

/** Suppressed ids that are remembered of each fingerprint, the newest last. */
const MAX_IDS = 20;
/** Fingerprints that are told apart: about a megabyte. */
const MAX_FINGERPRINTS = 500;
/** Under what the counts of forgotten fingerprints are kept. */
export const OTHER = 'other';

/** Errors that were suppressed, and are told of with another event. */
export interface Suppressed {
  readonly count: number;
  /** The last of them, 20 at most. */
  readonly ids: readonly string[];
}

/** What is known of one fingerprint. */
export interface Entry {
  readonly fingerprint: string;
  title: string;
  readonly bucket: TokenBucket;
  /** Sent since it was new, or quiet for long. */
  taken: number;
  /** Once the bucket is empty one in 2^step is sent. */
  step: number;
  /** Suppressed since one was sent. */
  since: number;
  /** Suppressed, and in no event yet. */
  unannounced: number;
  ids: string[];
  /** Since when, milliseconds since the epoch. */
  waitingSince: number;
  /** By this process. */
  reported: number;
  suppressed: number;
}

/** An event that was given to the SDK, and is not in the lane yet. */
export interface InFlight extends Suppressed {
  readonly fingerprint: string;
  /** A summary tells of others and is no error itself. */
  readonly isSummary: boolean;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/**
 * The books of the error budget: what was sent and suppressed, by fingerprint. Each error is in exactly one place: in flight, sent, or suppressed
 * and either announced or not. Every change follows from its arguments alone, so that the same calls give the same books again.
 */
export class Ledger {
  /** May change with the number of processes that share them. */
  limits: Limits;
  readonly total: TokenBucket;
  /** The one used last is last. */
  readonly entries = new Map<string, Entry>();
  readonly inFlight = new Map<string, InFlight>();

  constructor(limits: Limits, now: number) {
    this.limits = limits;
    this.total = { level: limits.total.capacity, at: now };
  }

  /** The entry of a fingerprint, made when it is new; then the one unused for longest may have to go. */
  entry(fingerprint: string, now: number): Entry {
    let entry = this.entries.get(fingerprint);
    if (entry) this.entries.delete(fingerprint);
    else entry = this.#newEntry(fingerprint, now);
    this.entries.set(fingerprint, entry);
    while (this.entries.size > MAX_FINGERPRINTS) this.#foldOldest(now);
    return entry;
  }

  /** Whether the next error of this fingerprint is worth an event. Changes nothing but the time of the levels. */
  isDue(entry: Entry, now: number): boolean {
    const { each, total, reserve } = this.limits;
    refill(entry.bucket, each, now);
    refill(this.total, total, now);
    const isQuiet = entry.bucket.level >= each.capacity;
    const isDue = entry.bucket.level >= 1 || entry.since >= 2 ** entry.step;
    const isNew = isQuiet || entry.taken < each.capacity;
    return isDue && this.total.level >= (isNew ? 1 : 1 + reserve);
  }

  /** Whether the total allows for another event. */
  hasRoom(now: number): boolean {
    refill(this.total, this.limits.total, now);
    return this.total.level >= 1;
  }

  suppress(fingerprint: string, eventId: string, now: number): void {
    const entry = this.entry(fingerprint, now);
    entry.suppressed++;
    entry.since++;
    keep(entry, { count: 1, ids: [eventId] }, now);
  }

  /** Gives an error to the SDK, with all that its fingerprint has to tell. */
  report(fingerprint: string, eventId: string, now: number): Suppressed {
    const entry = this.entry(fingerprint, now);
    const { bucket } = entry;
    refill(bucket, this.limits.each, now);
    if (bucket.level >= this.limits.each.capacity) {
      entry.taken = 0;
      entry.step = 0;
    }
    if (bucket.level >= 1) bucket.level--;
    else entry.step++;
    entry.reported++;
    entry.taken++;
    entry.since = 0;
    return this.#send(entry, eventId, false, now);
  }

  /** Gives a summary to the SDK: all that a fingerprint has to tell, without an error of its own. */
  announce(fingerprint: string, eventId: string, now: number): Suppressed {
    return this.#send(this.entry(fingerprint, now), eventId, true, now);
  }

  /** The event is in the lane, which loses nothing. */
  settle(eventId: string): boolean {
    return this.inFlight.delete(eventId);
  }

  /** The event will never be sent: its error is suppressed after all, and what it told of has to be told by another. */
  fail(eventId: string, now: number): void {
    const lost = this.inFlight.get(eventId);
    if (!lost) return;
    this.inFlight.delete(eventId);
    const entry = this.entry(lost.fingerprint, now);
    keep(entry, suppressedBy(eventId, lost), now);
    if (lost.isSummary) return;
    entry.reported--;
    entry.suppressed++;
  }

  /** Adds the books of a process that has ended, whose unsent events are lost. What it has spent is spent. */
  absorb(other: Ledger, now: number): void {
    for (const { total, limits } of [this, other]) refill(total, limits.total, now);
    this.total.level = Math.min(this.total.level, other.total.level);
    for (const theirs of other.entries.values()) {
      refill(theirs.bucket, this.limits.each, now);
      const ours = this.entry(theirs.fingerprint, now);
      refill(ours.bucket, this.limits.each, now);
      ours.title ||= theirs.title;
      ours.bucket.level = Math.min(ours.bucket.level, theirs.bucket.level);
      ours.taken = Math.max(ours.taken, theirs.taken);
      ours.step = Math.max(ours.step, theirs.step);
      ours.since = Math.max(ours.since, theirs.since);
      if (theirs.unannounced > 0) keep(ours, { count: theirs.unannounced, ids: theirs.ids }, now);
    }
    for (const [eventId, lost] of other.inFlight) {
      keep(this.entry(lost.fingerprint, now), suppressedBy(eventId, lost), now);
    }
  }

  #send(entry: Entry, eventId: string, isSummary: boolean, now: number): Suppressed {
    const { fingerprint, unannounced: count, ids } = entry;
    refill(this.total, this.limits.total, now);
    this.total.level--;
    entry.unannounced = 0;
    entry.ids = [];
    this.inFlight.set(eventId, { fingerprint, isSummary, count, ids, at: now });
    return { count, ids };
  }

  #newEntry(fingerprint: string, now: number): Entry {
    const counts = { taken: 0, step: 0, since: 0, unannounced: 0, reported: 0, suppressed: 0 };
    const bucket = { level: this.limits.each.capacity, at: now };
    return { fingerprint, title: '', bucket, ...counts, ids: [], waitingSince: now };
  }

  #foldOldest(now: number): void {
    const [first, second] = this.entries.values();
    const oldest = first?.fingerprint === OTHER ? second : first;
    if (!oldest) return;
    this.entries.delete(oldest.fingerprint);
    const other = this.entries.get(OTHER) ?? this.#newEntry(OTHER, now);
    this.entries.set(OTHER, other);
    other.title = 'errors of many kinds';
    other.reported += oldest.reported;
    other.suppressed += oldest.suppressed;
    if (oldest.unannounced > 0) keep(other, { count: oldest.unannounced, ids: oldest.ids }, now);
  }
}

function keep(entry: Entry, { count, ids }: Suppressed, now: number): void {
  if (entry.unannounced === 0) entry.waitingSince = now;
  entry.unannounced += count;
  entry.ids.push(...ids);
  if (entry.ids.length > MAX_IDS) entry.ids.splice(0, entry.ids.length - MAX_IDS);
}

function suppressedBy(eventId: string, { isSummary, count, ids }: InFlight): Suppressed {
  return isSummary ? { count, ids } : { count: count + 1, ids: [...ids, eventId] };
}
