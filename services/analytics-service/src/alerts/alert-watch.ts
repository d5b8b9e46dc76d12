import { type AlertChange, type AlertRule, changesOf, evaluate, type QueryClient } from '@qr/alerts';
import { type StopSchedule, startSchedule, withJobContext, withMonitor } from '@qr/common';
import type { AlertStore, Claim } from './alert-store.ts';

const MINUTE_MS = 60_000;
/** Of the interval: timers come a little early or late, and a run must not take the last one for its own. */
const CLAIM_SHARE = 0.9;

/** What {@link createAlertWatch} takes. */
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
export interface AlertWatch {
  /** Once, unless another instance has done it in this interval; joins a run that is under way. Never rejects. */
  run(): Promise<void>;
  /** Runs at once and then every interval, in one of all instances; returns how to stop. */
  start(): StopSchedule;
}

export function createAlertWatch(options: AlertWatchOptions): AlertWatch {
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
    start() {
      isStopped = false;
      const stop = startSchedule({ name: 'alerts', everyMs: intervalMs, run });
      return () => {
        isStopped = true;
        return stop();
      };
    },
  };
}
