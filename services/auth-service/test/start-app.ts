import { join } from 'node:path';
import { closeObservability, flushObservability, initializeMixpanel, initializeSentry } from '@qr/common';
import { createSessions, type Server } from '@qr/common/server';
import { openTestDatabase, type TestDatabase, type TestDatabaseKind } from '@qr/database/testing';
import { type Inbox, startInbox } from '@qr/inbox';
import type { LightMyRequestResponse } from 'fastify';
import { vi } from 'vitest';
import { buildApp } from '../src/app.ts';
import { createErasures } from '../src/erasures.ts';
import { createStore } from '../src/store.ts';

export const serviceToken = 'a-service-token-of-32-characters';

const secret = 'a-test-secret-of-32-characters-..';

/** Points telemetry at an inbox of its own; call `stop` at the end. */
export async function observe(): Promise<{ inbox: Inbox; settle: () => Promise<void>; stop: () => Promise<void> }> {
  const inbox = await startInbox({ keepRaw: true });
  vi.stubEnv('MIXPANEL_API_HOST', inbox.url);
  initializeSentry('auth-service', inbox.dsn());
  initializeMixpanel('test-token');
  return {
    inbox,
    settle: async () => {
      await flushObservability();
    },
    stop: async () => {
      await closeObservability();
      await inbox.close();
      vi.unstubAllEnvs();
    },
  };
}

/** The service on a fresh database, on a clock that tests can turn. */
export async function startApp(
  kind: TestDatabaseKind,
  options: { readonly secureCookies?: boolean; readonly services?: Readonly<Record<string, readonly string[]>> } = {},
) {
  const { secureCookies = false, services = {} } = options;
  const database = await openTestDatabase({
    schema: 'auth',
    migrationsFolder: join(import.meta.dirname, '../migrations'),
    kind,
  });
  const clock = { aheadMs: 0 };
  const now = () => Date.now() + clock.aheadMs;
  const store = createStore(database.db);
  const failures: string[] = [];
  const erasures = createErasures({
    store,
    services,
    serviceToken,
    now,
    timeoutMs: 500,
    onFailure: (error, service) => failures.push(`${service}: ${error}`),
  });
  const app = await buildApp({
    store,
    erasures,
    serviceToken,
    sessions: createSessions({ secret, secureCookies }),
    secureCookies,
    secret,
    now,
    // The embedded database starts in this very process, and holds the loop up for a second.
    server: { maxEventLoopDelayMs: 60_000 },
  });
  await app.ready();
  return { app, database, clock, erasures, failures, stop: () => stop(app, database) };
}

async function stop(app: Server, database: TestDatabase): Promise<void> {
  await app.close();
  await database.cleanup();
}

/** Sends requests from an address and keeps cookies as a browser does. */
export function createBrowser(app: Server, remoteAddress = '127.0.0.1') {
  const cookies = new Map<string, string>();
  return {
    cookies,
    async send(
      method: 'DELETE' | 'GET' | 'PATCH' | 'POST',
      url: string,
      payload?: object,
      headers: Record<string, string> = {},
    ): Promise<LightMyRequestResponse> {
      const jar = Object.fromEntries(cookies);
      const response = await app.inject({
        method,
        url,
        headers,
        cookies: jar,
        remoteAddress,
        ...(payload && { payload }),
      });
      for (const { name, value, maxAge } of response.cookies) {
        if (maxAge === 0) cookies.delete(name);
        else cookies.set(name, value);
      }
      return response;
    },
  };
}
