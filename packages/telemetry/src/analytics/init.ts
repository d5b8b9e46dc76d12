import { createPipeline, type PipelineOptions, type Transport } from '@qr/delivery';
import { plan } from '@qr/events';
import { personKeys } from '@qr/plan';
import type { Mixpanel } from 'mixpanel';
import { lanes } from '../destinations/lanes.ts';
import { personIdsOf } from '../destinations/person-ids.ts';
import { errors } from '../errors-instance.ts';
import { core } from '../instance.ts';
import { scrubText } from '../privacy/index.ts';
import { checkValue, readObservabilityConfig } from '../settings/load-config.ts';
import { releaseOf } from '../settings/release.ts';
import { spoolRootOf } from '../settings/spool-root.ts';
import { createEncoder } from './encode.ts';
import { createOfficialClient } from './official-client.ts';
import type { IdMerge, UnplannedPolicy } from './official-records.ts';
import { earlyCalls, runtime } from './runtime.ts';
import type { Environment } from './settings.ts';
import { createTracker, noopTracker } from './tracker.ts';
import { transportsFor } from './transports.ts';

/** The official client of this process once {@link initializeMixpanel} ran with a token, `null` before. */
export let mixpanel: Mixpanel | null = null;

/** For tests, and for processes with needs of their own. */
export interface InitializeMixpanelOptions {
  /** Carries every lane; with it nothing is kept on disk unless OBSERVABILITY_SPOOL_DIR says so. @default HTTP to `MIXPANEL_API_HOST` */
  readonly transport?: Transport;
  /** What becomes of unplanned data of the official client. @default 'drop' */
  readonly mixpanelUnplanned?: UnplannedPolicy;
  /** Whether `trackRevenue` also appends the charge to the profile, which the vendor's documentation no longer mentions. @default false */
  readonly legacyTrackCharge?: boolean;
  /** How the Mixpanel project merges ids; simplified is the vendor's default since April 2024. @default MIXPANEL_ID_MERGE, else 'simplified' */
  readonly idMerge?: IdMerge;
  /**
   * Whether user ids that hold an e-mail address or a telephone number are sent as they are, instead of as a hash. Holds for the whole process, errors
   * included. @default OBSERVABILITY_PLAIN_USER_IDS, else false
   */
  readonly plainUserIds?: boolean;
}

/** Variables with a default that does no harm: a malformed one is said once, and the default is used. */
const VARIABLES = [
  ...['OBSERVABILITY_FLUSH_INTERVAL_MS', 'OBSERVABILITY_SPOOL_MAX_BYTES', 'MIXPANEL_ID_MERGE'],
  'OBSERVABILITY_REDIS_PREFIX',
];

/**
 * Turns analytics on for this process. Idempotent: with other arguments, a second call is ignored with a warning. Never throws.
 *
 * @param token the project token; `MIXPANEL_TOKEN` when left out. Without a token and without `ANALYTICS_URL` one warning is printed and every
 * analytics call does nothing. So it is when a setting that they need is malformed: none is replaced by a default.
 * @returns the official client, its requests carried by our delivery; `null` without a token.
 */
export function initializeMixpanel(token?: string, options: InitializeMixpanelOptions = {}): Mixpanel | null {
  if (runtime.pipeline) return stayAsStarted(token, options);
  try {
    return start(token, options ?? {});
  } catch (error) {
    core.warnOnce(
      `Analytics could not be started, and are off: ${error instanceof Error ? error.message : String(error)}.`,
    );
    return turnOff();
  }
}

function stayAsStarted(token: unknown, options: InitializeMixpanelOptions): Mixpanel | null {
  const { started } = runtime;
  const isSameProject = !token || (typeof token === 'string' && ['', started?.token].includes(token.trim()));
  const transport = transportIn(options);
  if (!isSameProject || (transport !== undefined && transport !== started?.transport)) {
    core.warnOnce(
      'initializeMixpanel was called again with other arguments, which are ignored: analytics stay as they are.',
    );
  }
  return mixpanel;
}

function transportIn(options: InitializeMixpanelOptions | null): unknown {
  try {
    return options?.transport;
  } catch {
    // An object that refuses to be read.
    return options;
  }
}

function start(token: string | undefined, options: InitializeMixpanelOptions): Mixpanel | null {
  const environment = readObservabilityConfig();
  const { config, problems } = environment;
  for (const name of VARIABLES) {
    const problem = problems.get(name);
    if (problem) core.warnOnce(problem);
  }
  core.people.choosePlainUserIds(options.plainUserIds, 'initializeMixpanel');
  const key = core.people.fixHashKey();
  if (key.isRefused) {
    core.warnOnce(`${key.problem} Analytics are off: without it their personal values would not be protected.`);
    return turnOff();
  }
  if (key.problem !== undefined) core.warnOnce(key.problem);
  const project = projectOf(token, environment);
  const spoolRoot = options.transport ? config.OBSERVABILITY_SPOOL_DIR : spoolRootOf(config);
  const transports = options.transport
    ? everyLane(options.transport)
    : transportsFor(project.token, environment, spoolRoot);
  if (project.problem !== undefined) core.warnOnce(`${project.problem} Nothing is sent to Mixpanel.`);
  // A transport of the caller's own may do without a project, but not with a wrong one.
  if (Object.keys(transports).length === 0 || (options.transport && project.problem !== undefined)) {
    if (project.token === undefined && project.problem === undefined)
      core.warnOnce('MIXPANEL_TOKEN is not set: analytics are off.');
    return turnOff();
  }
  const pipeline = createPipeline({
    lanes,
    transports,
    spoolRoot,
    maxSpoolBytes: config.OBSERVABILITY_SPOOL_MAX_BYTES ?? 256 * 1024 * 1024,
    flushIntervalMs: config.OBSERVABILITY_FLUSH_INTERVAL_MS ?? 1000,
    personIds: personIdsOf(personKeys(plan)),
    warn: core.warnOnce,
  });
  const service = core.serviceName();
  const release = releaseOf(config);
  const encoder = createEncoder({
    plan,
    hash: core.people.hashPersonal,
    base: {
      ...(service !== undefined && { service }),
      environment: config.SENTRY_ENVIRONMENT ?? config.NODE_ENV,
      ...(release !== undefined && { release }),
    },
    onLeftOut: countLeftOut,
  });
  // A token has an effect only where its lanes are: a setting that they need may be malformed.
  const activeToken = pipeline.has('import') ? project.token : undefined;
  runtime.started = { token: project.token, transport: options.transport };
  runtime.pipeline = pipeline;
  runtime.closed = undefined;
  const recordsCharges = options.legacyTrackCharge ?? false;
  const idMerge = options.idMerge ?? config.MIXPANEL_ID_MERGE ?? 'simplified';
  runtime.tracker = createTracker({
    ...{ encoder, pipeline, token: activeToken, recordsCharges, idMerge },
    noteEvent: errors.noteEvent,
  });
  if (activeToken !== undefined) {
    const unplanned = options.mixpanelUnplanned ?? 'drop';
    mixpanel = openClient({ token: activeToken, encoder, pipeline, unplanned, idMerge });
  }
  const lost = earlyCalls.replay(runtime.tracker);
  for (let call = 0; call < lost; call++) pipeline.drop(activeToken ? 'import' : 'analytics', 'not_initialized');
  return mixpanel;
}

/** No destination: what came before is dropped, and every further call does nothing. */
function turnOff(): null {
  runtime.tracker = noopTracker;
  runtime.closed = undefined;
  earlyCalls.discard();
  return null;
}

/** The project that the argument names, else the environment; a malformed argument is not replaced by the environment's. */
function projectOf(
  argument: unknown,
  { config, problems }: Environment,
): { readonly token?: string; readonly problem?: string } {
  if (argument && !(typeof argument === 'string' && argument.trim() === '')) {
    const checked = checkValue('MIXPANEL_TOKEN', argument);
    return 'value' in checked ? { token: checked.value } : { problem: `initializeMixpanel: ${checked.problem}.` };
  }
  const problem = problems.get('MIXPANEL_TOKEN');
  if (problem !== undefined) return { problem };
  return config.MIXPANEL_TOKEN === undefined ? {} : { token: config.MIXPANEL_TOKEN };
}

/** The vendor's client makes an agent of these variables when it is made, and throws at some. It never uses it: our delivery has its own. */
const PROXY_VARIABLES = ['HTTP_PROXY', 'HTTPS_PROXY'];

/** Analytics work without the vendor's client, if it refuses to be made. */
function openClient(options: Parameters<typeof createOfficialClient>[0]): Mixpanel | null {
  try {
    return withoutProxyVariables(() => createOfficialClient(options));
  } catch (error) {
    core.warnOnce(`The Mixpanel client could not be made: ${error instanceof Error ? error.message : String(error)}.`);
    return null;
  }
}

function withoutProxyVariables<T>(act: () => T): T {
  const values = PROXY_VARIABLES.map((name) => [name, process.env[name]] as const);
  for (const name of PROXY_VARIABLES) delete process.env[name];
  try {
    return act();
  } finally {
    for (const [name, value] of values) if (value !== undefined) process.env[name] = value;
  }
}

/** The official client, or `null` when analytics are off. */
export function getMixpanel(): Mixpanel | null {
  return mixpanel;
}

/** Forgets the client after the pipeline was closed. */
export function resetMixpanelClient(): void {
  mixpanel = null;
}

function countLeftOut(what: string, reason: 'unplanned_property' | 'invalid_property', name: string): void {
  runtime.counters[reason]++;
  // A name comes from the caller, and may hold what it found in a form.
  const shown = scrubText(name);
  core.warnOnce(
    reason === 'unplanned_property'
      ? `${what}: property "${shown}" is not in the tracking plan and was left out. Add it in packages/events.`
      : `${what}: property "${shown}" has a value of another type than the tracking plan says and was left out.`,
  );
}

function everyLane(transport: Transport): PipelineOptions['transports'] {
  return { import: transport, engage: transport, groups: transport };
}
