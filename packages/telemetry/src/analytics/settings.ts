import type { MixpanelHttpOptions } from '../destinations/mixpanel-http.ts';
import type { ObservabilityConfig } from '../settings/config.ts';

/** The application API of each region; the vendor keeps the data of a project in one. */
const APP_HOSTS: Readonly<Record<string, string>> = {
  'api.mixpanel.com': 'https://mixpanel.com',
  'api-eu.mixpanel.com': 'https://eu.mixpanel.com',
  'api-in.mixpanel.com': 'https://in.mixpanel.com',
};

/** What can be read of the environment, as `readObservabilityConfig` returns it. */
export interface Environment {
  readonly config: ObservabilityConfig;
  readonly problems: ReadonlyMap<string, string>;
  readonly malformed: ReadonlySet<string>;
}

/** Returns how events reach Mixpanel, or why they must not: none of these settings has a substitute. */
export function mixpanelSettings(
  token: string,
  { config, problems, malformed }: Environment,
): MixpanelHttpOptions | { readonly problem: string } {
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

/** Returns the application API of the region that events go to; `undefined` for a host that says nothing of its region. */
export function appHostOf({ MIXPANEL_APP_HOST, MIXPANEL_API_HOST }: ObservabilityConfig): string | undefined {
  return MIXPANEL_APP_HOST ?? APP_HOSTS[new URL(MIXPANEL_API_HOST).hostname];
}
