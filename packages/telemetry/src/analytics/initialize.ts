import { createRedisQueueTransport, type Transport } from '@qr/delivery';
import type { Mixpanel } from 'mixpanel';
import type { Core, Settings } from '../core.ts';
import { analyticsService } from '../destinations/analytics-service.ts';
import type { Destination } from '../destinations/destination.ts';
import { lanes } from '../destinations/lanes.ts';
import { appHostOf, type IdMerge, type MixpanelOptions, mixpanel } from '../destinations/mixpanel.ts';
import { checkValue } from '../settings/load-config.ts';
import { redisPrefixOf } from '../settings/redis-prefix.ts';
import { releaseOf } from '../settings/release.ts';
import type { Analytics } from './analytics.ts';
import type { UnplannedPolicy } from './official-records.ts';

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

/** Settings with a default that does no harm: a malformed one is said once, and the default is used. */
const HARMLESS = [
  ...['OBSERVABILITY_FLUSH_INTERVAL_MS', 'OBSERVABILITY_SPOOL_MAX_BYTES', 'MIXPANEL_ID_MERGE'],
  'OBSERVABILITY_REDIS_PREFIX',
];

/** Starts analytics as the environment says; see `initializeMixpanel`. */
export type InitializeMixpanel = (token?: string, options?: InitializeMixpanelOptions) => Mixpanel | null;

/** Creates `initializeMixpanel` of an instance. */
export function createInitializeMixpanel(core: Core, analytics: Analytics): InitializeMixpanel {
  const { warnOnce, people } = core;
  /** What analytics were started with. */
  let started: { readonly token: string | undefined; readonly transport: Transport | undefined } | undefined;

  function stayAsStarted(token: unknown, options: InitializeMixpanelOptions | null): Mixpanel | null {
    const isSameProject = !token || (typeof token === 'string' && ['', started?.token].includes(token.trim()));
    const transport = transportIn(options);
    if (!isSameProject || (transport !== undefined && transport !== started?.transport)) {
      warnOnce(
        'initializeMixpanel was called again with other arguments, which are ignored: analytics stay as they are.',
      );
    }
    return analytics.client();
  }

  function turnOff(): null {
    analytics.turnOff();
    return null;
  }

  function start(token: string | undefined, options: InitializeMixpanelOptions): Mixpanel | null {
    const settings = core.readSettings();
    const { config, problems } = settings;
    for (const name of HARMLESS) {
      const problem = problems.get(name);
      if (problem) warnOnce(problem);
    }
    people.choosePlainUserIds(options.plainUserIds, 'initializeMixpanel');
    const key = people.fixHashKey();
    if (key.isRefused) {
      warnOnce(`${key.problem} Analytics are off: without it their personal values would not be protected.`);
      return turnOff();
    }
    if (key.problem !== undefined) warnOnce(key.problem);
    const { transport } = options;
    const project = projectOf(token, settings);
    if (project.problem !== undefined) warnOnce(`${project.problem} Nothing is sent to Mixpanel.`);
    const idMerge = options.idMerge ?? config.MIXPANEL_ID_MERGE ?? 'simplified';
    const toMixpanel = transport
      ? // A transport of the caller's own may do without a project, but not with a wrong one.
        project.problem === undefined && mixpanel({ token: project.token ?? '', idMerge, transport })
      : project.token !== undefined && mixpanelFrom(project.token, idMerge, settings, warnOnce);
    const toAnalytics = transport ? undefined : analyticsServiceFrom(settings, warnOnce);
    const destinations: Destination[] = [...(toMixpanel ? [toMixpanel] : []), ...(toAnalytics ? [toAnalytics] : [])];
    if (destinations.length === 0) {
      if (project.token === undefined && project.problem === undefined)
        warnOnce('MIXPANEL_TOKEN is not set: analytics are off.');
      return turnOff();
    }
    const release = releaseOf(config, warnOnce);
    const { OBSERVABILITY_REDIS_URL: redisUrl } = config;
    started = { token: project.token, transport };
    return analytics.start({
      destinations,
      spoolRoot: transport ? config.OBSERVABILITY_SPOOL_DIR : core.spoolRoot(config),
      maxSpoolBytes: config.OBSERVABILITY_SPOOL_MAX_BYTES,
      flushIntervalMs: config.OBSERVABILITY_FLUSH_INTERVAL_MS,
      // Past one machine the batches go to a queue, from which shippers deliver.
      ...(redisUrl !== undefined && {
        queue: (destination) =>
          createRedisQueueTransport({
            lanes,
            warn: warnOnce,
            url: redisUrl,
            prefix: redisPrefixOf(config),
            destination,
          }),
      }),
      base: { environment: config.SENTRY_ENVIRONMENT ?? config.NODE_ENV, ...(release !== undefined && { release }) },
      ...(toMixpanel &&
        project.token !== undefined && {
          official: { token: project.token, idMerge, unplanned: options.mixpanelUnplanned ?? 'drop' },
        }),
      recordsCharges: options.legacyTrackCharge,
    });
  }

  return (token, options = {}) => {
    if (analytics.isOn()) return stayAsStarted(token, options);
    try {
      return start(token, options ?? {});
    } catch (error) {
      warnOnce(
        `Analytics could not be started, and are off: ${error instanceof Error ? error.message : String(error)}.`,
      );
      return turnOff();
    }
  };
}

function transportIn(options: InitializeMixpanelOptions | null): unknown {
  try {
    return options?.transport;
  } catch {
    // An object that refuses to be read.
    return options;
  }
}

/** The project that the argument names, else the environment; a malformed argument is not replaced by the environment's. */
function projectOf(
  argument: unknown,
  { config, problems }: Settings,
): { readonly token?: string; readonly problem?: string } {
  if (argument && !(typeof argument === 'string' && argument.trim() === '')) {
    const checked = checkValue('MIXPANEL_TOKEN', argument);
    return 'value' in checked ? { token: checked.value } : { problem: `initializeMixpanel: ${checked.problem}.` };
  }
  const problem = problems.get('MIXPANEL_TOKEN');
  if (problem !== undefined) return { problem };
  return config.MIXPANEL_TOKEN === undefined ? {} : { token: config.MIXPANEL_TOKEN };
}

type Warn = (message: string) => void;

/** Mixpanel as the environment names it; `undefined` when a setting that says how it is reached is malformed: none has a substitute. */
function mixpanelFrom(token: string, idMerge: IdMerge, settings: Settings, warn: Warn): Destination | undefined {
  const project = mixpanelSettings(token, settings);
  const redisProblem = settings.malformed.has('OBSERVABILITY_REDIS_URL')
    ? settings.problems.get('OBSERVABILITY_REDIS_URL')
    : undefined;
  const problem = 'problem' in project ? project.problem : redisProblem;
  if (problem !== undefined || 'problem' in project) {
    warn(`${problem} Nothing is sent to Mixpanel.`);
    return undefined;
  }
  const deletion = deletionFrom(settings, warn);
  return mixpanel({ ...project, idMerge, ...(deletion && { deletion }) });
}

/** Returns how events reach Mixpanel, or why they must not. */
export function mixpanelSettings(
  token: string,
  { config, problems, malformed }: Settings,
): MixpanelOptions | { readonly problem: string } {
  const { MIXPANEL_API_HOST: apiHost, MIXPANEL_SERVICE_ACCOUNT: credentials, MIXPANEL_PROJECT_ID: projectId } = config;
  const hasAccount = credentials !== undefined || malformed.has('MIXPANEL_SERVICE_ACCOUNT');
  const needed = ['MIXPANEL_API_HOST', 'MIXPANEL_SERVICE_ACCOUNT', ...(hasAccount ? ['MIXPANEL_PROJECT_ID'] : [])];
  const unusable = needed.find((name) => malformed.has(name));
  if (unusable !== undefined) return { problem: problems.get(unusable) ?? unusable };
  if (credentials === undefined) return { apiHost, token };
  if (projectId === undefined)
    return { problem: 'MIXPANEL_SERVICE_ACCOUNT is set and MIXPANEL_PROJECT_ID, which it needs, is not.' };
  return { apiHost, token, serviceAccount: { credentials, projectId } };
}

function deletionFrom({ config, problems, malformed }: Settings, warn: Warn): MixpanelOptions['deletion'] {
  const { MIXPANEL_OAUTH_TOKEN: oauthToken, MIXPANEL_API_HOST: apiHost } = config;
  const unusable = ['MIXPANEL_OAUTH_TOKEN', 'MIXPANEL_APP_HOST'].find((name) => malformed.has(name));
  if (unusable !== undefined) {
    warn(`${problems.get(unusable)} Mixpanel is not asked to delete the events of forgotten people.`);
    return undefined;
  }
  if (oauthToken === undefined) return undefined;
  const appHost = config.MIXPANEL_APP_HOST ?? appHostOf(apiHost);
  if (appHost !== undefined) return { oauthToken, appHost };
  warn(
    'MIXPANEL_OAUTH_TOKEN is set, and MIXPANEL_API_HOST does not tell the region of the project: set MIXPANEL_APP_HOST. Until then Mixpanel is not asked to delete the events of forgotten people.',
  );
  return undefined;
}

function analyticsServiceFrom({ config, problems, malformed }: Settings, warn: Warn): Destination | undefined {
  const { ANALYTICS_URL: urls, SERVICE_TOKEN: serviceToken } = config;
  const problem = problems.get('ANALYTICS_URL') ?? (urls !== undefined && problems.get('SERVICE_TOKEN'));
  if (problem) {
    warn(`${problem} Nothing is sent to analytics-service.`);
    return undefined;
  }
  if (urls === undefined) return undefined;
  if (serviceToken !== undefined && !malformed.has('SERVICE_TOKEN'))
    return analyticsService({ urls: urls.split(','), serviceToken });
  warn('ANALYTICS_URL is set and SERVICE_TOKEN is not: nothing is sent to analytics-service.');
  return undefined;
}
