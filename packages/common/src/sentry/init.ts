import type { StreamedSpanJSON } from '@sentry/core';
import * as Sentry from '@sentry/node';
import { Value } from 'typebox/value';
import { type ObservabilityConfig, observabilityVariables } from '../config.ts';
import type { FlushOutcome } from '../delivery/pipeline.ts';
import { readObservabilityConfig } from '../load-config.ts';
import { releaseOf } from '../release.ts';
import { nameService } from '../service-name.ts';
import type { ScrubberOptions } from '../shared/index.ts';
import { spoolRootOf } from '../spool-root.ts';
import { warnOnce } from '../warn-once.ts';
import { filterBreadcrumb, filterErrorEvent } from './allow-list.ts';
import { openErrorBudget } from './budget/open-budget.ts';
import { dataCollection } from './data-collection.ts';
import type { ClosableTransport, TransportOptions } from './direct-transport.ts';
import { unlimited } from './error-budget.ts';
import { createErrorPipeline } from './error-pipeline.ts';
import { integrations } from './integrations.ts';
import { filterLog } from './logs.ts';
import { startProfiling, stopProfiling } from './profiling.ts';
import { withRecentEvents } from './recent-events.ts';
import { noTraces, type RouteSampleRates, sampleRates } from './sample-rates.ts';
import { createTracesSampler } from './sampling.ts';
import { configureScrubber, sentryState } from './state.ts';
import { platformOrigins } from './trace-origins.ts';
import { makeDurableTransport } from './transport.ts';
import { admit } from './verdict.ts';

/** `close` sends one envelope a trace; the SDK's buffer of 64 would drop the rest. */
const TRANSPORT_BUFFER = 1000;

/** What {@link initializeSentry} looks at, by name, so that a malformed one is said once. */
const VARIABLES = [
  ...['SENTRY_ENVIRONMENT', 'SENTRY_RELEASE', 'SENTRY_TRACES_SAMPLE_RATE', 'SENTRY_PROFILE_SESSION_SAMPLE_RATE'],
  'SENTRY_ROUTE_SAMPLE_RATES',
  ...['SENTRY_ERROR_BUDGET_PER_MONTH', 'SHUTDOWN_TIMEOUT_MS'],
];

/** What {@link initializeSentry} takes; everything has a default. */
export interface InitializeSentryOptions {
  /** What is secret here beyond what the scrubber knows by itself. What cannot be used is warned of and left out. @default nothing */
  readonly scrub?: ScrubberOptions;
  /**
   * Shares of traces that production records for requests of single routes, such as `{ '/scan/:qrId': 0.01 }`: for those that come so often that
   * fewer tell as much. `SENTRY_ROUTE_SAMPLE_RATES` overrides them. @default none: all have `SENTRY_TRACES_SAMPLE_RATE`
   */
  readonly routeSampleRates?: RouteSampleRates;
}

/**
 * Turns error tracking and tracing on for this process. Idempotent; never throws.
 *
 * @param name the service, as it appears in errors, traces and events.
 * @param dsn `SENTRY_DSN` when left out. Without either, one warning is printed and every capture does nothing.
 * @param options.routeSampleRates shares of traces for single routes.
 * @param options.scrub further key names and patterns to remove from all that is sent, and key names to leave alone.
 */
export function initializeSentry(name: string, dsn?: string, options: InitializeSentryOptions = {}): void {
  const { scrub = {}, routeSampleRates = {} } = options;
  nameService(name);
  if (sentryState.isOn) return;
  const { config, problems } = readObservabilityConfig();
  const target = dsn || config.SENTRY_DSN;
  if (!target) {
    warnOnce(problems.get('SENTRY_DSN') ?? 'SENTRY_DSN is not set: error tracking is off.');
    return;
  }
  if (!Value.Check(observabilityVariables.SENTRY_DSN, target)) {
    warnOnce('initializeSentry: expected a DSN such as https://key@o1.ingest.sentry.io/2. Error tracking is off.');
    return;
  }
  for (const variable of VARIABLES) {
    const problem = problems.get(variable);
    if (problem) warnOnce(problem);
  }
  for (const problem of configureScrubber(scrub)) warnOnce(problem);
  const isProduction = config.NODE_ENV === 'production';
  const sampleRateOf = sampleRates(config, routeSampleRates);
  const release = releaseOf(config);
  const ownHosts = [config.MIXPANEL_API_HOST ?? 'https://api.mixpanel.com', new URL(target).origin];
  Sentry.init({
    dsn: target,
    serverName: name,
    environment: config.SENTRY_ENVIRONMENT ?? config.NODE_ENV,
    ...(release !== undefined && { release }),
    tracesSampleRate: NO_RATE,
    ...(sampleRateOf !== noTraces && { tracesSampler: createTracesSampler(sampleRateOf) }),
    tracePropagationTargets: platformOrigins(process.env),
    defaultIntegrations: false,
    integrations: integrations({
      isOwnTraffic: (url) => ownHosts.some((host) => url.startsWith(host)),
      shutdownTimeoutMs: config.SHUTDOWN_TIMEOUT_MS ?? 10_000,
    }),
    dataCollection,
    // A stray SENTRY_SPOTLIGHT would mirror every event of a production process to that address.
    spotlight: !isProduction && Boolean(process.env['SENTRY_SPOTLIGHT']),
    transport: (sdk) => openTransport(sdk, config),
    transportOptions: { bufferSize: TRANSPORT_BUFFER },
    initialScope: { tags: { service: name } },
    beforeSend: (event, hint) => {
      const admitted = admit(event, hint);
      return admitted && filterErrorEvent(withRecentEvents(admitted));
    },
    beforeBreadcrumb: filterBreadcrumb,
    beforeSendSpan: (span) => tagWithService(span, name),
    beforeSendLog: filterLog,
  });
  sentryState.isOn = Sentry.isInitialized();
  sentryState.budget = openErrorBudget(config);
  Sentry.getClient()?.on('afterEnvelope', ([headers]) => {
    if ('event_id' in headers) sentryState.budget.settle(String(headers.event_id));
  });
  sentryState.sampleRateOf = sampleRateOf;
  const profiled = config.SENTRY_PROFILE_SESSION_SAMPLE_RATE ?? 0;
  if (sentryState.isOn && profiled > 0) void startProfiling(profiled);
}

/** With a rate of 0 the SDK still builds every span, and for `undefined` it reads the variable by itself: only this is none. */
const NO_RATE = null as unknown as number;

/** Whether errors are sent from this process. */
export function isSentryOn(): boolean {
  return sentryState.isOn;
}

/** Sends what waits; the SDK first, for what it still works on is not in the lane yet. */
export async function flushSentry(timeoutMs: number): Promise<FlushOutcome> {
  const { pipeline } = sentryState;
  if (!sentryState.isOn || !pipeline) return { delivered: 0, pending: 0, spooled: 0 };
  const before = pipeline.stats().sentry?.delivered ?? 0;
  await Sentry.flush(timeoutMs).catch(() => false);
  // An error is a file of its own.
  const { delivered = 0, pending = 0, spooledFiles = 0 } = pipeline.stats().sentry ?? {};
  return { delivered: delivered - before, pending: pending - spooledFiles, spooled: spooledFiles };
}

export async function closeSentry(timeoutMs: number): Promise<void> {
  if (!sentryState.isOn) return;
  stopProfiling();
  sentryState.budget.announce();
  sentryState.isOn = false;
  const { pipeline } = sentryState;
  const deadline = performance.now() + timeoutMs;
  await Sentry.close(timeoutMs).catch(() => false);
  await pipeline?.close(Math.max(0, deadline - performance.now()));
  await transport?.close();
  sentryState.pipeline = undefined;
  sentryState.budget.close();
  sentryState.budget = unlimited;
}

/** The SDK does not close its transport. */
let transport: ClosableTransport | undefined;

function openTransport(sdk: TransportOptions, config: ObservabilityConfig): ClosableTransport {
  const maxSpoolBytes = config.OBSERVABILITY_SPOOL_MAX_BYTES;
  sentryState.pipeline = createErrorPipeline({ sdk, spoolRoot: spoolRootOf(config), maxSpoolBytes });
  transport = makeDurableTransport(sdk, sentryState.pipeline);
  return transport;
}

/** Scope tags are not applied to spans, so each gets the service by name. What else may leave is decided at the last gate. */
function tagWithService(span: StreamedSpanJSON, service: string): StreamedSpanJSON {
  span.attributes ??= {};
  span.attributes['service.name'] = service;
  return span;
}
