import { join } from 'node:path';
import {
  captureException,
  closeObservability,
  flushObservability,
  initializeMixpanel,
  initializeSentry,
} from '@qr/common';
import { type BuildServerOptions, createSessions, type Session } from '@qr/common/server';
import { createDescribeVisitor } from '@qr/common/visitor';
import { openTestDatabase, type TestDatabaseKind } from '@qr/database/testing';
import { type Inbox, startInbox } from '@qr/inbox';
import type { LightMyRequestResponse } from 'fastify';
import { vi } from 'vitest';
import { buildApp } from '../src/app.ts';
import { createPages } from '../src/pages.ts';
import { createStore, type Store } from '../src/store.ts';

export const serviceToken = 'a-service-token-of-32-characters';
export const micrositeBaseUrl = 'https://qr.example';

/** What the tests read of a reply. */
export interface Reply {
  readonly id: string;
  readonly slug: string;
}

/** Points telemetry at an inbox of its own; call `stop` at the end. */
export async function observe(): Promise<{ inbox: Inbox; settle: () => Promise<void>; stop: () => Promise<void> }> {
  const inbox = await startInbox({ keepRaw: true });
  vi.stubEnv('MIXPANEL_API_HOST', inbox.url);
  initializeSentry('microsite-service', inbox.dsn());
  initializeMixpanel('test-token');
  return {
    inbox,
    settle: async () => {
      // Far longer than it takes, also on a busy machine: what comes late would be counted to the next test.
      await flushObservability(20_000);
    },
    stop: async () => {
      await closeObservability();
      await inbox.close();
      vi.unstubAllEnvs();
    },
  };
}

/** The service on a fresh database and on a clock that the test turns; `read` tells which pages were asked of the database. */
export async function startApp(kind: TestDatabaseKind, server: BuildServerOptions = {}) {
  const database = await openTestDatabase({
    schema: 'microsite',
    migrationsFolder: join(import.meta.dirname, '../migrations'),
    kind,
  });
  const clock = { nowMs: Date.parse('2026-01-02T03:04:05.678Z') };
  const now = () => clock.nowMs;
  const store = createStore(database.db);
  const pageReads = { slugs: [] as string[], beforeAnswer: async () => {} };
  const findPublished: Store['findPublished'] = async (slug) => {
    pageReads.slugs.push(slug);
    const found = await store.findPublished(slug);
    await pageReads.beforeAnswer();
    return found;
  };
  const pages = createPages({
    store: { findPublished },
    micrositeBaseUrl,
    onStandIn: (error) => {
      captureException(error, { operation: 'refresh microsite' });
    },
    now,
  });
  const sessions = createSessions({ secret: 'a-test-secret-of-32-characters-..', secureCookies: false });
  const app = await buildApp({
    store,
    pages,
    sessions,
    describeVisitor: createDescribeVisitor({ countryOf: () => 'unknown' }),
    serviceToken,
    micrositeBaseUrl,
    now,
    // How busy the machine is that tests it, is not what is tested.
    server: { trustProxy: true, maxEventLoopDelayMs: 60_000, ...server },
  });
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

  /** A person with a session. */
  async function logIn(userId: string = crypto.randomUUID(), plan: Session['plan'] = 'free') {
    const { cookies } = await app.inject({ method: 'POST', url: `/log-in/${userId}?plan=${plan}` });
    const jar = Object.fromEntries(cookies.map(({ name, value }) => [name, value]));
    const ask = (method: Method, url: string, payload?: object): Promise<LightMyRequestResponse> =>
      app.inject({ method, url, cookies: jar, ...(payload && { payload }) });
    return {
      userId,
      ask,
      get: (url: string) => ask('GET', url),
      create: (payload: object) => ask('POST', '/microsites', payload),
      /** A microsite that visitors see. */
      async published(payload: object): Promise<Reply> {
        const reply = (await ask('POST', '/microsites', payload)).json<Reply>();
        await ask('POST', `/microsites/${reply.id}/publish`);
        return reply;
      },
    };
  }

  return {
    app,
    database,
    clock,
    pageReads,
    logIn,
    view: (slug: string, headers: Record<string, string> = {}) => app.inject({ url: `/m/${slug}`, headers }),
    async stop() {
      await app.close();
      await database.cleanup();
    },
  };
}

/** How a route is asked. */
export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';
