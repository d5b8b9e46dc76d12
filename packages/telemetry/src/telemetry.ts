import type { FlushOutcome, LaneStats, Pipeline } from '@qr/delivery';
import type { Plan, PropertiesArgument, ServerEventNameOf, ServerProfileOf, ServerPropertiesOf } from '@qr/plan';
import type { Mixpanel } from 'mixpanel';
import { type Analytics, createAnalytics, type PropertyCounters } from './analytics/analytics.ts';
import { usableIdOf } from './analytics/ids.ts';
import { createInitializeMixpanel, type InitializeMixpanelOptions } from './analytics/initialize.ts';
import type { Core } from './core.ts';
import { createErrors, type Errors, type ErrorsStats } from './errors/errors.ts';
import type { ErrorBudgetStats } from './errors/rate-limit.ts';
import { monotonicNow, toTimeLimit } from './time-limit.ts';

/** The state of both halves. */
export interface ObservabilityStats {
  readonly analytics: 'on' | 'off';
  readonly errors: 'on' | 'off';
  readonly lanes: Readonly<Partial<Record<string, LaneStats>>>;
  /** Of what pages left behind, in the process that has the tunnel. */
  readonly pages: Readonly<Partial<Record<string, LaneStats>>>;
  /** What the error budget let through; zeros without one. */
  readonly errorBudget: ErrorBudgetStats;
  /** Event and profile properties, and context keys, that did not leave, by reason. */
  readonly properties: Readonly<PropertyCounters & Pick<ErrorsStats['counters'], 'unplanned_context'>>;
  /** Log lines that went to Sentry, and those that were too many in one second. */
  readonly logs: Readonly<ErrorsStats['counters']['logs']>;
  /** Calls that came before `initializeMixpanel`, and errors before `initializeSentry`: kept until then, and beyond 1000 and 100 of them dropped. */
  readonly early: { readonly kept: number; readonly dropped: number };
}

/** What {@link Analytics.identifyUser} takes beside the profile. */
export interface IdentifyOptions {
  /**
   * The id under which the user was seen before, such as a `visitorId(request)`. Both are one user from then on; that is sent once per pair of ids
   * and process.
   */
  readonly anonymousId?: string;
}

/** What `trackRevenue` takes beside the amount: the planned properties of the revenue event. */
export type RevenuePropertiesOf<P extends Plan> = Partial<
  Omit<ServerPropertiesOf<P, NonNullable<P['revenue']> & ServerEventNameOf<P>>, 'amount'>
> & {
  /** The same as `order_id`. */
  readonly orderId?: string;
};

/** Calls of product analytics, typed by a plan. All are synchronous, return nothing, never throw, and do nothing while analytics are off. */
export interface AnalyticsCalls<P extends Plan> {
  /**
   * Records that something happened.
   *
   * @param name an event of the tracking plan.
   * @param userId the acting user: the account's id, a `visitorId(request)`, or an empty string for nobody.
   * @param properties what the plan lists for this event; anything else is left out and counted.
   */
  trackEvent<N extends ServerEventNameOf<P>>(
    name: N,
    userId: string,
    ...[properties]: PropertiesArgument<ServerPropertiesOf<P, N>>
  ): void;
  /**
   * Records what is known of a user. Personal fields are hashed or dropped as the plan says.
   *
   * @param properties profile properties of the tracking plan.
   */
  identifyUser(userId: string, properties?: ServerProfileOf<P>, options?: IdentifyOptions): void;
  /**
   * Records money as the revenue event of the plan.
   *
   * @param amount in units of the currency; negative is a refund. `NaN` and infinities are refused and counted.
   * @param properties `currency` is an ISO 4217 code, USD when left out; an unknown one is refused and counted.
   */
  trackRevenue(userId: string, amount: number, properties?: RevenuePropertiesOf<P>): void;
}

/** The end of an instance, and what it counts. */
export interface Lifecycle {
  /**
   * Sends what waits; resolves after `timeoutMs` at the latest, never rejects. What could not be sent stays on disk.
   *
   * @param timeoutMs `Infinity` for no limit; what is no number of milliseconds counts as left out. @default 2000
   */
  flush(timeoutMs?: number): Promise<FlushOutcome>;
  /**
   * Sends what waits, then turns both halves off. Idempotent; resolves after about `timeoutMs` at the latest, never rejects.
   * Errors go last, so that a failure while analytics close is still reported. What could not be sent stays on disk for the next start.
   *
   * What is tracked meanwhile is accepted and kept on disk; what is tracked later is counted as `closed`.
   *
   * @param timeoutMs as in `flush`. @default 2000
   */
  close(timeoutMs?: number): Promise<void>;
  /** Returns what was queued, delivered and lost so far, by lane and reason. */
  stats(): ObservabilityStats;
  /**
   * Erases a person: records that wait, sealed or rejected, are removed, what comes later is refused and counted as `forgotten`, here and in every
   * process that shares the spool, and each destination that can is asked to delete the profile. Errors that wait or come later are sent without them.
   */
  forgetUser(userId: string): void;
}

/** What the other packages of this library use of an instance, whatever its plan. */
export interface Internals extends Lifecycle {
  readonly core: Core;
  readonly errors: Errors;
  /** Adds the pipeline of records that pages left behind: it is counted, and erased from, with the others. */
  addPagePipeline(pipeline: Pipeline): void;
  /** Removes a pipeline that is closed. */
  removePagePipeline(pipeline: Pipeline): void;
}

/** The property that holds the {@link Internals} of an instance. The same symbol in every copy of this module, such as one in a bundle. */
export const internals: unique symbol = Symbol.for('@qr/telemetry/internals');

/** An instance, as other packages of this library take it. */
export interface TelemetryHandle {
  readonly [internals]: Internals;
}

/** One instance, not started: both halves keep what comes until they are. */
export interface Instance<P extends Plan> extends AnalyticsCalls<P>, Internals, TelemetryHandle {
  readonly analytics: Analytics;
  /** Starts analytics as the environment says. */
  initializeMixpanel(token?: string, options?: InitializeMixpanelOptions): Mixpanel | null;
  getMixpanel(): Mixpanel | null;
}

const DEFAULT_TIMEOUT_MS = 2000;
/** Of the time to close: for errors that came up while everything else used it up. At the least they get to the disk. */
const LAST_SHARE = 0.1;

export function createInstance<P extends Plan>(core: Core): Instance<P> {
  const { warnOnce, people } = core;
  const errors = createErrors(core, (timeoutMs) => close(timeoutMs));
  const analytics = createAnalytics(core, { noteEvent: errors.noteEvent });
  const pagePipelines = new Set<Pipeline>();
  let closing: Promise<void> | undefined;

  async function flush(timeoutMs: number = DEFAULT_TIMEOUT_MS): Promise<FlushOutcome> {
    const limitMs = toTimeLimit(timeoutMs, DEFAULT_TIMEOUT_MS);
    const [events, ofErrors] = await Promise.all([analytics.flush(limitMs), errors.flush(limitMs)]);
    return {
      delivered: events.delivered + ofErrors.delivered,
      pending: events.pending + ofErrors.pending,
      spooled: events.spooled + ofErrors.spooled,
    };
  }

  async function closeBoth(timeoutMs: number): Promise<void> {
    const deadline = monotonicNow() + timeoutMs;
    // Side by side: a receiver that hangs must not take the time of the other.
    await Promise.all([analytics.close(timeoutMs), errors.flush(timeoutMs)]);
    await errors.close(Math.max(timeoutMs * LAST_SHARE, deadline - monotonicNow()));
    people.release();
  }

  function close(timeoutMs: number = DEFAULT_TIMEOUT_MS): Promise<void> {
    closing ??= closeBoth(toTimeLimit(timeoutMs, DEFAULT_TIMEOUT_MS))
      .catch((error: unknown) => warnOnce(`Not everything could be closed: ${String(error)}`))
      .finally(() => {
        closing = undefined;
      });
    return closing;
  }

  const instance: Instance<P> = {
    core,
    errors,
    analytics,
    get [internals]() {
      return instance;
    },
    trackEvent: (name, userId, ...[properties]) => analytics.event(name, userId, properties),
    identifyUser(userId, properties, options = {}) {
      const anonymousId = anonymousIdOf(options);
      if (anonymousId !== undefined) analytics.merge(userId, anonymousId);
      analytics.profile(userId, { $set: properties ?? {} });
    },
    trackRevenue: (userId, amount, properties) => analytics.revenue(userId, amount, properties ?? {}),
    initializeMixpanel: createInitializeMixpanel(core, analytics),
    getMixpanel: () => analytics.client(),
    addPagePipeline: (pipeline) => void pagePipelines.add(pipeline),
    removePagePipeline: (pipeline) => void pagePipelines.delete(pipeline),
    flush,
    close,
    forgetUser(userId) {
      const failed = (error: unknown) =>
        warnOnce(`Not everything that waits could be searched for somebody who is to be forgotten: ${String(error)}`);
      try {
        analytics.forget(userId);
        const id = typeof userId === 'string' ? userId : usableIdOf(userId);
        // Destinations are asked by analytics: once is enough.
        if (id === undefined) return;
        errors.forget(id).catch(failed);
        for (const pipeline of pagePipelines) pipeline.forget(id, []).catch(failed);
      } catch (error) {
        failed(error);
      }
    },
    stats() {
      const { lanes, properties, early } = analytics.stats();
      const ofErrors = errors.stats();
      const { unplanned_context, logs } = ofErrors.counters;
      return {
        analytics: analytics.isOn() ? 'on' : 'off',
        errors: errors.isOn() ? 'on' : 'off',
        lanes: { ...lanes, ...ofErrors.lanes },
        pages: Object.assign({}, ...[...pagePipelines].map((pipeline) => pipeline.stats())),
        errorBudget: ofErrors.budget,
        properties: { ...properties, unplanned_context },
        logs: { ...logs },
        early: { kept: early.kept + ofErrors.early.kept, dropped: early.dropped + ofErrors.early.dropped },
      };
    },
  };
  return instance;
}

/** What a caller without types passes may be `null`, or throw when it is looked at. */
function anonymousIdOf(options: IdentifyOptions | null): string | undefined {
  try {
    return options?.anonymousId ?? undefined;
  } catch {
    return undefined;
  }
}
