import { join } from 'node:path';
import { type FlushOutcome, type LaneStats, newOwnerName } from '@qr/delivery';
import { defineIntegration, type Envelope, type Event, type Integration, type StreamedSpanJSON } from '@sentry/core';
import * as Sentry from '@sentry/node';
import type { Core, Settings } from '../core.ts';
import type { LaneName } from '../destinations/lanes.ts';
import { createScrubber, type ScrubberOptions } from '../privacy/index.ts';
import { applicationFolder, applicationRoot } from '../settings/application-folder.ts';
import type { ObservabilityConfig } from '../settings/config.ts';
import { checkValue } from '../settings/load-config.ts';
import { redisPrefixOf } from '../settings/redis-prefix.ts';
import { releaseOf } from '../settings/release.ts';
import { ERRORS_FOLDER } from '../settings/spool-root.ts';
import { monotonicNow, within } from '../time-limit.ts';
import { joinBudget } from './budget-shares.ts';
import { type Capture, createCapture, sendSummary } from './capture.ts';
import { createGate, type Gate } from './gate.ts';
import { createLogHook, type LogToSentry, withRoute } from './logs.ts';
import { createProfiling } from './profiling.ts';
import { createErrorBudget, type ErrorBudget, type ErrorBudgetStats, unlimited } from './rate-limit.ts';
import { readableErrorsIntegration } from './reportable-error.ts';
import { addHistory, noteEvent } from './request-state.ts';
import { createRequests, type Requests } from './requests.ts';
import { createState, type ErrorsState } from './state.ts';
import {
  createTracesSampler,
  noTraces,
  type RouteSampleRates,
  sampleRates,
  spanStreamIntegrations,
  traceTargets,
} from './tracing.ts';
import {
  type ClosableTransport,
  createDurableTransport,
  createErrorPipeline,
  type TransportOptions,
} from './transport.ts';
import { createUncaughtErrors } from './uncaught-errors.ts';
import { createUnfinishedEvents } from './unfinished-events.ts';

/** The options of `initializeSentry`; each has a default. */
export interface InitializeSentryOptions {
  /** Secrets beyond those that the scrubber knows by itself. Unusable ones are left out with a warning. @default nothing */
  readonly scrub?: ScrubberOptions;
  /**
   * Shares of traces that production records for requests of single routes, such as `{ '/scan/:qrId': 0.01 }`: for those that come so often that
   * fewer tell as much. `SENTRY_ROUTE_SAMPLE_RATES` overrides them. @default none: all have `SENTRY_TRACES_SAMPLE_RATE`
   */
  readonly routeSampleRates?: RouteSampleRates;
  /**
   * Whether user ids that hold an e-mail address or a telephone number are sent as they are, instead of as a hash. Holds for the whole process,
   * analytics included. @default OBSERVABILITY_PLAIN_USER_IDS, else false
   */
  readonly plainUserIds?: boolean;
}

/** The error half of an instance. Its calls are synchronous, never throw, and do nothing while it is off. */
export interface Errors extends Capture {
  /**
   * Turns error tracking and tracing on for this process. Idempotent: with other arguments, a second call is ignored with a warning. The SDK is one for the
   * whole process, so that a second instance stays off with a warning.
   *
   * @param name the service, as it appears in errors, traces and events.
   * @param dsn `SENTRY_DSN` when left out. Without either, or when the given one is malformed, one warning is printed and every capture does nothing.
   */
  start(name: string, dsn?: string, options?: InitializeSentryOptions): void;
  /** Leaves error tracking off: errors that were kept until the start are dropped. */
  turnOff(): void;
  isOn(): boolean;
  /**
   * Remembers a product event for errors of the same request.
   *
   * @param time milliseconds since the epoch.
   * @returns the id of the trace in which the caller runs; `undefined` outside of one.
   */
  noteEvent(name: string, time: number, properties: unknown): string | undefined;
  withJobContext: Requests['withJobContext'];
  /** The contexts of requests, for a server to be built on. */
  readonly requests: Requests;
  /** Sends log lines of `warn` and above, as a hook of pino. */
  readonly logToSentry: LogToSentry;
  /** Filters what leaves the process; the same for log lines and for errors of pages. */
  gate(): Gate;
  /** Sends pending errors; the SDK first, because events that it still works on are not in the lane yet. Never rejects. */
  flush(timeoutMs: number): Promise<FlushOutcome>;
  /** Turns error tracking off; errors that could not be sent stay on disk. Never rejects. */
  close(timeoutMs: number): Promise<void>;
  /** Sends pending and future errors without this user. */
  forget(userId: string): Promise<void>;
  stats(): ErrorsStats;
}

export interface ErrorsStats {
  readonly lanes: Readonly<Partial<Record<LaneName, LaneStats>>>;
  /** Zeros without a budget. */
  readonly budget: ErrorBudgetStats;
  readonly counters: ErrorsState['counters'];
  /** Errors before the start: kept until then, and beyond 100 of them dropped. */
  readonly early: { readonly kept: number; readonly dropped: number };
}

/** Variables with a harmless default, which replaces a malformed one with a warning. */
const VARIABLES = [
  ...['SENTRY_ENVIRONMENT', 'SENTRY_RELEASE', 'SENTRY_PROFILE_SESSION_SAMPLE_RATE'],
  ...['SENTRY_ERROR_BUDGET_PER_MONTH', 'SHUTDOWN_TIMEOUT_MS'],
];
/** A malformed rate may have been meant to be lower than any default. */
const RATES = ['SENTRY_TRACES_SAMPLE_RATE', 'SENTRY_ROUTE_SAMPLE_RATES'];
/** `close` sends one envelope a trace; the SDK's buffer of 64 would drop the rest. */
const TRANSPORT_BUFFER = 1000;
/** Time for parts that end by a limit of their own, and report what is left. */
const GRACE_MS = 500;
/** With a rate of 0 the SDK still builds every span, and for `undefined` it reads the variable by itself: only this is none. */
const NO_RATE = null as unknown as number;
/** Marks the SDK's client, of which a process has one, with the instance that has started it. */
const OWNER = Symbol.for('@qr/telemetry: owner of the SDK');

/**
 * The SDK collects everything unless told otherwise, request bodies with passwords and cookies included; `sendDefaultPii: false` has no
 * effect since version 11. This turns every source off.
 */
const dataCollection: NonNullable<Sentry.NodeOptions['dataCollection']> = {
  userInfo: false,
  cookies: false,
  httpHeaders: false,
  httpBodies: [],
  urlQueryParams: false,
  graphQL: { document: false, variables: false },
  genAI: { inputs: false, outputs: false },
  databaseQueryData: false,
  queues: false,
};

/**
 * Creates the error half, not started: it keeps errors until it is.
 *
 * @param closeAll delivers pending telemetry before an uncaught error ends the process.
 */
export function createErrors(core: Core, closeAll: (timeoutMs: number) => Promise<void>): Errors {
  const state = createState(core);
  const capture = createCapture(state);
  const requests = createRequests(state, capture);
  const profiling = createProfiling(state);
  const uncaughtErrors = createUncaughtErrors(state);
  /** Ids of things, never of people: of an event's properties only these appear in a breadcrumb. */
  const idKeys = core.plan.context.filter(
    (key) => key.endsWith('_id') && !['error_id', 'trace_id', 'user_id'].includes(key),
  );
  let started: { readonly name: string; readonly dsn: string } | undefined;
  let transport: ClosableTransport | undefined;
  let unfinished = createUnfinishedEvents();

  function turnOn(name: string, dsn: string, options: InitializeSentryOptions, settings: Settings): void {
    const { config, problems, malformed } = settings;
    for (const variable of VARIABLES) {
      const problem = problems.get(variable);
      if (problem) core.warnOnce(problem);
    }
    core.people.choosePlainUserIds(options.plainUserIds, 'initializeSentry');
    const unreadableRate = RATES.find((variable) => malformed.has(variable));
    if (unreadableRate !== undefined) core.warnOnce(`${problems.get(unreadableRate)} No traces are recorded.`);
    const sampleRateOf = unreadableRate === undefined ? sampleRates(config, options.routeSampleRates ?? {}) : noTraces;
    const scrubber = createScrubber(options.scrub ?? {});
    for (const problem of scrubber.problems) core.warnOnce(problem);
    const root = applicationRoot(applicationFolder());
    state.gate = createGate({ core, scrubber, counters: state.counters, root });
    unfinished = createUnfinishedEvents();
    Sentry.init({
      dsn,
      serverName: name,
      environment: config.SENTRY_ENVIRONMENT ?? config.NODE_ENV,
      // For `undefined` the SDK would look for a release by itself, and take a malformed SENTRY_RELEASE.
      release: releaseOf(config, core.warnOnce) ?? '',
      tracesSampleRate: NO_RATE,
      ...(sampleRateOf !== noTraces && { tracesSampler: createTracesSampler(sampleRateOf) }),
      tracePropagationTargets: traceTargets(core.traceOrigins()),
      defaultIntegrations: false,
      integrations: integrationsFor(dsn, config),
      dataCollection,
      // A stray SENTRY_SPOTLIGHT would mirror every event of a production process to that address.
      spotlight: config.NODE_ENV !== 'production' && Boolean(process.env['SENTRY_SPOTLIGHT']),
      transport: (sdk) => openTransport(sdk, config),
      transportOptions: { bufferSize: TRANSPORT_BUFFER },
      initialScope: { tags: { service: name } },
      beforeSend(event, hint) {
        unfinished.done(hint);
        const admitted = capture.admit(event, hint);
        return admitted && addHistory(admitted, idKeys);
      },
      beforeSendSpan: (span) => tagWithService(span, name),
      beforeSendLog: withRoute,
    });
    const client = Sentry.getClient();
    if (client) Object.assign(client, { [OWNER]: state });
    state.isOn = client !== undefined;
    started = { name, dsn };
    state.closed = undefined;
    state.budget = openBudget(core, config);
    state.sampleRateOf = sampleRateOf;
    // First: the pipeline's own listener writes what it has then.
    process.prependListener('exit', finishAtExit);
    const lost = capture.early.replay();
    for (let error = 0; error < lost; error++) state.pipeline?.drop('sentry', 'not_initialized');
    const profiled = config.SENTRY_PROFILE_SESSION_SAMPLE_RATE ?? 0;
    if (state.isOn && profiled > 0) void profiling.start(profiled);
  }

  /**
   * The SDK's parts that are worth their cost, named one by one: its defaults add 300 microseconds to a trivial request, report validation errors as
   * incidents, and read the machine's context (200 microseconds) for each sampled trace. Incoming requests are those of `requests`.
   */
  function integrationsFor(dsn: string, config: ObservabilityConfig): Integration[] {
    const ownHosts = [config.MIXPANEL_API_HOST, new URL(dsn).origin].filter((host) => host !== undefined);
    const timeoutMs = config.SHUTDOWN_TIMEOUT_MS ?? 10_000;
    return [
      readableErrorsIntegration(),
      filteredMirror((envelope) => state.gate.scrubEnvelope(envelope)),
      // First of those that change an event: it records one before linked errors are added to it.
      ...unfinished.integrations,
      Sentry.eventFiltersIntegration(),
      Sentry.functionToStringIntegration(),
      Sentry.linkedErrorsIntegration(),
      requestDataIntegration(),
      uncaughtErrors({ timeoutMs, close: closeAll }),
      ...spanStreamIntegrations(),
      Sentry.nativeNodeFetchIntegration({
        ignoreOutgoingRequests: (url) => ownHosts.some((host) => url.startsWith(host)),
      }),
      Sentry.postgresIntegration(),
      Sentry.redisIntegration(),
    ];
  }

  function openTransport(sdk: TransportOptions, config: ObservabilityConfig): ClosableTransport {
    const { people, warnOnce } = core;
    const spoolRoot = core.spoolRoot(config);
    const maxSpoolBytes = config.OBSERVABILITY_SPOOL_MAX_BYTES;
    const lane = createErrorPipeline({ sdk, spoolRoot, maxSpoolBytes, people, warnOnce });
    state.pipeline = lane;
    transport = createDurableTransport({
      ...{ sdk, lane, warnOnce },
      scrubEnvelope: (envelope) => state.gate.scrubEnvelope(envelope),
      onKept: (eventId) => state.budget.settle(eventId),
    });
    return transport;
  }

  /** `process.exit()` waits for nothing: errors that are not in the lane by then are written before it ends the process. */
  function finishAtExit(): void {
    unfinished.finish();
    state.budget.commit();
  }

  function stayAsStarted(name: string, dsn: unknown): void {
    const isSameTarget = !dsn || (typeof dsn === 'string' && ['', started?.dsn].includes(dsn.trim()));
    if (isSameTarget && name === started?.name) return;
    core.warnOnce(
      `initializeSentry was called again with another ${isSameTarget ? 'name' : 'DSN'}, which is ignored: error tracking stays as it is.`,
    );
  }

  function stayOff(problem: string): void {
    capture.early.discard();
    state.closed = undefined;
    core.warnOnce(problem);
  }

  const { captureException, captureMessage, setUserContext, addBreadcrumb } = capture;
  return {
    captureException,
    captureMessage,
    setUserContext,
    addBreadcrumb,
    start(name, dsn, options = {}) {
      try {
        const service = typeof name === 'string' && name !== '' ? name : 'service';
        core.nameService(service);
        if (state.isOn) return stayAsStarted(service, dsn);
        const settings = core.readSettings();
        const target = targetOf(dsn, settings);
        if ('problem' in target) return stayOff(target.problem);
        if (isTakenFrom(state)) {
          return stayOff(
            'Another telemetry instance of this process sends to Sentry. Error tracking of this one is off.',
          );
        }
        turnOn(service, target.dsn, options ?? {}, settings);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        core.warnOnce(`Error tracking could not be started: ${reason}.`);
        if (state.isOn) return;
        state.pipeline?.close(0).catch(() => {});
        state.pipeline = undefined;
      }
    },
    turnOff: () => capture.early.discard(),
    isOn: () => state.isOn,
    noteEvent: (name, time, properties) =>
      state.isOn ? noteEvent(state.currentRequest(), name, time, properties) : undefined,
    withJobContext: requests.withJobContext,
    requests,
    logToSentry: createLogHook(state),
    gate: () => state.gate,
    async flush(timeoutMs) {
      const { pipeline } = state;
      if (!state.isOn || !pipeline) return { delivered: 0, pending: 0, spooled: 0 };
      const before = pipeline.stats().sentry?.delivered ?? 0;
      // The SDK counts its own time, by timers that a test may have faked; to it 0 means no limit.
      await within(Sentry.flush(Math.max(1, timeoutMs)), timeoutMs);
      // An error is a file of its own.
      const { delivered = 0, pending = 0, spooledFiles = 0 } = pipeline.stats().sentry ?? {};
      const inMemory = pending - spooledFiles + unfinished.count();
      return { delivered: delivered - before, pending: inMemory, spooled: spooledFiles };
    },
    async close(timeoutMs) {
      if (!state.isOn) return;
      profiling.stop();
      state.budget.announce();
      const { pipeline } = state;
      state.isOn = false;
      state.closed = pipeline;
      const deadline = monotonicNow() + timeoutMs;
      await within(Sentry.close(Math.max(1, timeoutMs)), timeoutMs);
      const leftMs = Math.max(0, deadline - monotonicNow());
      if (pipeline) await within(pipeline.close(leftMs), leftMs + GRACE_MS);
      // The SDK does not close its transport.
      if (transport) await within(transport.close(), GRACE_MS);
      process.off('exit', finishAtExit);
      state.pipeline = undefined;
      started = undefined;
      state.budget.close();
      state.budget = unlimited;
    },
    async forget(userId) {
      await state.pipeline?.forget(userId, []);
    },
    stats: () => ({
      // Also of a closed pipeline, which counts late errors.
      lanes: { ...(state.pipeline ?? state.closed)?.stats() },
      budget: state.budget.stats(),
      counters: state.counters,
      early: capture.early.stats(),
    }),
  };
}

/** Returns the DSN that the argument names, else the environment; a malformed argument is not replaced by the environment's. */
function targetOf(
  argument: unknown,
  { config, problems }: Settings,
): { readonly dsn: string } | { readonly problem: string } {
  if (argument && !(typeof argument === 'string' && argument.trim() === '')) {
    const checked = checkValue('SENTRY_DSN', argument);
    if ('value' in checked) return { dsn: checked.value };
    return { problem: `initializeSentry: ${checked.problem}. Error tracking is off.` };
  }
  if (config.SENTRY_DSN !== undefined) return { dsn: config.SENTRY_DSN };
  const problem = problems.get('SENTRY_DSN');
  return { problem: problem ? `${problem} Error tracking is off.` : 'SENTRY_DSN is not set: error tracking is off.' };
}

/** Whether another instance has started the SDK. */
function isTakenFrom(state: ErrorsState): boolean {
  const owner = (Sentry.getClient() as { readonly [OWNER]?: ErrorsState } | undefined)?.[OWNER];
  return owner?.isOn === true && owner !== state;
}

/** With `OBSERVABILITY_REDIS_URL` the budget is that of all processes together. Its counts lie in the errors' spool. */
function openBudget({ serviceName, spoolRoot, warnOnce }: Core, config: ObservabilityConfig): ErrorBudget {
  const { SENTRY_ERROR_BUDGET_PER_MONTH: perMonth = 5000, OBSERVABILITY_REDIS_URL: redisUrl } = config;
  if (perMonth === 0) return unlimited;
  const root = spoolRoot(config);
  const member = { prefix: redisPrefixOf(config), service: serviceName() ?? 'service', owner: newOwnerName() };
  return createErrorBudget({
    perMonth,
    folder: root && join(root, ERRORS_FOLDER, 'budget'),
    ...(redisUrl !== undefined && {
      share: (onChange) => joinBudget({ redisUrl, ...member, onChange, warn: warnOnce }),
    }),
    send: sendSummary,
    log: (message) => console.warn(`[observability] ${message}`),
    warn: warnOnce,
  });
}

/**
 * Instead of the SDK's integration of that name, which also works on every span: a URL parsed, attributes merged three times, and an entry
 * in a WeakMap, which lives until a full collection. Adds method and path only: never headers, cookies, a query or a body.
 */
const requestDataIntegration = defineIntegration(() => ({
  name: 'RequestData',
  processEvent(event: Event) {
    const data = event.sdkProcessingMetadata?.['requestData'] as NonNullable<Event['request']> | undefined;
    if (data) event.request = { ...event.request, ...data };
    return event;
  },
}));

/** Filters what Spotlight mirrors in development: it takes envelopes before they reach the transport. */
const filteredMirror = defineIntegration((scrubEnvelope: (envelope: Envelope) => Envelope) => ({
  name: 'FilteredMirror',
  setup(client) {
    if (!client.getOptions().integrations.some(({ name }) => name === 'Spotlight')) return;
    client.on('beforeEnvelope', (envelope) => {
      [envelope[0], envelope[1]] = scrubEnvelope(envelope);
    });
  },
}));

/** Scope tags are not applied to spans, so each gets the service by name. */
function tagWithService(span: StreamedSpanJSON, service: string): StreamedSpanJSON {
  span.attributes ??= {};
  span.attributes['service.name'] = service;
  return span;
}
