import { join } from 'node:path';
import {
  closeObservability,
  createSessions,
  flushObservability,
  initializeMixpanel,
  initializeSentry,
  type Server,
  type Session,
} from '@qr/common';
import { openTestDatabase, type TestDatabase, type TestDatabaseKind } from '@qr/database/testing';
import { type Inbox, startInbox } from '@qr/inbox';
import type { LightMyRequestResponse } from 'fastify';
import { vi } from 'vitest';
import { buildApp } from '../src/app.ts';
import { createStore } from '../src/store.ts';

export const serviceToken = 'a-service-token-of-32-characters';
export const scanBaseUrl = 'https://qr.example';

/** Points telemetry at an inbox of its own; call `stop` at the end. */
export async function observe(): Promise<{ inbox: Inbox; settle: () => Promise<void>; stop: () => Promise<void> }> {
  const inbox = await startInbox({ keepRaw: true });
  vi.stubEnv('MIXPANEL_API_HOST', inbox.url);
  initializeSentry('qr-service', inbox.dsn());
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

/** The service on a fresh database. */
export async function startApp(kind: TestDatabaseKind) {
  const database = await openTestDatabase({
    schema: 'qr',
    migrationsFolder: join(import.meta.dirname, '../migrations'),
    kind,
  });
  const sessions = createSessions({ secret: 'a-test-secret-of-32-characters-..', secureCookies: false });
  const app = await buildApp({ store: createStore(database.db), sessions, serviceToken, scanBaseUrl });
  // What auth-service does in the platform.
  app.post<{ Params: { userId: string }; Querystring: { plan?: Session['plan'] } }>(
    '/log-in/:userId',
    async (request, reply) => {
      const { plan = 'free' } = request.query;
      sessions.issue(reply, { userId: request.params.userId, plan });
      return reply.send();
    },
  );
  await app.ready();
  return { app, database, stop: () => stop(app, database) };
}

async function stop(app: Server, database: TestDatabase): Promise<void> {
  await app.close();
  await database.cleanup();
}

/** A person with a session. */
export async function logIn(app: Server, userId: string = crypto.randomUUID(), plan: Session['plan'] = 'free') {
  const { cookies } = await app.inject({ method: 'POST', url: `/log-in/${userId}?plan=${plan}` });
  const jar = Object.fromEntries(cookies.map(({ name, value }) => [name, value]));
  return {
    userId,
    get: (url: string): Promise<LightMyRequestResponse> => app.inject({ url, cookies: jar }),
    patch: (url: string, payload: object): Promise<LightMyRequestResponse> =>
      app.inject({ method: 'PATCH', url, cookies: jar, payload }),
    remove: (url: string): Promise<LightMyRequestResponse> => app.inject({ method: 'DELETE', url, cookies: jar }),
    generate: (payload: object): Promise<LightMyRequestResponse> =>
      app.inject({ method: 'POST', url: '/qr/generate', cookies: jar, payload }),
  };
}
