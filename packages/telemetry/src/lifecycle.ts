import type { FlushOutcome, LaneStats } from '@qr/delivery';
import { closedTracker } from './analytics/closed-tracker.ts';
import { usableIdOf } from './analytics/identity.ts';
import { resetMixpanelClient } from './analytics/init.ts';
import { earlyCalls, type PropertyCounters, runtime } from './analytics/runtime.ts';
import type { LaneName } from './destinations/lanes.ts';
import type { ErrorsStats } from './errors/errors.ts';
import type { ErrorBudgetStats } from './errors/rate-limit.ts';
import { errors } from './errors-instance.ts';
import { core } from './instance.ts';
import { monotonicNow, toTimeLimit, within } from './time-limit.ts';

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
  readonly properties: Readonly<PropertyCounters & Pick<ErrorsStats['counters'], 'unplanned_context'>>;
  /** Log lines that went to Sentry, and those that were too many in one second. */
  readonly logs: Readonly<ErrorsStats['counters']['logs']>;
  /** Calls that came before `initializeMixpanel`, and errors before `initializeSentry`: kept until then, and beyond 1000 and 100 of them dropped. */
  readonly early: { readonly kept: number; readonly dropped: number };
}

/**
 * Sends what waits; resolves after `timeoutMs` at the latest, never rejects. What could not be sent stays on disk.
 *
 * @param timeoutMs `Infinity` for no limit; what is no number of milliseconds counts as left out. @default 2000
 */
export async function flushObservability(timeoutMs = DEFAULT_TIMEOUT_MS): Promise<FlushOutcome> {
  const limitMs = toTimeLimit(timeoutMs, DEFAULT_TIMEOUT_MS);
  const [analytics, ofErrors] = await Promise.all([flushAnalytics(limitMs), errors.flush(limitMs)]);
  return {
    delivered: analytics.delivered + ofErrors.delivered,
    pending: analytics.pending + ofErrors.pending,
    spooled: analytics.spooled + ofErrors.spooled,
  };
}

async function flushAnalytics(timeoutMs: number): Promise<FlushOutcome> {
  const { pipeline } = runtime;
  if (!pipeline) return { delivered: 0, pending: 0, spooled: 0 };
  const total = (key: 'delivered' | 'queued' | 'pending') =>
    Object.values(pipeline.stats()).reduce((sum, lane) => sum + (lane?.[key] ?? 0), 0);
  const before = total('delivered');
  const outcome = await within(pipeline.flush(timeoutMs), timeoutMs + GRACE_MS);
  return outcome ?? { delivered: total('delivered') - before, pending: total('queued') + total('pending'), spooled: 0 };
}

const DEFAULT_TIMEOUT_MS = 2000;
/** For a pipeline to end by its own limit, after which it tells what is left. */
const GRACE_MS = 500;
/** Of the time to close: for errors that came up while everything else used it up. At the least they get to the disk. */
const LAST_SHARE = 0.1;

errors.onFatal((timeoutMs) => closeObservability(timeoutMs));

let closing: Promise<void> | undefined;

/**
 * Sends what waits, then turns both halves off. Idempotent; resolves after about `timeoutMs` at the latest, never rejects.
 * Errors go last, so that a failure while analytics close is still reported. What could not be sent stays on disk for the next start.
 *
 * What is tracked meanwhile is accepted and kept on disk; what is tracked later is counted as `closed`.
 *
 * @param timeoutMs as in {@link flushObservability}. @default 2000
 */
export function closeObservability(timeoutMs = DEFAULT_TIMEOUT_MS): Promise<void> {
  closing ??= close(toTimeLimit(timeoutMs, DEFAULT_TIMEOUT_MS))
    .catch((error: unknown) => core.warnOnce(`Not everything could be closed: ${String(error)}`))
    .finally(() => {
      closing = undefined;
    });
  return closing;
}

async function close(timeoutMs: number): Promise<void> {
  const { pipeline } = runtime;
  const deadline = monotonicNow() + timeoutMs;
  // Side by side: a receiver that hangs must not take the time of the other.
  await Promise.all([pipeline && within(pipeline.close(timeoutMs), timeoutMs + GRACE_MS), errors.flush(timeoutMs)]);
  if (pipeline) {
    runtime.pipeline = undefined;
    runtime.closed = pipeline;
    runtime.started = undefined;
    runtime.tracker = closedTracker(runtime.tracker);
    resetMixpanelClient();
  }
  core.people.release();
  await errors.close(Math.max(timeoutMs * LAST_SHARE, deadline - monotonicNow()));
}

/** What was queued, delivered and lost so far, by lane and reason. */
export function observabilityStats(): ObservabilityStats {
  const { lanes, budget, counters, early } = errors.stats();
  return {
    analytics: runtime.pipeline ? 'on' : 'off',
    errors: errors.isOn() ? 'on' : 'off',
    // Also of pipelines that are closed: they count what comes too late.
    lanes: {
      ...(runtime.pipeline ?? runtime.closed)?.stats(),
      ...lanes,
    },
    pages: Object.assign({}, ...[...core.pagePipelines].map((pipeline) => pipeline.stats())),
    errorBudget: budget,
    properties: { ...runtime.counters, unplanned_context: counters.unplanned_context },
    logs: { ...counters.logs },
    early: sumOf(earlyCalls.stats(), early),
  };
}

type Early = ObservabilityStats['early'];

function sumOf(one: Early, other: Early): Early {
  return { kept: one.kept + other.kept, dropped: one.dropped + other.dropped };
}

/**
 * Forgets a person: records that wait, sealed or rejected, are removed, what comes later is refused and counted as `forgotten`, here and in every
 * process that shares the spool, and the vendor is asked to delete the profile. Errors that wait or come later are sent without them.
 */
export function forgetUser(userId: string): void {
  const failed = (error: unknown) =>
    core.warnOnce(`Not everything that waits could be searched for somebody who is to be forgotten: ${String(error)}`);
  try {
    runtime.tracker.forget(userId);
    const id = typeof userId === 'string' ? userId : usableIdOf(userId);
    // The vendor is asked by the tracker: once is enough.
    if (id === undefined) return;
    errors.forget(id).catch(failed);
    for (const pipeline of core.pagePipelines) pipeline.forget(id, []).catch(failed);
  } catch (error) {
    failed(error);
  }
}
