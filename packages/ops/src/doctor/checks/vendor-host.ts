import type { Check } from '../check.ts';
import { destinationsOf } from '../destinations.ts';

/** Whether the host of Mixpanel's ingestion API can be reached. */
export const mixpanelHost = vendorHost('mixpanel', 'Mixpanel', 'MIXPANEL_TOKEN');

/** Whether the host of the DSN can be reached. */
export const sentryHost = vendorHost('sentry', 'Sentry', 'SENTRY_DSN');

function vendorHost(vendor: 'mixpanel' | 'sentry', title: string, variable: string): Check {
  return {
    name: `${vendor}-host`,
    about: `${title} can be reached: name, port, certificate, proxy`,
    needs: ['variables'],
    isOffline: false,
    async run({ env, hosts, signal }) {
      const destinations = destinationsOf(env);
      const origin = destinations[vendor];
      if (origin === undefined) return { status: 'skipped', says: `${variable} is not set.` };
      if (origin === destinations.inbox) return { status: 'skipped', says: `The inbox stands in for ${title}.` };
      const reach = await hosts.reach(origin, signal);
      if (!reach.isReached) return { status: 'failed', says: reach.says, do: reach.do };
      if ('proxy' in reach) {
        const { proxy } = reach;
        return {
          status: 'ok',
          says: `Deliveries to ${origin} go through the proxy ${proxy.origin} (${proxy.variable}), which takes connections.`,
        };
      }
      const ignored = ['all_proxy', 'ALL_PROXY'].find((name) => env[name]);
      const beside = ignored ? ` ${ignored} is ignored: deliveries heed HTTP_PROXY, HTTPS_PROXY and NO_PROXY.` : '';
      return { status: 'ok', says: `${origin} answers, without a proxy.${beside}` };
    },
  };
}
