import { join } from 'node:path';
import { closeObservability, flushObservability, initializeMixpanel, initializeSentry } from '@qr/common';
import { createSessions, type Server, type Session } from '@qr/common/server';
import { openTestDatabase, type TestDatabase, type TestDatabaseKind } from '@qr/database/testing';
import { type Inbox, startInbox } from '@qr/inbox';
import Fastify, { type LightMyRequestResponse } from 'fastify';
import { vi } from 'vitest';
import { buildApp } from '../src/app.ts';
import { createMicrositeClient } from '../src/microsite-client.ts';
import { createStore } from '../src/store.ts';

export const serviceToken = 'a-service-token-of-32-characters';
export const scanBaseUrl = 'https://qr.example';
export const publicOrigin = 'https://app.example';
export const micrositeBaseUrl = 'https://pages.example';
/** What microsite-service knows. */
export const microsites = new Map<string, { ownerId: string; slug: string } | 'away'>();

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
export async function startApp(kind: TestDatabaseKind, { now = Date.now }: { readonly now?: () => number } = {}) {
  const micrositeService = await startMicrositeService();
  const database = await openTestDatabase({
    schema: 'qr',
    migrationsFolder: join(import.meta.dirname, '../migrations'),
    kind,
  });
  const sessions = createSessions({ secret: 'a-test-secret-of-32-characters-..', secureCookies: false });
  const app = await buildApp({
    store: createStore(database.db),
    sessions,
    serviceToken,
    scanBaseUrl,
    publicOrigins: [publicOrigin],
    micrositeBaseUrl,
    findMicrosite: createMicrositeClient({ url: micrositeService.url, serviceToken }),
    now,
    // The embedded database starts in this very process, and holds the loop up for a second.
    server: { maxEventLoopDelayMs: 60_000 },
  });
  app.addHook('onClose', () => micrositeService.close());
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

async function startMicrositeService() {
  const app = Fastify();
  app.get<{ Params: { id: string } }>('/internal/microsites/:id', async ({ params: { id }, headers }, reply) => {
    const known = microsites.get(id);
    if (headers.authorization !== `Bearer ${serviceToken}`) return reply.code(401).send();
    if (known === 'away') return reply.code(500).send();
    return known ? { id, status: 'published', ...known } : reply.code(404).send();
  });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  return { url, close: () => app.close() };
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
    preview: (payload: object): Promise<LightMyRequestResponse> =>
      app.inject({ method: 'POST', url: '/qr/preview', cookies: jar, payload }),
  };
}
