import prettyMilliseconds from 'pretty-ms';
import { type Check, type Finding, failed, ok, skipped, warning, worstOf } from '../check.ts';
import { destinationsOf } from '../hosts.ts';

/** Whether the inbox is there, where it stands in for a vendor. */
export const inboxCheck: Check = {
  name: 'inbox',
  about: 'the inbox answers, where it stands in for a vendor',
  needs: ['variables'],
  isOffline: false,
  async run({ env, fetch, hosts, signal }) {
    const { mixpanel, sentry, inbox } = destinationsOf(env);
    if (mixpanel !== inbox && sentry !== inbox)
      return skipped('No inbox stands in: the environment names the vendors.');
    const reach = await hosts.reach(inbox, signal);
    if (!reach.isReached) return reach.finding;
    if ('proxy' in reach) {
      const { variable, origin } = reach.proxy;
      return warning(
        `${variable} sends even what is for the inbox at ${inbox} through the proxy ${origin}.`,
        `Name ${new URL(inbox).hostname} in NO_PROXY.`,
      );
    }
    const response = await fetch(`${inbox}/api/stats`, { signal });
    const isInbox = response.ok && response.headers.get('content-type')?.includes('json');
    await response.body?.cancel();
    if (!isInbox)
      return failed(
        `What answers at ${inbox} is not the inbox (status ${response.status}).`,
        'Stop what listens there, or set INBOX_URL to where the inbox is.',
      );
    const both = mixpanel === sentry ? 'Mixpanel and Sentry' : mixpanel === inbox ? 'Mixpanel' : 'Sentry';
    return ok(`It answers at ${inbox} and stands in for ${both}.`);
  },
};

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
      if (origin === undefined) return skipped(`${variable} is not set.`);
      if (origin === destinations.inbox) return skipped(`The inbox stands in for ${title}.`);
      const reach = await hosts.reach(origin, signal);
      if (!reach.isReached) return reach.finding;
      if ('proxy' in reach) {
        const { proxy } = reach;
        return ok(
          `Deliveries to ${origin} go through the proxy ${proxy.origin} (${proxy.variable}), which takes connections.`,
        );
      }
      const ignored = ['all_proxy', 'ALL_PROXY'].find((name) => env[name]);
      const beside = ignored ? ` ${ignored} is ignored: deliveries heed HTTP_PROXY, HTTPS_PROXY and NO_PROXY.` : '';
      return ok(`${origin} answers, without a proxy.${beside}`);
    },
  };
}

const MINUTE_MS = 60_000;
/** Events from further ahead are refused. Mixpanel reference, import-events. */
const REFUSED_FROM_MS = 60 * MINUTE_MS;

/** The clock of this machine beside those of the vendors, by the `Date` header of an answer. */
export const clock: Check = {
  name: 'clock',
  about: "this machine's clock agrees with the vendors'",
  needs: ['variables', 'inbox'],
  isOffline: false,
  async run({ env, hosts, signal }) {
    const { mixpanel, sentry } = destinationsOf(env);
    const origins = [...new Set([mixpanel, sentry].filter((origin) => origin !== undefined))];
    const findings = await Promise.all(
      origins.map(async (origin) => {
        const reach = await hosts.reach(origin, signal);
        const isKnown = reach.isReached && 'aheadMs' in reach && reach.aheadMs !== undefined;
        return isKnown ? judge(reach.aheadMs, origin) : undefined;
      }),
    );
    return worstOf(findings) ?? skipped('No host said what time it is.');
  },
};

function judge(aheadMs: number, origin: string): Finding {
  // An answer that takes a moment must not turn two hours into one.
  const wholeMinutes = Math.round(Math.abs(aheadMs) / MINUTE_MS) * MINUTE_MS;
  const amount = prettyMilliseconds(wholeMinutes, { compact: true, verbose: true });
  const difference = `The clock of this machine is ${amount} ${aheadMs > 0 ? 'ahead of' : 'behind'} that of ${origin}`;
  const advice = 'Let the machine keep its time by NTP (`timedatectl set-ntp true`), and restart the services.';
  if (aheadMs > REFUSED_FROM_MS)
    return failed(`${difference}: Mixpanel refuses events from more than an hour ahead.`, advice);
  if (Math.abs(aheadMs) >= MINUTE_MS)
    return warning(`${difference}: events and errors stand at the wrong place in time.`, advice);
  return ok(`The clock agrees with that of ${origin}.`);
}
