import { type Inbox, startInbox } from '@qr/inbox';
import { afterAll, onTestFinished } from 'vitest';
import * as common from '../src/index.ts';

/** Both halves of the library on, and the inbox that they send to. */
export interface Observed {
  readonly inbox: Inbox;
  /** Sends what waits, so that the inbox can be asked. */
  settle(): Promise<void>;
}

/** Starts an inbox and points the library at it, for one test; both are closed when the test ends. */
export async function startObserved(env: Readonly<Record<string, string>> = {}): Promise<Observed> {
  const inbox = await startInbox({ keepRaw: true });
  const restore = setEnv({
    NODE_ENV: 'test',
    MIXPANEL_API_HOST: inbox.url,
    SENTRY_DSN: inbox.dsn('1'),
    MIXPANEL_TOKEN: 'test-token',
    // Exactly one event for each error, however many there are.
    SENTRY_ERROR_BUDGET_PER_MONTH: '0',
    ...env,
  });
  common.initializeSentry('test-service');
  common.initializeMixpanel();
  onTestFinished(async () => {
    await common.closeObservability();
    await inbox.close();
    restore();
  });
  return {
    inbox,
    settle: async () => {
      await common.flushObservability();
    },
  };
}

/**
 * The same for all tests of a file, which share the inbox, as the SDK can be initialised once a process; closed after the last one.
 * Every error is sent: the budget is off.
 */
export async function observeFile(env: Readonly<Record<string, string>> = {}): Promise<Inbox> {
  const inbox = await startInbox({ keepRaw: true });
  setEnv({
    NODE_ENV: 'test',
    SENTRY_DSN: inbox.dsn('1'),
    SENTRY_ERROR_BUDGET_PER_MONTH: '0',
    MIXPANEL_API_HOST: inbox.url,
    MIXPANEL_TOKEN: 'test-token',
    ...env,
  });
  common.initializeSentry('test-service');
  common.initializeMixpanel();
  afterAll(async () => {
    await common.closeObservability();
    await inbox.close();
  });
  return inbox;
}

/** Sets environment variables; returns the function that puts the old ones back. */
export function setEnv(env: Readonly<Record<string, string | undefined>>): () => void {
  const before = Object.fromEntries(Object.keys(env).map((name) => [name, process.env[name]]));
  apply(env);
  return () => apply(before);
}

function apply(env: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}
