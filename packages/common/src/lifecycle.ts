import { pagePipelines } from './delivery/page-pipelines.ts';
import type { FlushOutcome } from './delivery/pipeline.ts';
import type { LaneName } from './delivery/record.ts';
import type { LaneStats } from './delivery/stats.ts';
import { resetMixpanelClient } from './mixpanel/init.ts';
import { type PropertyCounters, runtime } from './mixpanel/runtime.ts';
import { noopTracker } from './mixpanel/tracker.ts';
import { contextCounters } from './sentry/allow-list.ts';
import type { ErrorBudgetStats } from './sentry/error-budget.ts';
import { closeSentry, flushSentry, isSentryOn } from './sentry/init.ts';
import { logCounters } from './sentry/logs.ts';
import { sentryState } from './sentry/state.ts';
import { setClose } from './sentry/uncaught-errors.ts';
import { warnOnce } from './warn-once.ts';

/** The state of both halves. */
export interface ObservabilityStats {
  readonly analytics: 'on' | 'off';
  readonly errors: 'on' | 'off';
  readonly lanes: Readonly<Partial<Record<LaneName, LaneStats>>>;
  /** Of what pages left behind, in the process that has the tunnel. */
  readonly pages: Readonly<Partial<Record<LaneName, LaneStats>>>;
  /** What the error budget let through; zeros without one. */
  readonly errorBudget: ErrorBudgetStats;
  /** Event and profile properties, and context keys, that did not leave, by reason. */
  readonly properties: Readonly<PropertyCounters & typeof contextCounters>;
  /** Log lines that went to Sentry, and those that were too many in one second. */
  readonly logs: Readonly<typeof logCounters>;
}

/** Sends what waits; resolves after `timeoutMs` at the latest, never rejects. What could not be sent stays on disk. */
export async function flushObservability(timeoutMs = 2000): Promise<FlushOutcome> {
  const [analytics, errors] = await Promise.all([
    runtime.pipeline?.flush(timeoutMs) ?? { delivered: 0, pending: 0, spooled: 0 },
    flushSentry(timeoutMs),
  ]);
  return {
    delivered: analytics.delivered + errors.delivered,
    pending: analytics.pending + errors.pending,
    spooled: analytics.spooled + errors.spooled,
  };
}

/** Of the time to close: for errors that came up while everything else used it up. At the least they get to the disk. */
const LAST_SHARE = 0.1;

setClose((timeoutMs) => closeObservability(timeoutMs));

let closing: Promise<void> | undefined;

/**
 * Sends what waits, then turns both halves off. Idempotent; resolves after about `timeoutMs` at the latest, never rejects.
 * Errors go last, so that a failure while analytics close is still reported. What could not be sent stays on disk for the next start.
 */
export function closeObservability(timeoutMs = 2000): Promise<void> {
  closing ??= close(timeoutMs).finally(() => {
    closing = undefined;
  });
  return closing;
}

async function close(timeoutMs: number): Promise<void> {
  const { pipeline } = runtime;
  const deadline = performance.now() + timeoutMs;
  runtime.tracker = noopTracker;
  // Side by side: a receiver that hangs must not take the time of the other.
  await Promise.all([pipeline?.close(timeoutMs), flushSentry(timeoutMs)]);
  runtime.pipeline = undefined;
  resetMixpanelClient();
  await closeSentry(Math.max(timeoutMs * LAST_SHARE, deadline - performance.now()));
}

/** What was queued, delivered and lost so far, by lane and reason. */
export function observabilityStats(): ObservabilityStats {
  return {
    analytics: runtime.pipeline ? 'on' : 'off',
    errors: isSentryOn() ? 'on' : 'off',
    lanes: { ...runtime.pipeline?.stats(), ...sentryState.pipeline?.stats() },
    pages: Object.assign({}, ...[...pagePipelines].map((pipeline) => pipeline.stats())),
    errorBudget: sentryState.budget.stats(),
    properties: { ...runtime.counters, ...contextCounters },
    logs: { ...logCounters },
  };
}

/**
 * Forgets a person: records that wait, sealed or rejected, are removed, what comes later is refused and counted as `forgotten`, here and in every
 * process that shares the spool, and the vendor is asked to delete the profile. Errors that wait or come later are sent without them.
 */
export function forgetUser(userId: string): void {
  runtime.tracker.forget(userId);
  // The vendor is asked by the tracker: once is enough.
  for (const pipeline of [sentryState.pipeline, ...pagePipelines]) {
    pipeline?.forget(userId, []).catch((error: unknown) => {
      warnOnce(`Not everything that waits could be searched for somebody who is to be forgotten: ${String(error)}`);
    });
  }
}
