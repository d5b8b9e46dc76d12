import { uuid4 } from '@sentry/core';
import type { BudgetStore } from './budget/budget-store.ts';
import { createFamilies } from './budget/families.ts';
import { createFingerprinter } from './budget/fingerprint.ts';
import { type Entry, Ledger, OTHER, type Suppressed } from './budget/ledger.ts';
import { lines, replay, snapshot } from './budget/ledger-log.ts';
import { limitsFor } from './budget/limits.ts';
import type { Sharers } from './budget/shares.ts';
import type { Summary } from './budget/summary.ts';

const MINUTE_MS = 60_000;
/** How long suppressed errors wait for an event of their fingerprint to tell of them. */
const SUMMARY_AFTER_MS = 60 * MINUTE_MS;
/** An event that is not in the lane by then was dropped by the SDK: a filter, a full buffer. */
const LOST_AFTER_MS = 5 * MINUTE_MS;
/** Between two attempts to make the store shorter. */
const COMPACTION_INTERVAL_MS = 1000;
/** Fingerprints in the statistics, and in a line of the log. */
const MAX_LISTED = 20;
const MAX_LOGGED = 3;
/** Fingerprints that are told apart within a minute. */
const MAX_OF_MINUTE = 500;

/** What becomes of an error. */
export interface Verdict {
  readonly isSuppressed: boolean;
  /** 12 hex digits, or `undefined` without a budget. */
  readonly fingerprint: string | undefined;
  /** Earlier errors that the event has to tell of. */
  readonly suppressed: Suppressed;
}

/** What the budget has done since the start of the process. */
export interface ErrorBudgetStats {
  /** Errors and messages that were sent whole. */
  readonly reported: number;
  /** Those that were only counted. */
  readonly suppressed: number;
  /** Suppressed ones that no event has told of yet, those of earlier processes included. */
  readonly unannounced: number;
  /** Lines of earlier processes that could not be read. */
  readonly damaged: number;
  /** The most frequent ones, 20 at most. */
  readonly byFingerprint: readonly {
    readonly fingerprint: string;
    readonly title: string;
    readonly reported: number;
    readonly suppressed: number;
  }[];
}

/** Decides which errors are worth an event. Nothing of it throws. */
export interface ErrorBudget {
  /**
   * Counts an error, and decides about it. When it is not suppressed, an event with this id must be given to the SDK.
   *
   * @param place the route or job.
   * @param isCertain sent whatever is left: the process ends of it.
   */
  judge(error: unknown, eventId: string, place: string | undefined, isCertain?: boolean): Verdict;
  /** Whether an event with this id was decided on, and is on its way. */
  expects(eventId: string | undefined): boolean;
  /** The event is in the lane, from which nothing is lost. */
  settle(eventId: string): void;
  /** There will be no such event after all. */
  fail(eventId: string): void;
  /** Sends a summary for every fingerprint of which suppressed errors wait to be told of. */
  announce(): void;
  /** Keeps what this turn has counted: the process ends. */
  commit(): void;
  stats(): ErrorBudgetStats;
  close(): void;
}

const NOTHING: Suppressed = { count: 0, ids: [] };
const UNLIMITED: Verdict = { isSuppressed: false, fingerprint: undefined, suppressed: NOTHING };

/** No budget: every error is sent. */
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

export interface ErrorBudgetOptions {
  /** Events in 31 days at most, of this process, or of all that it shares them with. */
  readonly perMonth: number;
  /** Begins to share: called once, it calls back whenever the number of processes changes, and returns how to leave. @default nobody shares */
  readonly share?: (onChange: (sharers: Sharers) => void) => () => void;
  readonly store: BudgetStore;
  readonly send: (summary: Summary) => void;
  /** Told once a minute when something was suppressed. */
  readonly warn: (message: string) => void;
}

/**
 * Keeps a storm of errors from spending the month's quota: an event costs the SDK 2 ms and the account one of its errors, a suppressed error
 * some microseconds. See `limitsFor` for how much is sent.
 *
 * **How it adds up.** Each error that is judged is either *reported*, by an event of its own, or *suppressed*. A suppressed one is told of exactly
 * once, in `contexts.suppressed` (`count`, and the last 20 of their `ids`) of the next event of its fingerprint, which every event bears as the
 * tag `fingerprint`. If none comes within an hour, or before the process closes, a *summary* tells of it: a message with
 * `contexts.suppressed.summary`, itself no error. So for each fingerprint, over the events at the receiver, each id taken once:
 *
 *     errors judged = events that are no summary + sum of suppressed.count + what stats().unannounced still holds
 *
 * A summary counts against the budget; the hourly ones wait until it has room, those at the end do not, and what they overdraw is missing later.
 *
 * **After a kill.** Suppressed errors are on disk at the end of their loop turn. An event is in the books before the SDK gets it, and is struck off
 * right after the lane has it on disk; what is in the books but not struck off when the process dies is lost, so the next process counts it as
 * suppressed, together with all that it should have told of. Only a kill in the microseconds between those two writes counts an event twice, never
 * one too few. Of more than 500 fingerprints the ones unused for longest are told of together, as `other`.
 */
export function createErrorBudget({ perMonth, share, store, send, warn }: ErrorBudgetOptions): ErrorBudget {
  const fingerprintOf = createFingerprinter();
  const families = createFamilies();
  const ledger = new Ledger(limitsFor(perMonth), Date.now());
  const ofMinute = new Map<string, number>();
  let compactedAt = Date.now();
  let damaged = 0;

  safely(takeOver);
  const leave = share?.((sharers) => {
    ledger.limits = limitsFor(perMonth, sharers);
  });
  const timer = setInterval(() => safely(everyMinute), MINUTE_MS).unref();

  /** Books that cannot be kept must stop neither an error nor the process. */
  function safely(act: () => void): void {
    try {
      act();
    } catch (error) {
      warn(`The error budget cannot keep its books: ${error instanceof Error ? error.message : String(error)}.`);
    }
  }

  function takeOver(): void {
    const logs = store.takeOver();
    let damagedNow = 0;
    for (const log of logs) {
      const left = replay(log, ledger.limits, Date.now());
      ledger.absorb(left.ledger, Date.now());
      damagedNow += left.damaged;
    }
    if (damagedNow > 0) {
      damaged += damagedNow;
      warn(`${damagedNow} lines of the error budget were damaged and are left out: a few errors may not be counted.`);
    }
    // Also damaged lines are gone with it, so that none is read again.
    if (logs.length > 0 || store.isLong) compact();
  }

  function compact(): void {
    compactedAt = Date.now();
    store.replace(snapshot(ledger));
  }

  function entryOf(fingerprint: string, title: string, at: number): Entry {
    const entry = ledger.entry(fingerprint, at);
    if (entry.title === '') {
      entry.title = title;
      store.append(lines.named(fingerprint, title));
    }
    return entry;
  }

  function judge(error: unknown, eventId: string, place: string | undefined, isCertain = false): Verdict {
    const at = Date.now();
    const { id, ...kind } = fingerprintOf(error, place);
    const fingerprint = families.representativeOf(id, kind.families, at);
    const title = fingerprint === id ? kind.title : `${kind.title.split(' in ')[0]} of many kinds`;
    const entry = entryOf(fingerprint, title, at);
    if (ledger.isDue(entry, at) || isCertain) {
      const suppressed = ledger.report(fingerprint, eventId, at);
      store.append(lines.reported(fingerprint, eventId, at));
      // Before the SDK can have sent it: what it tells of must not be told again.
      store.commit();
      return { isSuppressed: false, fingerprint, suppressed };
    }
    ledger.suppress(fingerprint, eventId, at);
    store.append(lines.suppressed(fingerprint, eventId));
    countOfMinute(fingerprint);
    if (store.isLong && Math.abs(at - compactedAt) > COMPACTION_INTERVAL_MS) compact();
    return { isSuppressed: true, fingerprint, suppressed: NOTHING };
  }

  function countOfMinute(fingerprint: string): void {
    const key = ofMinute.has(fingerprint) || ofMinute.size < MAX_OF_MINUTE ? fingerprint : OTHER;
    ofMinute.set(key, (ofMinute.get(key) ?? 0) + 1);
  }

  function tellOfMinute(): void {
    if (ofMinute.size === 0) return;
    const sorted = [...ofMinute].sort(([, one], [, other]) => other - one);
    const total = sorted.reduce((sum, [, count]) => sum + count, 0);
    const listed = sorted
      .slice(0, MAX_LOGGED)
      .map(([fingerprint, count]) => `${count} × ${ledger.entries.get(fingerprint)?.title ?? ''} (${fingerprint})`);
    const rest = sorted.length > MAX_LOGGED ? `, and ${sorted.length - MAX_LOGGED} more kinds` : '';
    warn(
      `${total} errors of the last minute were counted and not sent: ${listed.join(', ')}${rest}. SENTRY_ERROR_BUDGET_PER_MONTH sets how many are.`,
    );
    ofMinute.clear();
  }

  function settle(eventId: string): void {
    if (!ledger.settle(eventId)) return;
    store.append(lines.settled(eventId));
    store.commit();
  }

  function fail(eventId: string): void {
    ledger.fail(eventId, Date.now());
    store.append(lines.failed(eventId));
  }

  function announceOne({ fingerprint, title }: Entry): void {
    const eventId = uuid4();
    const suppressed = ledger.announce(fingerprint, eventId, Date.now());
    store.append(lines.announced(fingerprint, eventId, Date.now()));
    store.commit();
    try {
      send({ eventId, fingerprint, title, ...suppressed });
    } catch {
      fail(eventId);
    }
  }

  function waiting(): Entry[] {
    const entries = [...ledger.entries.values()].filter(({ unannounced }) => unannounced > 0);
    return entries.sort((one, other) => other.unannounced - one.unannounced);
  }

  function everyMinute(): void {
    const at = Date.now();
    for (const [eventId, { at: since }] of ledger.inFlight) if (at - since > LOST_AFTER_MS) fail(eventId);
    takeOver();
    for (const entry of waiting()) {
      if (at - entry.waitingSince >= SUMMARY_AFTER_MS && ledger.hasRoom(at)) announceOne(entry);
    }
    tellOfMinute();
  }

  return {
    judge(...error) {
      try {
        return judge(...error);
      } catch (failure) {
        safely(() => {
          throw failure;
        });
        return UNLIMITED;
      }
    },
    expects: (eventId) => eventId !== undefined && ledger.inFlight.has(eventId),
    settle,
    fail,
    announce() {
      for (const entry of waiting()) announceOne(entry);
    },
    commit: () => store.commit(),
    stats: () => ({ ...statsOf([...ledger.entries.values()]), damaged }),
    close() {
      clearInterval(timer);
      leave?.();
      tellOfMinute();
      store.close();
    },
  };
}

function statsOf(entries: readonly Entry[]): Omit<ErrorBudgetStats, 'damaged'> {
  const sum = (key: 'reported' | 'suppressed' | 'unannounced') =>
    entries.reduce((total, entry) => total + entry[key], 0);
  const frequent = entries
    .filter(({ reported, suppressed }) => reported + suppressed > 0)
    .sort((one, other) => other.reported + other.suppressed - one.reported - one.suppressed);
  return {
    reported: sum('reported'),
    suppressed: sum('suppressed'),
    unannounced: sum('unannounced'),
    byFingerprint: frequent
      .slice(0, MAX_LISTED)
      .map(({ fingerprint, title, reported, suppressed }) => ({ fingerprint, title, reported, suppressed })),
  };
}
