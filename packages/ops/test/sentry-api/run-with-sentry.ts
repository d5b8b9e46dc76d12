import { type CliRun, runInTest } from '../run-in-test.ts';
import type { FakeSentry } from './fake-sentry.ts';

/** Runs a command line against a fake Sentry. */
export function runWithSentry(
  { url }: FakeSentry,
  commandLine: string,
  env: Readonly<Record<string, string>> = {},
): Promise<CliRun> {
  return runInTest(commandLine.split(' '), {
    fetch: globalThis.fetch,
    env: {
      SENTRY_AUTH_TOKEN: 'sntryu_secret',
      SENTRY_ORG: 'acme',
      SENTRY_URL: url,
      MIXPANEL_PROJECT_ID: '42',
      ...env,
    },
  });
}
