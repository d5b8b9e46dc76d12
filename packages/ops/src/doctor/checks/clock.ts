import { type Check, type Finding, worstOf } from '../check.ts';
import { destinationsOf } from '../destinations.ts';

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
        return reach.isReached && 'aheadMs' in reach && reach.aheadMs !== undefined
          ? [judge(reach.aheadMs, origin)]
          : [];
      }),
    );
    return worstOf(findings.flat()) ?? { status: 'skipped', says: 'No host said what time it is.' };
  },
};

function judge(aheadMs: number, origin: string): Finding {
  const amount = inWords(Math.abs(aheadMs));
  const difference = `The clock of this machine is ${amount} ${aheadMs > 0 ? 'ahead of' : 'behind'} that of ${origin}`;
  const advice = 'Let the machine keep its time by NTP (`timedatectl set-ntp true`), and restart the services.';
  if (aheadMs > REFUSED_FROM_MS)
    return {
      status: 'failed',
      says: `${difference}: Mixpanel refuses events from more than an hour ahead.`,
      do: advice,
    };
  if (Math.abs(aheadMs) >= MINUTE_MS)
    return {
      status: 'warning',
      says: `${difference}: events and errors stand at the wrong place in time.`,
      do: advice,
    };
  return { status: 'ok', says: `The clock agrees with that of ${origin}.` };
}

function inWords(ms: number): string {
  const minutes = Math.round(ms / MINUTE_MS);
  if (minutes < 120) return `${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`;
  return `${Math.round(minutes / 60)} hours`;
}
