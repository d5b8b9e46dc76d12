import { type AlertChange, type AlertRule, type AlertState, changesOf, evaluate, type QueryClient } from '@qr/alerts';
import { withJobContext, withMonitor } from '@qr/common';
import { type StopSchedule, startSchedule } from '@qr/common/server';
import { type Database, withoutValues } from '@qr/database';
import { sql } from 'drizzle-orm';

const MINUTE_MS = 60_000;
/** Of the interval: timers come a little early or late, and a run must not take the last one for its own. */
const CLAIM_SHARE = 0.9;

export interface AlertWatchOptions {
  readonly rules: readonly AlertRule[];
  readonly client: QueryClient;
  readonly store: AlertStore;
  readonly intervalMinutes: number;
  readonly now: () => number;
  /** Tells people what changed. While it rejects, the same is told again. */
  readonly tell: (changes: readonly AlertChange[]) => Promise<void>;
  /** Told of a run that failed, and not of the next ones that fail for the same reason. */
  readonly onFailure: (error: unknown) => void;
}

/** Evaluates the alert rules, and tells what changed. */
export function createAlertWatch(options: AlertWatchOptions) {
  const { rules, client, store, intervalMinutes, now, tell, onFailure } = options;
  const intervalMs = intervalMinutes * MINUTE_MS;
  const monitor = {
    schedule: { type: 'interval', value: intervalMinutes, unit: 'minute' },
    checkinMargin: 2,
    maxRuntime: 5,
  } as const;
  let isStopped = false;
  let lastFailure: string | undefined;

  async function watch(claim: Claim): Promise<void> {
    const unanswered: unknown[] = [];
    const states = await evaluate(rules, client, claim.claimedAt, (_rule, error) => unanswered.push(error));
    // Questions that were cut short are no finding.
    if (isStopped) return;
    const changes = changesOf(claim.states, states);
    if (changes.length > 0) await tell(changes);
    await store.keep(claim, states);
    if (unanswered.length > 0)
      throw new Error(`${unanswered.length} of ${rules.length} alert rules could not be evaluated.`, {
        cause: unanswered[0],
      });
  }

  async function work(): Promise<void> {
    const claim = await store.claim(now(), intervalMs * CLAIM_SHARE);
    if (claim !== undefined) await withMonitor('analytics-alerts', () => watch(claim), monitor);
  }

  function report(error: unknown): void {
    const failure = error instanceof Error ? error.message : String(error);
    if (failure !== lastFailure) onFailure(error);
    lastFailure = failure;
  }

  let running: Promise<void> | undefined;
  /** Evaluates once, unless another instance has done it in this interval; joins a run that is under way. Never rejects. */
  function run(): Promise<void> {
    running ??= withJobContext({ name: 'evaluate alerts' }, () =>
      work().then(() => {
        lastFailure = undefined;
      }, report),
    ).finally(() => {
      running = undefined;
    });
    return running;
  }

  return {
    run,
    /** Runs at once and then every interval, in one of all instances; returns how to stop. */
    start(): StopSchedule {
      isStopped = false;
      const stop = startSchedule({ name: 'alerts', everyMs: intervalMs, run });
      return () => {
        isStopped = true;
        return stop();
      };
    },
  };
}

/** One evaluation of all instances together. */
export interface Claim {
  readonly claimedAt: number;
  /** What was told last. */
  readonly states: readonly AlertState[];
}

/** What instances share of the alerts. */
export type AlertStore = ReturnType<typeof createAlertStore>;

export function createAlertStore(db: Database['db']) {
  return withoutValues({
    /**
     * Takes the evaluation of this interval, of which only one instance gets it: the update locks the row, and who waited for it finds that the
     * condition no longer holds.
     *
     * @returns undefined when another one has it.
     */
    async claim(now: number, intervalMs: number): Promise<Claim | undefined> {
      // A claim of a clock that was far ahead must not stand in the way until then.
      const { rows } = await db.execute<{ states: AlertState[] }>(sql`
        update analytics.alerts set claimed_at = ${timestamp(now)}
        where claimed_at not between ${timestamp(now - intervalMs)} and ${timestamp(now + intervalMs)}
        returning states`);
      const [row] = rows;
      return row && { claimedAt: now, states: row.states };
    },

    /** Remembers what was told, unless somebody else has taken over meanwhile. */
    async keep({ claimedAt }: Claim, states: readonly AlertState[]): Promise<void> {
      await db.execute(sql`
        update analytics.alerts set states = ${JSON.stringify(states)}::jsonb
        where claimed_at = ${timestamp(claimedAt)}`);
    },
  });
}

function timestamp(time: number) {
  return sql`${new Date(time).toISOString()}::timestamptz`;
}
