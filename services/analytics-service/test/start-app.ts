import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { closeObservability, flushObservability, initializeMixpanel, initializeSentry } from '@qr/common';
import { createSessions, type Server } from '@qr/common/server';
import { openTestDatabase, type TestDatabase, type TestDatabaseKind } from '@qr/database/testing';
import { type Inbox, startInbox } from '@qr/inbox';
import type { LightMyRequestResponse } from 'fastify';
import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import { vi } from 'vitest';
import { buildApp } from '../src/app.ts';
import { createCodeOwners } from '../src/code-owners.ts';
import { createRollUp } from '../src/roll-up.ts';
import { createReadings } from '../src/statistics.ts';
import { createStore } from '../src/store.ts';

/** An embedded database starts in a second or two, and on a busy machine beside others in half a minute. */
export const START_TIMEOUT_MS = 120_000;

export const serviceToken = 'a-service-token-of-32-characters';

/** Points telemetry at an inbox of its own; call `stop` at the end. */
export async function observe(): Promise<{ inbox: Inbox; settle: () => Promise<void>; stop: () => Promise<void> }> {
  const inbox = await startInbox({ keepRaw: true });
  vi.stubEnv('MIXPANEL_API_HOST', inbox.url);
  initializeSentry('analytics-service', inbox.dsn());
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

type Answer = (request: FastifyRequest<{ Params: { id: string } }>, reply: FastifyReply) => Promise<unknown>;

/** A qr-service that knows the owner of each code by its id, `code-of-<owner>`, and answers otherwise when it is told to. */
async function startQrService() {
  const qrService = { answer: knowsOwners, asked: [] as string[], url: '', close: () => server.close() };
  const server = Fastify();
  server.get<{ Params: { id: string } }>('/internal/qrs/:id', async (request, reply) => {
    qrService.asked.push(request.params.id);
    if (request.headers.authorization !== `Bearer ${serviceToken}`) return reply.code(401).send();
    return qrService.answer(request, reply);
  });
  await server.listen({ port: 0, host: '127.0.0.1' });
  qrService.url = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
  return qrService;
}

const knowsOwners: Answer = async ({ params: { id } }, reply) => {
  const [, ownerId] = /^code-of-(.+)$/.exec(id) ?? [];
  return ownerId === undefined
    ? reply.code(404).send()
    : { id, ownerId, destinationUrl: 'https://example.com/', status: 'active' };
};

/** What {@link startApp} takes. */
interface StartOptions {
  readonly now?: () => number;
  readonly retentionDays?: number;
}

/** The service on a fresh database, on a clock that tests can turn, before a qr-service of its own. */
export async function startApp(kind: TestDatabaseKind, { now = Date.now, retentionDays = 90 }: StartOptions = {}) {
  const database = await openTestDatabase({
    schema: 'analytics',
    migrationsFolder: join(import.meta.dirname, '../migrations'),
    kind,
  });
  const qrService = await startQrService();
  const clock = { aheadMs: 0 };
  const store = createStore(database.db);
  const failures: unknown[] = [];
  const standIns: unknown[] = [];
  const sessions = createSessions({ secret: 'a-test-secret-of-32-characters-..', secureCookies: false });
  const app = await buildApp({
    store,
    readings: createReadings(database.db),
    sessions,
    owners: createCodeOwners({
      url: qrService.url,
      serviceToken,
      timeoutMs: 500,
      onStandIn: (error) => standIns.push(error),
      now: () => performance.now() + clock.aheadMs,
    }),
    serviceToken,
    retentionDays,
    now: () => now() + clock.aheadMs,
    // The embedded database starts in this very process, and holds the loop up for a second.
    server: { maxEventLoopDelayMs: 60_000 },
  });
  // What auth-service does in the platform.
  app.post<{ Params: { userId: string } }>('/log-in/:userId', async (request, reply) => {
    sessions.issue(reply, { userId: request.params.userId, plan: 'free' });
    return reply.send();
  });
  await app.ready();
  const rollUp = createRollUp({
    store,
    retentionDays,
    now: () => now() + clock.aheadMs,
    onFailure: (error) => failures.push(error),
  });
  return {
    app,
    database,
    store,
    rollUp,
    clock,
    failures,
    standIns,
    qrService,
    stop: () => stop(app, database, qrService),
  };
}

export type Running = Awaited<ReturnType<typeof startApp>>;

async function stop(app: Server, database: TestDatabase, qrService: { close(): Promise<unknown> }): Promise<void> {
  await app.close();
  await qrService.close();
  await database.cleanup();
}

/** A person with a session, and the code that is theirs. */
export async function logIn(app: Server, userId: string = randomUUID().slice(0, 13)) {
  const { cookies } = await app.inject({ method: 'POST', url: `/log-in/${userId}` });
  const jar = Object.fromEntries(cookies.map(({ name, value }) => [name, value]));
  return {
    userId,
    qrId: `code-of-${userId}`,
    cookies: jar,
    get: (url: string): Promise<LightMyRequestResponse> => app.inject({ url, cookies: jar }),
  };
}

/** A record of `/import` as our delivery writes it; `at` is ISO 8601. */
export function scanned(at: string, properties: Readonly<Record<string, unknown>>) {
  const usual: Readonly<Record<string, unknown>> & { time: number; $insert_id: string } = {
    time: Date.parse(at),
    $insert_id: randomUUID(),
    distinct_id: '$device:v1',
    ...properties,
  };
  return { event: 'qr_scanned', properties: usual };
}

/** Sends records as another service does. */
export function deliver(app: Server, records: unknown): Promise<LightMyRequestResponse> {
  return app.inject({
    method: 'POST',
    url: '/import?strict=1',
    headers: {
      authorization: `Bearer ${serviceToken}`,
      'content-type': 'application/json',
      'content-encoding': 'gzip',
    },
    payload: gzipSync(JSON.stringify(records)),
  });
}
