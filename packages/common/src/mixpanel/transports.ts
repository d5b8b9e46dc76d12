import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObservabilityConfig } from '../config.ts';
import type { PipelineOptions } from '../delivery/pipeline.ts';
import { createAnalyticsHttpTransport } from '../delivery/transports/analytics-http.ts';
import { createMixpanelDeletionTransport } from '../delivery/transports/mixpanel-deletion.ts';
import { createMixpanelHttpTransport, mixpanelDestination } from '../delivery/transports/mixpanel-http.ts';
import { createRedisQueueTransport } from '../delivery/transports/redis-queue.ts';
import { redisPrefixOf } from '../redis/prefix.ts';
import { warnOnce } from '../warn-once.ts';

/** The lanes that a process has: a destination is on by its own variable. */
export function transportsFor(
  config: ObservabilityConfig,
  token: string | undefined,
  spoolRoot: string | undefined,
): PipelineOptions['transports'] {
  const { ANALYTICS_URL, SERVICE_TOKEN: serviceToken } = config;
  const urls = ANALYTICS_URL?.split(',') ?? [];
  if (urls.length > 0 && !serviceToken)
    warnOnce('ANALYTICS_URL is set and SERVICE_TOKEN is not: nothing is sent to analytics-service.');
  const analytics =
    urls.length > 0 && serviceToken ? { analytics: createAnalyticsHttpTransport({ urls, serviceToken }) } : {};
  if (token === undefined) return analytics;
  const { OBSERVABILITY_REDIS_URL: redisUrl } = config;
  // Past one machine the batches go to a queue, from which shippers deliver.
  const mixpanel = redisUrl ? createQueueTransport(redisUrl, token, config) : createMixpanelTransport(token, config);
  return { import: mixpanel, engage: mixpanel, groups: mixpanel, ...deletions(token, config, spoolRoot), ...analytics };
}

/** Where the numbers of accepted deletions are kept, one JSON object a line. */
const DELETIONS_FILE = 'deletions.ndjson';

function deletions(token: string, config: ObservabilityConfig, spoolRoot: string | undefined) {
  const { MIXPANEL_OAUTH_TOKEN: oauthToken, MIXPANEL_APP_HOST: appHost = 'https://mixpanel.com' } = config;
  if (oauthToken === undefined) return {};
  const onAccepted = (trackingId: string, people: number) => {
    if (spoolRoot === undefined) return;
    const line = JSON.stringify({ at: new Date().toISOString(), trackingId, people });
    appendFile(join(spoolRoot, DELETIONS_FILE), `${line}\n`, { mode: 0o600 }).catch(() => {
      warnOnce(`Mixpanel carries out a deletion under the number ${trackingId}, which could not be written down.`);
    });
  };
  return { deletions: createMixpanelDeletionTransport({ appHost, token, oauthToken, onAccepted }) };
}

function createQueueTransport(url: string, token: string, config: ObservabilityConfig) {
  const destination = mixpanelDestination({ apiHost: apiHostOf(config), token });
  return createRedisQueueTransport({ url, prefix: redisPrefixOf(config), destination });
}

/** What sends to Mixpanel itself. */
export function createMixpanelTransport(token: string, config: ObservabilityConfig) {
  const { MIXPANEL_SERVICE_ACCOUNT: credentials, MIXPANEL_PROJECT_ID: projectId } = config;
  return createMixpanelHttpTransport({
    apiHost: apiHostOf(config),
    token,
    ...(credentials && projectId && { serviceAccount: { credentials, projectId } }),
  });
}

function apiHostOf(config: ObservabilityConfig): string {
  return config.MIXPANEL_API_HOST ?? 'https://api.mixpanel.com';
}
