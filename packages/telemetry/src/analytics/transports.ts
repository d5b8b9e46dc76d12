import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRedisQueueTransport, type PipelineOptions, type Transport } from '@qr/delivery';
import { createAnalyticsHttpTransport } from '../destinations/analytics-http.ts';
import { type LaneName, lanes } from '../destinations/lanes.ts';
import { createMixpanelDeletionTransport } from '../destinations/mixpanel-deletion.ts';
import { createMixpanelHttpTransport, mixpanelDestination } from '../destinations/mixpanel-http.ts';
import { core } from '../instance.ts';
import { redisPrefixOf } from '../settings/redis-prefix.ts';
import { appHostOf, type Environment, mixpanelSettings } from './settings.ts';

type Transports = PipelineOptions<LaneName>['transports'];

/** The lanes that a process has: a destination is on by its own variable, and off when one that it needs is malformed. */
export function transportsFor(token: string | undefined, environment: Environment, spoolRoot: string | undefined) {
  return {
    ...(token !== undefined && mixpanelLanes(token, environment, spoolRoot)),
    ...analyticsLane(environment),
  } satisfies Transports;
}

function mixpanelLanes(token: string, environment: Environment, spoolRoot: string | undefined): Transports {
  const settings = mixpanelSettings(token, environment);
  if ('problem' in settings) return off(settings.problem);
  if (environment.malformed.has('OBSERVABILITY_REDIS_URL'))
    return off(environment.problems.get('OBSERVABILITY_REDIS_URL') ?? '');
  const { OBSERVABILITY_REDIS_URL: redisUrl } = environment.config;
  // Past one machine the batches go to a queue, from which shippers deliver.
  const mixpanel = redisUrl
    ? createRedisQueueTransport({
        ...{ lanes, warn: core.warnOnce },
        url: redisUrl,
        prefix: redisPrefixOf(environment.config),
        destination: mixpanelDestination(settings),
      })
    : createMixpanelHttpTransport(settings);
  return { import: mixpanel, engage: mixpanel, groups: mixpanel, ...deletions(token, environment, spoolRoot) };
}

function off(problem: string): Transports {
  core.warnOnce(`${problem} Nothing is sent to Mixpanel.`);
  return {};
}

function analyticsLane({ config, problems, malformed }: Environment): { analytics?: Transport } {
  const { ANALYTICS_URL, SERVICE_TOKEN: serviceToken } = config;
  const problem = problems.get('ANALYTICS_URL') ?? (ANALYTICS_URL !== undefined && problems.get('SERVICE_TOKEN'));
  if (problem) {
    core.warnOnce(`${problem} Nothing is sent to analytics-service.`);
    return {};
  }
  if (ANALYTICS_URL === undefined) return {};
  if (serviceToken === undefined || malformed.has('SERVICE_TOKEN')) {
    core.warnOnce('ANALYTICS_URL is set and SERVICE_TOKEN is not: nothing is sent to analytics-service.');
    return {};
  }
  return { analytics: createAnalyticsHttpTransport({ urls: ANALYTICS_URL.split(','), serviceToken }) };
}

/** Where the numbers of accepted deletions are kept, one JSON object a line. */
const DELETIONS_FILE = 'deletions.ndjson';

function deletions(
  token: string,
  { config, problems, malformed }: Environment,
  spoolRoot: string | undefined,
): { deletions?: Transport } {
  const { MIXPANEL_OAUTH_TOKEN: oauthToken } = config;
  const unusable = ['MIXPANEL_OAUTH_TOKEN', 'MIXPANEL_APP_HOST'].find((name) => malformed.has(name));
  if (unusable !== undefined) {
    core.warnOnce(`${problems.get(unusable)} Mixpanel is not asked to delete the events of forgotten people.`);
    return {};
  }
  if (oauthToken === undefined) return {};
  const appHost = appHostOf(config);
  if (appHost === undefined) {
    core.warnOnce(
      'MIXPANEL_OAUTH_TOKEN is set, and MIXPANEL_API_HOST does not tell the region of the project: set MIXPANEL_APP_HOST. Until then Mixpanel is not asked to delete the events of forgotten people.',
    );
    return {};
  }
  const onAccepted = (trackingId: string, people: number) => {
    if (spoolRoot === undefined) return;
    const line = JSON.stringify({ at: new Date().toISOString(), trackingId, people });
    appendFile(join(spoolRoot, DELETIONS_FILE), `${line}\n`, { mode: 0o600 }).catch(() => {
      core.warnOnce(`Mixpanel carries out a deletion under the number ${trackingId}, which could not be written down.`);
    });
  };
  return { deletions: createMixpanelDeletionTransport({ appHost, token, oauthToken, onAccepted }) };
}
