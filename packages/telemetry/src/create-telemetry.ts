import { createRedisQueueTransport, type Transport } from '@qr/delivery';
import type { Plan } from '@qr/plan';
import type { Mixpanel } from 'mixpanel';
import type { UnplannedPolicy } from './analytics/official-records.ts';
import { createCore, type Variables } from './core.ts';
import type { Destination } from './destinations/destination.ts';
import { lanes } from './destinations/lanes.ts';
import type { Errors, InitializeSentryOptions } from './errors/errors.ts';
import { redisPrefixOf } from './settings/redis-prefix.ts';
import { releaseOf } from './settings/release.ts';
import {
  type AnalyticsCalls,
  createInstance,
  type Instance,
  internals,
  type Lifecycle,
  type TelemetryHandle,
} from './telemetry.ts';

/** Options of {@link createTelemetry}. */
export interface TelemetryOptions<P extends Plan> {
  /** The tracking plan: only what it lists leaves the process. */
  readonly plan: P;
  /** Name of the service in events, errors and traces. */
  readonly service: string;
  /** @default the variable of the host or CI, else the commit of the application's checkout */
  readonly release?: string;
  /** `production` turns on its safeguards, such as the required hash key. @default 'development' */
  readonly environment?: string;
  /** Receivers of events. Each event goes to those that the plan lists for it. @default none: analytics are off */
  readonly destinations?: readonly Destination[];
  /** @default errors and traces are off */
  readonly sentry?: InitializeSentryOptions & {
    readonly dsn: string;
    /** Share of traces that production records, from 0 to 1. @default 0.1 in production, else 1 */
    readonly tracesSampleRate?: number;
    /** URLs of your own services: requests to them carry the trace on. @default none */
    readonly traceOrigins?: readonly string[];
    /** Errors a month; 0 for no limit. @default 5000 */
    readonly errorsPerMonth?: number;
  };
  /** Where records are kept until they are delivered; `false` keeps them in memory only. @default '.data/spool/<service>', 256 MiB */
  readonly spool?: false | { readonly directory?: string; readonly maxBytes?: number };
  /** How long a record waits for others before its batch is sealed. @default 1000 */
  readonly flushIntervalMs?: number;
  /** A queue between processes that track and processes that deliver. @default this process delivers itself */
  readonly redis?: { readonly url: string; readonly prefix?: string };
  /** Key of at least 32 characters for hashes of personal values. Required in production. */
  readonly hashKey?: string;
  /** Whether user ids that hold an e-mail address or a telephone number are sent as they are, instead of as a hash. @default false */
  readonly plainUserIds?: boolean;
  /** What becomes of unplanned data of Mixpanel's own client. @default 'drop' */
  readonly mixpanelUnplanned?: UnplannedPolicy;
}

/** One running instance. Its calls are synchronous, never throw, and do nothing while their half is off. */
export interface Telemetry<P extends Plan>
  extends AnalyticsCalls<P>,
    Lifecycle,
    TelemetryHandle,
    Pick<Errors, 'captureException' | 'captureMessage' | 'setUserContext' | 'addBreadcrumb' | 'withJobContext'> {
  /** Mixpanel's own client, its requests carried by this instance; `null` without the destination `mixpanel`. */
  getMixpanel(): Mixpanel | null;
  /** Returns the hash under which an e-mail address is known in events. */
  hashEmail(email: string): string;
}

/** The option behind each setting, for warnings. */
const LABELS: Readonly<Partial<Record<keyof Variables, string>>> = {
  SENTRY_DSN: 'sentry.dsn',
  SENTRY_ENVIRONMENT: 'environment',
  SENTRY_RELEASE: 'release',
  SENTRY_TRACES_SAMPLE_RATE: 'sentry.tracesSampleRate',
  SENTRY_ERROR_BUDGET_PER_MONTH: 'sentry.errorsPerMonth',
  OBSERVABILITY_FLUSH_INTERVAL_MS: 'flushIntervalMs',
  OBSERVABILITY_SPOOL_DIR: 'spool.directory',
  OBSERVABILITY_SPOOL_MAX_BYTES: 'spool.maxBytes',
  OBSERVABILITY_REDIS_URL: 'redis.url',
  OBSERVABILITY_REDIS_PREFIX: 'redis.prefix',
  PII_HASH_KEY: 'hashKey',
};

/**
 * Creates and starts a telemetry instance. Never throws: the half that a malformed option concerns stays off, or runs with the safe value, and one warning
 * names the option, what was expected and what to do.
 *
 * Several instances can run in one process; the SDK of Sentry is one for the whole process, so that only the first of them has errors and traces.
 */
export function createTelemetry<P extends Plan>(options: TelemetryOptions<P>): Telemetry<P> {
  const variables = variablesOf(options);
  const core = createCore({
    plan: options.plan,
    variables: () => variables,
    labels: LABELS,
    traceOrigins: () => options.sentry?.traceOrigins ?? [],
    keepsOnDisk: options.spool !== false,
  });
  core.nameService(options.service);
  const instance = createInstance<P>(core);
  const { sentry } = options;
  // Errors first, so that a failure while analytics start is reported.
  // The DSN is a setting like the others: a malformed one is named by its option.
  if (sentry) instance.errors.start(options.service, undefined, sentry);
  else instance.errors.turnOff();
  try {
    core.people.choosePlainUserIds(options.plainUserIds, 'createTelemetry');
    startAnalytics(instance, options);
  } catch (error) {
    core.warnOnce(
      `Analytics could not be started, and are off: ${error instanceof Error ? error.message : String(error)}.`,
    );
    instance.analytics.turnOff();
  }
  const { captureException, captureMessage, setUserContext, addBreadcrumb, withJobContext } = instance.errors;
  const { trackEvent, identifyUser, trackRevenue, getMixpanel, flush, close, stats, forgetUser } = instance;
  const { hashEmail } = core.people;
  return {
    ...{ trackEvent, identifyUser, trackRevenue, forgetUser, getMixpanel, hashEmail },
    ...{ captureException, captureMessage, setUserContext, addBreadcrumb, withJobContext },
    ...{ flush, close, stats },
    [internals]: instance,
  };
}

function startAnalytics<P extends Plan>({ core, analytics }: Instance<P>, options: TelemetryOptions<P>): void {
  const { destinations = [], mixpanelUnplanned: unplanned = 'drop' } = options;
  if (destinations.length === 0) return analytics.turnOff();
  const key = core.people.fixHashKey();
  if (key.problem !== undefined) core.warnOnce(key.problem);
  if (key.isRefused) {
    core.warnOnce('Analytics are off: without a usable hashKey their personal values would not be protected.');
    return analytics.turnOff();
  }
  const { config, problems } = core.readSettings();
  for (const name of ['OBSERVABILITY_FLUSH_INTERVAL_MS', 'OBSERVABILITY_SPOOL_MAX_BYTES']) {
    const problem = problems.get(name);
    if (problem !== undefined) core.warnOnce(problem);
  }
  // The queue of another environment must not be filled because of a slip of the pen.
  const queueProblem = problems.get('OBSERVABILITY_REDIS_URL') ?? problems.get('OBSERVABILITY_REDIS_PREFIX');
  if (queueProblem !== undefined) throw new TypeError(queueProblem);
  const release = releaseOf(config, core.warnOnce);
  const { OBSERVABILITY_REDIS_URL: url } = config;
  const official = destinations.find((destination) => destination.official)?.official;
  analytics.start({
    destinations,
    spoolRoot: core.spoolRoot(config),
    maxSpoolBytes: config.OBSERVABILITY_SPOOL_MAX_BYTES,
    flushIntervalMs: config.OBSERVABILITY_FLUSH_INTERVAL_MS,
    ...(url !== undefined && { queue: (receiver) => queueAt(url, redisPrefixOf(config), receiver, core.warnOnce) }),
    base: { environment: config.NODE_ENV, ...(release !== undefined && { release }) },
    ...(official && { official: { ...official, unplanned } }),
  });
}

function queueAt(url: string, prefix: string, destination: string, warn: (message: string) => void): Transport {
  return createRedisQueueTransport({ lanes, warn, url, prefix, destination });
}

function variablesOf<P extends Plan>(options: TelemetryOptions<P>): Variables {
  const { environment = 'development', release, sentry, spool, flushIntervalMs, redis, hashKey } = options;
  const { directory, maxBytes } = spool || {};
  return {
    ...{ NODE_ENV: environment, SENTRY_ENVIRONMENT: environment, SENTRY_RELEASE: release, PII_HASH_KEY: hashKey },
    SENTRY_DSN: sentry?.dsn,
    SENTRY_TRACES_SAMPLE_RATE: textOf(sentry?.tracesSampleRate),
    SENTRY_ERROR_BUDGET_PER_MONTH: textOf(sentry?.errorsPerMonth),
    OBSERVABILITY_FLUSH_INTERVAL_MS: textOf(flushIntervalMs),
    OBSERVABILITY_SPOOL_DIR: directory,
    OBSERVABILITY_SPOOL_MAX_BYTES: textOf(maxBytes),
    OBSERVABILITY_REDIS_URL: redis?.url,
    OBSERVABILITY_REDIS_PREFIX: redis?.prefix,
  };
}

function textOf(value: number | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}
