import type { ObservabilityConfig } from '../config.ts';
import type { PipelineOptions } from '../delivery/pipeline.ts';
import { createAnalyticsHttpTransport } from '../delivery/transports/analytics-http.ts';
import { createMixpanelHttpTransport } from '../delivery/transports/mixpanel-http.ts';
import { warnOnce } from '../warn-once.ts';

/** The lanes that a process has: a destination is on by its own variable. */
export function transportsFor(config: ObservabilityConfig, token: string | undefined): PipelineOptions['transports'] {
  const { ANALYTICS_URL: url, SERVICE_TOKEN: serviceToken } = config;
  if (url && !serviceToken)
    warnOnce('ANALYTICS_URL is set and SERVICE_TOKEN is not: nothing is sent to analytics-service.');
  const analytics = url && serviceToken ? { analytics: createAnalyticsHttpTransport({ url, serviceToken }) } : {};
  if (token === undefined) return analytics;
  const mixpanel = createMixpanelTransport(token, config);
  return { import: mixpanel, engage: mixpanel, groups: mixpanel, ...analytics };
}

/** What sends to Mixpanel itself. */
export function createMixpanelTransport(token: string, config: ObservabilityConfig) {
  const { MIXPANEL_SERVICE_ACCOUNT: credentials, MIXPANEL_PROJECT_ID: projectId } = config;
  return createMixpanelHttpTransport({
    apiHost: config.MIXPANEL_API_HOST ?? 'https://api.mixpanel.com',
    token,
    ...(credentials && projectId && { serviceAccount: { credentials, projectId } }),
  });
}
