import { uuid4 } from '@sentry/core';
import type { Sharers } from './budget-shares.ts';
import { addSuppressed, type KeptKind, type LeftBudget, openBudgetStore } from './budget-store.ts';
import { createFingerprinter } from './fingerprint.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** The longest month. */
const MONTH_MS = 31 * 24 * HOUR_MS;
/** How long suppressed errors wait for an event of their fingerprint before a summary announces them. */
const SUMMARY_AFTER_MS = HOUR_MS;
/** An event that is not in the lane by then was dropped by the SDK: a filter, a full buffer. */
const LOST_AFTER_MS = 5 * MINUTE_MS;
/** Shortest time between two rewrites of the store. */
const COMPACTION_INTERVAL_MS = 1000;
/** Fingerprints in the statistics, and in a line of the log. */
const MAX_LISTED = 20;
const MAX_LOGGED = 3;
/** Fingerprints that count separately: about a megabyte. The least recently used ones count together, as `other`. */
const MAX_KINDS = 500;
const OTHER = 'other';

/** Errors that were suppressed, and are announced by another event. */
export interface Suppressed {
  readonly count: number;
  /** The last of them, 20 at most. */
  readonly ids: readonly string[];
}

/** Whether an error is sent or counted. */
export interface Verdict {
  readonly isSuppressed: boolean;
  /** 12 hex digits, or `undefined` without a budget. */
  readonly fingerprint: string | undefined;
  /** Earlier errors that the event has to announce. */
  readonly suppressed: Suppressed;
}

/** Announces suppressed errors of a fingerprint that has no event to do so. */
export interface Summary extends Suppressed {
  readonly eventId: string;
  readonly fingerprint: string;
  readonly title: string;
}

/** The error budget since the start of the process. */
export interface ErrorBudgetStats {
  /** Errors and messages that were sent. */
  readonly reported: number;
  /** Errors and messages that were only counted. */
  readonly suppressed: number;
  /** Suppressed errors that no event has announced yet, those of earlier processes included. */
  readonly unannounced: number;
  /** Lines of earlier processes that could not be read. */
  readonly damaged: number;
  /** The most frequent fingerprints, 20 at most. */
  readonly byFingerprint: readonly {
    readonly fingerprint: string;
    readonly title: string;
    readonly reported: number;
    readonly suppressed: number;
  }[];
}

/** Decides which errors are sent. No function throws. */
export interface ErrorBudget {
  /**
   * Counts an error and decides on it. When it is not suppressed, the caller must give an event with this id to the SDK.
   *
   * @param place the route or job.
   * @param isCertain sends the error whatever is left, because the process ends of it. @default false
   */
  judge(error: unknown, eventId: string, place: string | undefined, isCertain?: boolean): Verdict;
  /** Whether an event with this id was decided on and is on its way. */
  expects(eventId: string | undefined): boolean;
  /** Confirms that the event is in the lane, which loses nothing. */
  settle(eventId: string): void;
  /** Takes back an event that will never be sent. */
  fail(eventId: string): void;
  /** Sends a summary for every fingerprint with unannounced errors. */
  announce(): void;
  /** Writes the counts of this loop turn, because the process ends. */
  commit(): void;
  stats(): ErrorBudgetStats;
  close(): void;
}

const NOTHING: Suppressed = { count: 0, ids: [] };
const UNLIMITED: Verdict = { isSuppressed: false, fingerprint: undefined, suppressed: NOTHING };

/** Sends every error. */
export const unlimited: ErrorBudget = {
  judge: () => UNLIMITED,
  expects: () => true,
  settle() {},
  fail() {},
  announce() {},
  commit() {},
  stats: () => ({ reported: 0, suppressed: 0, unannounced: 0, damaged: 0, byFingerprint: [] }),
  close() {},
};

/** A level of events that may be sent. */
export interface TokenBucket {
  /** Below 0 when something was sent that had to be. */
  level: number;
  /** When the level was calculated, milliseconds since the epoch. */
  at: number;
}

/** How fast a bucket fills. */
export interface Refill {
  readonly capacity: number;
  /** Milliseconds until there is room for one more. */
  readonly msEach: number;
}

/** Brings the level up to date. A clock that was set back adds nothing. */
export function refill(bucket: TokenBucket, { capacity, msEach }: Refill, now: number): void {
  bucket.level = Math.min(capacity, bucket.level + Math.max(0, now - bucket.at) / msEach);
  bucket.at = now;
}

/** How much may be sent. */
interface Limits {
  /** Events of one fingerprint. */
  readonly each: Refill;
  readonly total: Refill;
  /** The part of the total that is kept for new fingerprints. */
  readonly reserve: number;
}

/**
 * Spreads a month's errors over the month.
 *
 * - A fingerprint sends its first 10 errors, which shows whether they differ in user, release or input, and from then on one an hour: 24 a
 *   day are a sixth of the default budget's daily share, so that one lasting fault leaves room for five others.
 * - The total holds a tenth of the month at once: at the default of 5000 the first 10 errors of 50 different faults, which is a bad deploy, and
 *   still nine tenths are left for the rest of the month. The remainder trickles in, so that no 31 days see more than the budget.
 * - Half of the total is kept for new fingerprints: however long a storm lasts, the first error of another fault is seen.
 * - Processes that share the budget have equal parts of the total, and those of one service, in which the same faults occur, of the first
 *   errors of a fingerprint; at least one each, so that no process hides a fault that only it has.
 */
export function limitsFor(perMonth: number, { all, ofService }: Sharers = { all: 1, ofService: 1 }): Limits {
  const share = perMonth / all;
  const capacity = Math.max(1, Math.floor(share / 10));
  return {
    each: { capacity: Math.ceil(10 / ofService), msEach: HOUR_MS * ofService },
    total: { capacity, msEach: MONTH_MS / Math.max(0, share - capacity) },
    reserve: Math.floor(capacity / 2),
  };
}

export interface ErrorBudgetOptions {
  /** Maximum number of events in 31 days, of this process or of all that share the budget. */
  readonly perMonth: number;
  /** Begins to share: called once, it calls back whenever the number of processes changes, and returns how to leave. @default nobody shares */
  readonly share?: (onChange: (sharers: Sharers) => void) => () => void;
  /** Folder that keeps the counts over a restart. @default none: a restart forgets */
  readonly folder?: string | undefined;
  readonly send: (summary: Summary) => void;
  /** Called at most once a minute, with what was suppressed. */
  readonly log: (message: string) => void;
  /** Called for each problem with the store. */
  readonly warn: (message: string) => void;
}

interface Kind extends KeptKind {
  /** By this process. */
  reported: number;
  suppressed: number;
  suppressedThisMinute: number;
}

/**
 * Keeps a storm of errors from exhausting the month's quota: an event costs the SDK 2 ms and the account one of its errors, a suppressed error
 * some microseconds.
 *
 * **How it adds up.** Each error is either *reported*, by an event of its own, or *suppressed*. A suppressed error is announced exactly once, in
 * `contexts.suppressed` (`count`, and the last 20 of the `ids`) of the next event of its fingerprint, which every event carries as the tag
 * `fingerprint`. If none comes within an hour, or before the process closes, a *summary* announces it: a message with
 * `contexts.suppressed.summary`, itself no error. So for each fingerprint, over the events at the receiver, each id taken once:
 *
 *     errors judged = events that are no summary + sum of suppressed.count + stats().unannounced
 *
 * Hourly summaries wait until the budget has room; those at the end do not, and their overdraft is missing later.
 *
 * **After a kill.** Suppressed errors are on disk at the end of their loop turn. An event is on disk as in flight before the SDK gets it, and is struck
 * off right after the lane has it. An event that is in flight when the process dies counts as suppressed in the next process, with all that it should
 * have announced. Only a kill in the microseconds between two writes counts an event twice, never one too few: between those two, or between taking over
 * the state of an ended process and removing its file.
 */
export function createErrorBudget({ perMonth, share, folder, send, log, warn }: ErrorBudgetOptions): ErrorBudget {
  const fingerprintOf = createFingerprinter();
  let limits = limitsFor(perMonth);
  const total: TokenBucket = { level: limits.total.capacity, at: Date.now() };
  /** The least recently used one comes first. */
  const kinds = new Map<string, Kind>();
  const inFlight = new Map<string, Kind>();
  const store = openBudgetStore(folder, total, warn);
  let compactedAt = Date.now();
  let damaged = 0;

  safely(takeOver);
  const leave = share?.((sharers) => {
    limits = limitsFor(perMonth, sharers);
  });
  const timer = setInterval(() => safely(everyMinute), MINUTE_MS).unref();

  /** A budget that cannot count must stop neither an error nor the process. */
  function safely(act: () => void): void {
    try {
      act();
    } catch (error) {
      warn(`The error budget cannot count: ${error instanceof Error ? error.message : String(error)}.`);
    }
  }

  function kindOf(fingerprint: string, title: string, now: number): Kind {
    const kind = kinds.get(fingerprint) ?? newKind(fingerprint, title, limits.each.capacity, now);
    kinds.delete(fingerprint);
    kinds.set(fingerprint, kind);
    while (kinds.size > MAX_KINDS) foldOldest(now);
    return kind;
  }

  function foldOldest(now: number): void {
    const [first, second] = kinds.values();
    const oldest = first?.fingerprint === OTHER ? second : first;
    if (!oldest) return;
    kinds.delete(oldest.fingerprint);
    const other = kinds.get(OTHER) ?? newKind(OTHER, 'errors of many kinds', limits.each.capacity, now);
    kinds.set(OTHER, other);
    for (const counter of ['reported', 'suppressed', 'suppressedThisMinute'] as const)
      other[counter] += oldest[counter];
    for (const { eventId } of oldest.inFlight) inFlight.set(eventId, other);
    other.inFlight.push(...oldest.inFlight.splice(0));
    suppress(other, oldest.unannounced, oldest.ids, now);
    Object.assign(oldest, { unannounced: 0, ids: [] });
    store.append(oldest);
  }

  function suppress(kind: Kind, count: number, ids: readonly string[], now: number): void {
    addSuppressed(kind, count, ids, now);
    store.append(kind);
  }

  /** Prepares an event that announces all suppressed errors of its kind. It is on disk before the SDK can have sent it. */
  function prepare(kind: Kind, eventId: string, isSummary: boolean, now: number): Suppressed {
    const { unannounced: count, ids } = kind;
    refill(total, limits.total, now);
    total.level--;
    kind.unannounced = 0;
    kind.ids = [];
    kind.inFlight.push({ eventId, isSummary, count, ids, at: now });
    inFlight.set(eventId, kind);
    store.append(kind);
    store.commit();
    return { count, ids };
  }

  function land(eventId: string) {
    const kind = inFlight.get(eventId);
    const at = kind?.inFlight.findIndex((event) => event.eventId === eventId) ?? -1;
    const [event] = kind?.inFlight.splice(at, at === -1 ? 0 : 1) ?? [];
    inFlight.delete(eventId);
    if (!kind || !event) return undefined;
    store.append(kind);
    return { kind, event };
  }

  function judge(error: unknown, eventId: string, place: string | undefined, isCertain: boolean): Verdict {
    const now = Date.now();
    const { id: fingerprint, title } = fingerprintOf(error, place);
    const kind = kindOf(fingerprint, title, now);
    kind.title ||= title;
    const { bucket } = kind;
    const { each, reserve } = limits;
    refill(bucket, each, now);
    refill(total, limits.total, now);
    const isQuiet = bucket.level >= each.capacity;
    const isNew = isQuiet || kind.taken < each.capacity;
    const isDue = bucket.level >= 1 || kind.since >= 2 ** kind.step;
    if (isCertain || (isDue && total.level >= (isNew ? 1 : 1 + reserve))) {
      if (isQuiet) Object.assign(kind, { taken: 0, step: 0 });
      if (bucket.level >= 1) bucket.level--;
      else kind.step++;
      kind.reported++;
      kind.taken++;
      kind.since = 0;
      return { isSuppressed: false, fingerprint, suppressed: prepare(kind, eventId, false, now) };
    }
    kind.suppressed++;
    kind.suppressedThisMinute++;
    kind.since++;
    addSuppressed(kind, 1, [eventId], now);
    store.append(kind, eventId);
    if (store.isLong && Math.abs(now - compactedAt) > COMPACTION_INTERVAL_MS) compact();
    return { isSuppressed: true, fingerprint, suppressed: NOTHING };
  }

  function fail(eventId: string): void {
    const { kind, event } = land(eventId) ?? {};
    if (!kind || !event) return;
    const { count, ids } = withLost(event);
    suppress(kind, count, ids, Date.now());
    if (event.isSummary) return;
    kind.reported--;
    kind.suppressed++;
  }

  function announce(kind: Kind): void {
    const { fingerprint, title } = kind;
    const eventId = uuid4();
    const suppressed = prepare(kind, eventId, true, Date.now());
    try {
      send({ eventId, fingerprint, title, ...suppressed });
    } catch {
      fail(eventId);
    }
  }

  function unannounced(): Kind[] {
    const found = [...kinds.values()].filter((kind) => kind.unannounced > 0);
    return found.sort((one, other) => other.unannounced - one.unannounced);
  }

  function everyMinute(): void {
    const now = Date.now();
    for (const { inFlight: events } of [...kinds.values()]) {
      for (const { eventId, at } of [...events]) if (now - at > LOST_AFTER_MS) fail(eventId);
    }
    takeOver();
    for (const kind of unannounced()) {
      refill(total, limits.total, now);
      if (now - kind.waitingSince >= SUMMARY_AFTER_MS && total.level >= 1) announce(kind);
    }
    reportMinute();
  }

  function reportMinute(): void {
    const recent = [...kinds.values()].filter((kind) => kind.suppressedThisMinute > 0);
    if (recent.length === 0) return;
    recent.sort((one, other) => other.suppressedThisMinute - one.suppressedThisMinute);
    const count = recent.reduce((sum, kind) => sum + kind.suppressedThisMinute, 0);
    const listed = recent
      .slice(0, MAX_LOGGED)
      .map((kind) => `${kind.suppressedThisMinute} × ${kind.title} (${kind.fingerprint})`);
    const rest = recent.length > MAX_LOGGED ? `, and ${recent.length - MAX_LOGGED} more kinds` : '';
    log(
      `${count} errors of the last minute were counted and not sent: ${listed.join(', ')}${rest}. SENTRY_ERROR_BUDGET_PER_MONTH sets how many are.`,
    );
    for (const kind of recent) kind.suppressedThisMinute = 0;
  }

  function takeOver(): void {
    const found = store.takeOver();
    for (const left of found) absorb(left, Date.now());
    const damagedNow = found.reduce((sum, left) => sum + left.damaged, 0);
    damaged += damagedNow;
    if (damagedNow > 0) {
      warn(`${damagedNow} lines of the error budget were damaged and are left out: a few errors may not be counted.`);
    }
    // This also removes damaged lines, so that none is read again.
    if (found.length > 0 || store.isLong) compact();
  }

  /** Merges the state of an ended process. What it has spent is spent, and its events in flight are lost. */
  function absorb(left: LeftBudget, now: number): void {
    refill(total, limits.total, now);
    // However far it was overdrawn: a damaged level must not silence a process for months.
    const theirLevel = { ...left.total, level: Math.max(-limits.total.capacity, left.total.level) };
    refill(theirLevel, limits.total, now);
    total.level = Math.min(total.level, theirLevel.level);
    for (const theirs of left.kinds) {
      const ours = kindOf(theirs.fingerprint, theirs.title, now);
      for (const { bucket } of [ours, theirs]) refill(bucket, limits.each, now);
      ours.bucket.level = Math.min(ours.bucket.level, theirs.bucket.level);
      for (const counter of ['taken', 'step', 'since'] as const)
        ours[counter] = Math.max(ours[counter], theirs[counter]);
      for (const { count, ids } of [{ count: theirs.unannounced, ids: theirs.ids }, ...theirs.inFlight.map(withLost)]) {
        if (count > 0) suppress(ours, count, ids, now);
      }
    }
  }

  function compact(): void {
    compactedAt = Date.now();
    store.replace(kinds.values());
  }

  return {
    judge(error, eventId, place, isCertain = false) {
      let verdict = UNLIMITED;
      safely(() => {
        verdict = judge(error, eventId, place, isCertain);
      });
      return verdict;
    },
    expects: (eventId) => eventId !== undefined && inFlight.has(eventId),
    settle(eventId) {
      if (land(eventId)) store.commit();
    },
    fail,
    announce() {
      for (const kind of unannounced()) announce(kind);
    },
    commit: () => store.commit(),
    stats: () => ({ ...statsOf([...kinds.values()]), damaged }),
    close() {
      clearInterval(timer);
      leave?.();
      reportMinute();
      store.close();
    },
  };
}

function newKind(fingerprint: string, title: string, level: number, now: number): Kind {
  const counters = { taken: 0, step: 0, since: 0, unannounced: 0, reported: 0, suppressed: 0, suppressedThisMinute: 0 };
  return { fingerprint, title, bucket: { level, at: now }, ids: [], inFlight: [], waitingSince: now, ...counters };
}

/** The errors that an event in flight stands for: once it is lost, they have to be announced by another one. */
function withLost({ eventId, isSummary, count, ids }: KeptKind['inFlight'][number]): Suppressed {
  return isSummary ? { count, ids } : { count: count + 1, ids: [...ids, eventId] };
}

function statsOf(kinds: readonly Kind[]): Omit<ErrorBudgetStats, 'damaged'> {
  const sum = (key: 'reported' | 'suppressed' | 'unannounced') => kinds.reduce((total, kind) => total + kind[key], 0);
  const byFingerprint = kinds
    .filter(({ reported, suppressed }) => reported + suppressed > 0)
    .sort((one, other) => other.reported + other.suppressed - one.reported - one.suppressed)
    .slice(0, MAX_LISTED)
    .map(({ fingerprint, title, reported, suppressed }) => ({ fingerprint, title, reported, suppressed }));
  return { reported: sum('reported'), suppressed: sum('suppressed'), unannounced: sum('unannounced'), byFingerprint };
}
