import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openTestDatabase, postgresAvailable, type TestDatabaseKind } from '@qr/database/testing';
import { type StoredSpan, startInbox } from '@qr/inbox';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeEach, expect, it, onTestFinished } from 'vitest';
import { closeObservability, flushObservability, initializeSentry, Sentry, withJobContext } from '../../src/index.ts';
import { buildServer, type Server } from '../../src/server.ts';
import { startObservedProcess } from '../observed-process.ts';
import { redisAvailable } from '../real-redis.ts';
import { setEnv } from '../start-observed.ts';

/** A service of the platform, and one that is not: what each was sent. */
const [own, foreign] = [await startEcho(), await startEcho()];
const inbox = await startInbox();
setEnv({
  NODE_ENV: 'test',
  SENTRY_DSN: inbox.dsn('1'),
  QR_SERVICE_URL: own.url,
  // Of a third party, whose name only looks like one of ours.
  PAYMENT_SERVICE_URL: foreign.url,
});
initializeSentry('test-service');

let app: Server;
beforeEach(() => {
  inbox.clear();
  app = buildServer();
});
afterEach(() => app.close());
afterAll(async () => {
  await closeObservability();
  await Promise.all([inbox.close(), own.close(), foreign.close()]);
});

const traceId = 'a'.repeat(32);
const headers = { 'sentry-trace': `${traceId}-${'b'.repeat(16)}-1` };

/** The spans of the request, and those that hang below it. */
function tree(spans: readonly StoredSpan[]): { root: StoredSpan | undefined; children: readonly StoredSpan[] } {
  const root = spans.find(({ isSegment }) => isSegment);
  return { root, children: spans.filter(({ parentSpanId }) => parentSpanId === root?.spanId) };
}

it('a call to another service is a child of the request, which that service continues; others hear nothing', async () => {
  app.post('/x', async () => {
    await fetch(`${own.url}/codes/42?token=secret`);
    await fetch(foreign.url);
    await fetch(`${foreign.url}/back?to=${own.url}/`);
    return 'ok';
  });
  await app.inject({ method: 'POST', url: '/x', payload: {}, headers });
  await flushObservability();
  const { root, children } = tree(inbox.spans());
  expect(root).toMatchObject({ traceId, name: 'POST /x' });
  expect(children.map(({ op }) => op)).toEqual(['http.client', 'http.client', 'http.client']);
  expect(own.seen[0]?.['sentry-trace']).toBe(`${traceId}-${children[0]?.spanId}-1`);
  expect(foreign.seen).toHaveLength(2);
  for (const received of foreign.seen) {
    expect(received).not.toHaveProperty('sentry-trace');
    expect(received).not.toHaveProperty('baggage');
  }
  expect(JSON.stringify(inbox.spans())).not.toContain('secret');
});

it('an unsampled request has no spans, and says so to the services that it calls', async () => {
  app.get('/x', async () => (await fetch(own.url)).status);
  own.seen.length = 0;
  await app.inject({ url: '/x', headers: { 'sentry-trace': `${traceId}-${'b'.repeat(16)}-0` } });
  await flushObservability();
  expect(inbox.spans()).toEqual([]);
  expect(own.seen[0]?.['sentry-trace']).toMatch(new RegExp(`^${traceId}-[0-9a-f]{16}-0$`));
});

it('what is called outside of a request or job is no trace of its own, unless the application makes it one', async () => {
  await fetch(own.url);
  await Sentry.startSpan({ name: 'by hand' }, () => fetch(own.url));
  await flushObservability();
  expect(inbox.spans().map(({ name, op }) => op ?? name)).toEqual(['http.client', 'by hand']);
});

it('a job continues the trace of the request that made it', async () => {
  app.get('/x', async () => Sentry.getTraceData());
  const trace = (await app.inject({ url: '/x', headers })).json();
  await withJobContext({ name: 'resize', trace }, async () => fetch(own.url));
  await flushObservability();
  const request = inbox.spans().find(({ name }) => name === 'GET /x');
  const job = inbox.spans().find(({ name }) => name === 'resize');
  expect(job).toMatchObject({ traceId, parentSpanId: request?.spanId, op: 'queue.process' });
  expect(inbox.spans().filter(({ parentSpanId }) => parentSpanId === job?.spanId)).toMatchObject([
    { op: 'http.client' },
  ]);
});

it.runIf(await redisAvailable())('a Redis command is a child of the request, without its values', async () => {
  const redis = new Redis(process.env['TEST_REDIS_URL'] || 'redis://127.0.0.1:6379', { keyPrefix: 'qr-test:' });
  onTestFinished(() => redis.disconnect());
  // A command that waits for the connection is sent in the connection's context.
  await redis.ping();
  app.get('/x', async () => redis.get('key-of-joe'));
  await app.inject({ url: '/x', headers });
  await flushObservability();
  const { children } = tree(inbox.spans());
  expect(children).toMatchObject([{ op: 'db.query', attributes: { 'db.system.name': 'redis' } }]);
  expect(JSON.stringify(inbox.spans())).not.toContain('key-of-joe');
});

const kinds: readonly TestDatabaseKind[] = (await postgresAvailable()) ? ['embedded', 'postgres'] : ['embedded'];

it('a query through pg and one through Drizzle are children of the request, on PostgreSQL and on PGlite', async () => {
  const migrationsFolder = join(import.meta.dirname, '../../../../services/auth-service/migrations');
  const open = (kind: TestDatabaseKind) => openTestDatabase({ schema: 'auth', migrationsFolder, kind });
  const databases = await Promise.all(kinds.map(open));
  const folder = mkdtempSync(join(tmpdir(), 'qr-children-'));
  const service = await startObservedProcess(join(import.meta.dirname, 'database-process.ts'), {
    args: [migrationsFolder, ...databases.map(({ url }) => url)],
    imports: ['@qr/common/instrument'],
    env: { OBSERVABILITY_SPOOL_DIR: folder },
  });
  onTestFinished(async () => {
    await service.close();
    await Promise.all(databases.map(({ cleanup }) => cleanup()));
    rmSync(folder, { recursive: true, force: true });
  });
  const origin = await service.firstLine;
  for (const at of kinds.keys()) {
    expect(await (await fetch(`${origin}/${at}/value-of-joe`)).json()).toEqual([{ id: 'value-of-joe' }]);
  }
  service.child.kill('SIGTERM');
  await service.exited;
  const spans = service.inbox.spans();
  for (const at of kinds.keys()) {
    const root = spans.find(({ name }) => name === `GET /${at}/:id`);
    const children = spans.filter(({ parentSpanId }) => parentSpanId === root?.spanId);
    const queries = children.filter(({ attributes }) => String(attributes['db.query.text']).startsWith('select'));
    expect(queries.map(({ op }) => op)).toEqual(['db', 'db']);
  }
  expect(JSON.stringify(spans)).not.toContain('value-of-joe');
});

/** A server that answers everything and remembers the headers. */
async function startEcho() {
  const seen: NodeJS.Dict<string | string[]>[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers);
    response.end('ok');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    seen,
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
