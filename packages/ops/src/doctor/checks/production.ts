import { type Check, type Finding, worstOf } from '../check.ts';
import { destinationsOf, isLoopback } from '../destinations.ts';

/** What a laptop may have and production may not. That PII_HASH_KEY is there, the check of the variables sees to. */
export const production: Check = {
  name: 'production',
  about: 'nothing of a laptop is left where NODE_ENV says production',
  needs: ['variables'],
  isOffline: true,
  async run({ env }) {
    const { NODE_ENV: mode = 'development' } = env;
    if (mode !== 'production')
      return { status: 'skipped', says: `NODE_ENV is ${mode}: what holds for production only was not asked.` };
    const { mixpanel, sentry, inbox } = destinationsOf(env);
    const findings = [
      ...destination('MIXPANEL_API_HOST', 'Events', mixpanel, inbox),
      ...destination('SENTRY_DSN', 'Errors', sentry, inbox),
    ];
    return worstOf(findings) ?? { status: 'ok', says: 'No destination is a local one, and hashes have a key.' };
  },
};

function destination(variable: string, what: string, origin: string | undefined, inbox: string): readonly Finding[] {
  if (origin === undefined) return [];
  if (origin === inbox || isLoopback(origin)) {
    return [
      {
        status: 'failed',
        says: `${what} of production go to ${origin}, which is the development inbox or another local stand-in.`,
        do: `Set ${variable === 'SENTRY_DSN' ? variable : `MIXPANEL_TOKEN and ${variable}`} to those of the production project, or NODE_ENV to development.`,
      },
    ];
  }
  if (!origin.startsWith('http:')) return [];
  return [
    {
      status: 'failed',
      says: `${what} of production go to ${origin} in clear text; the vendors refuse that.`,
      do: `Write https:// in ${variable}.`,
    },
  ];
}
