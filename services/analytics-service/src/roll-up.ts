import { withJobContext, withMonitor } from '@qr/common';
import { type StopSchedule, startSchedule } from '@qr/common/server';
import { addDays, dayOf } from './days.ts';
import type { Store } from './store.ts';

const INTERVAL_MS = 60_000;
/** The embedded database serves nobody else during a transaction, so each is short. */
const DAYS_AT_ONCE = 500;
const SCANS_AT_ONCE = 5000;
/** A scan may be under way in the moment in which its day ends, and clocks differ. */
const GRACE_DAYS = 1;

const MONITOR = {
  schedule: { type: 'interval', value: 1, unit: 'minute' },
  checkinMargin: 2,
  maxRuntime: 10,
} as const;

export interface RollUpOptions {
  readonly store: Pick<Store, 'countDirtyDays' | 'rollUp' | 'closeDaysBefore' | 'deleteScansBefore'>;
  /** How long a scan may be late; so long it is kept by itself. */
  readonly retentionDays: number;
  readonly now: () => number;
  /** Told of a run that failed; the next one goes on where it ended. */
  readonly onFailure: (error: unknown) => void;
}

/** Adds scans up by day, and lets go of those that nobody needs any longer. */
export function createRollUp({ store, retentionDays, now, onFailure }: RollUpOptions) {
  let isStopped = false;

  async function rollUp(): Promise<void> {
    // Those of now: under steady load others would follow for ever.
    let left = await store.countDirtyDays();
    while (left > 0 && !isStopped) {
      const done = await store.rollUp(DAYS_AT_ONCE);
      // The rest is with another instance.
      if (done === 0) break;
      left -= done;
    }
  }

  async function expire(): Promise<void> {
    const day = addDays(dayOf(now()), -retentionDays - GRACE_DAYS);
    await store.closeDaysBefore(day);
    while (!isStopped && (await store.deleteScansBefore(day, SCANS_AT_ONCE)) === SCANS_AT_ONCE);
  }

  async function work(): Promise<void> {
    await rollUp();
    if (!isStopped) await expire();
  }

  let running: Promise<void> | undefined;
  /** Once; joins a run that is under way. Never rejects. */
  function run(): Promise<void> {
    // The failure is told of within the context of the job, and so in its trace.
    running ??= withJobContext({ name: 'roll up scans' }, () =>
      withMonitor('analytics-roll-up', work, MONITOR).catch(onFailure),
    ).finally(() => {
      running = undefined;
    });
    return running;
  }

  return {
    run,
    /** Runs every minute, from now on, in one of all instances; returns how to stop. */
    start(): StopSchedule {
      isStopped = false;
      const stop = startSchedule({ name: 'roll-up', everyMs: INTERVAL_MS, run });
      return () => {
        isStopped = true;
        return stop();
      };
    },
  };
}
