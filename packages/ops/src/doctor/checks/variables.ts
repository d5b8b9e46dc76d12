import type { Check, CheckContext, Finding } from '../check.ts';
import { originOf } from '../destinations.ts';

/** Read by `qr-obs` and the inbox only, so that the library's own check does not know them. */
const ORIGINS = ['INBOX_URL', 'SENTRY_URL'];

/** Every variable that services read, by the check that each of them makes when it starts. */
export const variables: Check = {
  name: 'variables',
  about: 'what is set can be read; analytics and error tracking are on',
  needs: [],
  isOffline: true,
  run: async (context) => readVariables(context),
};

function readVariables({ env, library }: CheckContext): Finding {
  const { config, problems } = library.readObservabilityConfig(env);
  const wrongOrigins = ORIGINS.filter((name) => env[name] && originOf(env[name]) === undefined);
  const said = [
    ...problems.values(),
    ...wrongOrigins.map(
      (name) => `${name}: expected an origin such as http://127.0.0.1:4600, got ${JSON.stringify(env[name])}.`,
    ),
  ];
  if (said.length > 0) {
    return {
      status: 'failed',
      says: said.join('\n'),
      do: 'Correct them in .env or in the environment; .env.example explains each. Services do not start with them.',
    };
  }
  const { MIXPANEL_TOKEN: token, SENTRY_DSN: dsn } = config;
  const off = [
    ...(token ? [] : ['MIXPANEL_TOKEN is not set: analytics are off.']),
    ...(dsn ? [] : ['SENTRY_DSN is not set: error tracking is off.']),
    ...halfAccount(env),
  ];
  if (off.length === 0) return { status: 'ok', says: 'All can be read; analytics and error tracking are on.' };
  return { status: 'warning', says: off.join('\n'), do: 'Put what is missing into .env; .env.example explains it.' };
}

function halfAccount({
  MIXPANEL_SERVICE_ACCOUNT: account,
  MIXPANEL_PROJECT_ID: project,
}: Readonly<Record<string, string | undefined>>): string[] {
  if (account && !project)
    return ['MIXPANEL_SERVICE_ACCOUNT is set and MIXPANEL_PROJECT_ID is not: nothing is sent to Mixpanel.'];
  return [];
}
