import type { Check } from '../check.ts';
import { destinationsOf } from '../destinations.ts';

/** Whether the inbox is there, where it stands in for a vendor. */
export const inboxCheck: Check = {
  name: 'inbox',
  about: 'the inbox answers, where it stands in for a vendor',
  needs: ['variables'],
  isOffline: false,
  async run({ env, fetch, hosts, signal }) {
    const { mixpanel, sentry, inbox } = destinationsOf(env);
    if (mixpanel !== inbox && sentry !== inbox)
      return { status: 'skipped', says: 'No inbox stands in: the environment names the vendors.' };
    const reach = await hosts.reach(inbox, signal);
    if (!reach.isReached) return { status: 'failed', says: reach.says, do: reach.do };
    if ('proxy' in reach) {
      const { variable, origin } = reach.proxy;
      return {
        status: 'warning',
        says: `${variable} sends even what is for the inbox at ${inbox} through the proxy ${origin}.`,
        do: `Name ${new URL(inbox).hostname} in NO_PROXY.`,
      };
    }
    const response = await fetch(`${inbox}/api/stats`, { signal });
    const isInbox = response.ok && response.headers.get('content-type')?.includes('json');
    await response.body?.cancel();
    if (!isInbox) {
      return {
        status: 'failed',
        says: `What answers at ${inbox} is not the inbox (status ${response.status}).`,
        do: 'Stop what listens there, or set INBOX_URL to where the inbox is.',
      };
    }
    const both = mixpanel === sentry ? 'Mixpanel and Sentry' : mixpanel === inbox ? 'Mixpanel' : 'Sentry';
    return { status: 'ok', says: `It answers at ${inbox} and stands in for ${both}.` };
  },
};
