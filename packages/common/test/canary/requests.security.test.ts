import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { openTestDatabase, postgresAvailable } from '@qr/database/testing';
import { startInbox } from '@qr/inbox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ObservedProcess, startObservedProcess } from '../observed-process.ts';
import { controls, keyed, nested, shaped, shapeless } from './request-secrets.ts';
import { found } from './search.ts';

const secrets = Object.values({ ...shaped, ...keyed, ...nested, ...shapeless });
const needles = secrets.map(({ needle }) => needle);

const inbox = await startInbox({ keepRaw: true });
const migrationsFolder = join(import.meta.dirname, '../../../../services/auth-service/migrations');
const kind = (await postgresAvailable()) ? 'postgres' : 'embedded';
const database = await openTestDatabase({ schema: 'auth', migrationsFolder, kind });
const spool = mkdtempSync(join(tmpdir(), 'qr-canary-'));
let service: ObservedProcess;
let origin: string;

beforeAll(async () => {
  service = await startObservedProcess(join(import.meta.dirname, 'request-app.ts'), {
    args: [database.url, migrationsFolder],
    imports: ['@qr/common/instrument'],
    env: {
      LOG_LEVEL: 'warn',
      SENTRY_DSN: inbox.dsn('1'),
      MIXPANEL_API_HOST: inbox.url,
      SENTRY_TRACES_SAMPLE_RATE: '1',
      SENTRY_ERROR_BUDGET_PER_MONTH: '0',
      OBSERVABILITY_SPOOL_DIR: spool,
    },
  });
  origin = await service.firstLine;
});

afterAll(async () => {
  await service?.close();
  await Promise.all([inbox.close(), database.cleanup()]);
  rmSync(spool, { recursive: true, force: true });
});

const post = (path: string, options: RequestInit = {}) => fetch(origin + path, { method: 'POST', ...options });

/** Plants every secret, and waits until all that tells of it has arrived. */
async function plant(): Promise<Buffer[]> {
  inbox.clear();
  const query = new URLSearchParams({ search: shapeless.querySearch.value, token: keyed.queryToken.value });
  await post(`/people/${shapeless.pathName.value}/${encodeURIComponent(shaped.pathEmail.value)}?${query}`, {
    body: JSON.stringify({
      password: keyed.bodyPassword.value,
      creditCard: keyed.bodyCard.value,
      called: shapeless.bodyName.value,
    }),
    headers: {
      'content-type': 'application/json',
      authorization: keyed.headerAuthorization.value,
      'x-api-key': keyed.headerApiKey.value,
      'x-forwarded-for': shapeless.headerForwarded.value,
      'user-agent': shapeless.headerAgent.value,
      cookie: `session=${keyed.cookieSession.value}; theme=${shapeless.cookieTheme.value}`,
      'sentry-trace': `${'c'.repeat(32)}-${'d'.repeat(16)}-1`,
      baggage: `sentry-trace_id=${'c'.repeat(32)},sentry-transaction=${shapeless.headerBaggage.value},sentry-sampled=true`,
    },
  });
  for (const kind of ['literal', 'parameter', 'drizzle']) await fetch(`${origin}/queries/${kind}`);
  await fetch(`${origin}/${shapeless.unknownPath.value}`);
  await post('/flush');
  await inbox.waitFor(
    () => inbox.errors().length >= 5 && inbox.logs().length >= 2 && inbox.items('trace_metric').length >= 1,
  );
  return inbox.raw().flatMap(({ url, headers, body }) => [Buffer.from(`${url}\n${JSON.stringify(headers)}`), body]);
}

it('60 secrets of all kinds are planted, 20 of them without a shape and under innocent keys of nested context', () => {
  expect(new Set(needles).size).toBeGreaterThanOrEqual(60);
  expect(Object.keys(nested).length).toBeGreaterThanOrEqual(20);
  expect(Object.keys(controls).length).toBeGreaterThanOrEqual(10);
});

describe('the search', () => {
  const text = 'it says Wilhelmina Oakenshield & 4111-1111-1111-1111 "in quotes"';
  const encodings: Record<string, (bytes: Buffer) => Buffer> = {
    'as it is': (bytes) => bytes,
    gzip: gzipSync,
    deflate: deflateSync,
    'raw deflate': deflateRawSync,
    br: brotliCompressSync,
    base64: (bytes) => Buffer.from(bytes.toString('base64')),
    base64url: (bytes) => Buffer.from(bytes.toString('base64url')),
    'a URL': (bytes) => Buffer.from(encodeURIComponent(bytes.toString())),
    'a form': (bytes) => Buffer.from(`x=${new URLSearchParams({ x: bytes.toString() })}`),
    JSON: (bytes) => Buffer.from(JSON.stringify({ x: bytes.toString() })),
    'JSON escapes': (bytes) =>
      Buffer.from(
        [...bytes.toString()].map((sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
      ),
    'JSON in a form in gzip in base64': (bytes) =>
      Buffer.from(gzipSync(`d=${encodeURIComponent(JSON.stringify({ x: bytes.toString() }))}`).toString('base64')),
  };
  it.each(Object.entries(encodings))('sees through %s', (_, encode) => {
    const wanted = ['Wilhelmina Oakenshield', '4111111111111111', '"in quotes"'];
    expect(found([encode(Buffer.from(text))], [...wanted, 'Cornelius'])).toEqual(wanted);
  });
});

it('none of them leaves; what the plan lets pass, route, status, stack and ids arrive', async () => {
  const bytes = await plant();
  expect(found(bytes, needles)).toEqual([]);
  expect(found(bytes, Object.values(controls))).toEqual(Object.values(controls));

  const error = inbox.errors().find(({ value }) => value.includes(controls.message));
  expect(error).toMatchObject({
    eventId: expect.stringMatching(/^[0-9a-f]{32}$/),
    traceId: 'c'.repeat(32),
    userId: controls.userId,
  });
  const event = error?.event as Record<string, unknown>;
  expect(event).toMatchObject({
    transaction: 'POST /people/:name/:email',
    request: { method: 'POST', url: '/people/:name/:email' },
    contexts: { trace: { span_id: expect.stringMatching(/^[0-9a-f]{16}$/) }, device: { arch: 'x64' } },
  });
  expect(JSON.stringify(event['exception'])).toMatch(
    /"filename":"packages\/common\/test\/canary\/request-app\.ts","module":"[^"]*"/,
  );
  expect(inbox.spans().find(({ name }) => name === 'POST /people/:name/:email')).toMatchObject({
    traceId: 'c'.repeat(32),
    parentSpanId: 'd'.repeat(16),
    attributes: {
      'http.route': '/people/:name/:email',
      'http.response.status_code': 200,
      'http.request.method': 'POST',
    },
  });
  const statements = inbox.spans().map(({ attributes }) => attributes['db.query.text']);
  expect(statements).toContainEqual(
    expect.stringMatching(new RegExp(`from ${controls.statement} where owner = '?\\?`)),
  );
  expect(inbox.rejected()).toEqual([]);
});

it('a scrubber that does nothing is noticed: the search then finds what has a shape', async () => {
  await post('/disarm');
  const seen = found(
    await plant(),
    Object.values(shaped).map(({ needle }) => needle),
  );
  expect(seen.length).toBeGreaterThanOrEqual(15);
});
