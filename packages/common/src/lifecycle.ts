import type { FlushOutcome } from './delivery/pipeline.ts';
import type { LaneName } from './delivery/record.ts';
import type { LaneStats } from './delivery/stats.ts';
import { resetMixpanelClient } from './mixpanel/init.ts';
import { type PropertyCounters, runtime } from './mixpanel/runtime.ts';
import { noopTracker } from './mixpanel/tracker.ts';
import { contextCounters } from './sentry/allow-list.ts';
import { closeSentry, flushSentry, isSentryOn } from './sentry/init.ts';

/** The state of both halves. */
export interface ObservabilityStats {
  readonly analytics: 'on' | 'off';
  readonly errors: 'on' | 'off';
  readonly lanes: Readonly<Partial<Record<LaneName, LaneStats>>>;
  /** Event and profile properties, and context keys, that did not leave, by reason. */
  readonly properties: Readonly<PropertyCounters & typeof contextCounters>;
}

/** Sends what waits; resolves after `timeoutMs` at the latest, never rejects. What could not be sent stays on disk. */
export async function flushObservability(timeoutMs = 2000): Promise<FlushOutcome> {
  const [result] = await Promise.all([
    runtime.pipeline?.flush(timeoutMs) ?? { delivered: 0, pending: 0, spooled: 0 },
    flushSentry(timeoutMs),
  ]);
  return result;
}

let closing: Promise<void> | undefined;

/**
 * Sends what waits, then turns both halves off. Idempotent; resolves after about `timeoutMs` at the latest, never rejects.
 * Errors go last, so that a failure while analytics close is still reported.
 */
export function closeObservability(timeoutMs = 2000): Promise<void> {
  closing ??= close(timeoutMs).finally(() => {
    closing = undefined;
  });
  return closing;
}

async function close(timeoutMs: number): Promise<void> {
  const { pipeline } = runtime;
  runtime.tracker = noopTracker;
  await pipeline?.close(timeoutMs);
  runtime.pipeline = undefined;
  resetMixpanelClient();
  await closeSentry(timeoutMs);
}

/** What was queued, delivered and lost so far, by lane and reason. */
export function observabilityStats(): ObservabilityStats {
  return {
    analytics: runtime.pipeline ? 'on' : 'off',
    errors: isSentryOn() ? 'on' : 'off',
    lanes: runtime.pipeline?.stats() ?? {},
    properties: { ...runtime.counters, ...contextCounters },
  };
}

/**
 * Forgets a person: records that wait, sealed or rejected, are removed, what comes later is refused and counted as `forgotten`, here and in every
 * process that shares the spool, and the vendor is asked to delete the profile.
 */
export function forgetUser(userId: string): void {
  runtime.tracker.forget(userId);
}
