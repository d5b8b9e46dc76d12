import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { startInbox } from '@qr/inbox';
import { afterAll, beforeEach, expect, it, onTestFinished } from 'vitest';
import { createSentryHttpTransport } from '../../../telemetry/src/destinations/sentry.ts';

const QUERY = '?sentry_version=7&sentry_key=public&sentry_client=sentry.javascript.node%2F11.1.0';

const inbox = await startInbox({ keepRaw: true });
beforeEach(() => {
  inbox.clear();
  inbox.faults.clear();
});
afterAll(() => inbox.close());

function open(options: { now?: () => number } = {}) {
  const transport = createSentryHttpTransport({
    url: `${inbox.url}/api/7/envelope/${QUERY}`,
    headers: { 'user-agent': 'sentry.javascript.node/11.1.0' },
    timeoutMs: 500,
    ...options,
  });
  onTestFinished(() => transport.close());
  return { send: (id: string) => transport.send('sentry', envelope(id)), transport };
}

function envelope(id: string) {
  const text = [
    JSON.stringify({ event_id: id }),
    JSON.stringify({ type: 'event' }),
    JSON.stringify({ event_id: id, exception: { values: [{ type: 'Error', value: 'failed' }] } }),
  ].join('\n');
  return { id: `test-${id}`, records: 1, body: gzipSync(text) };
}

const ID = 'a'.repeat(32);

it('sends the bytes as they are, to the project of the DSN, with its key in a header and not in the URL', async () => {
  const { send } = open();
  expect(await send(ID)).toMatchObject({ status: 200, body: `{"id":"${ID}"}` });
  expect(inbox.errors()).toMatchObject([{ eventId: ID, project: '7' }]);
  const [request] = inbox.raw();
  expect(request?.url).toBe('/api/7/envelope/');
  expect(request?.headers).toMatchObject({
    'x-sentry-auth': 'Sentry sentry_version=7, sentry_key=public, sentry_client=sentry.javascript.node/11.1.0',
    'content-type': 'application/x-sentry-envelope',
    'content-encoding': 'gzip',
    'user-agent': 'sentry.javascript.node/11.1.0',
  });
});

it('keeps the path before /api of a Sentry that does not live at the root, and sends no key to a tunnel', async () => {
  const requests: { url: string | undefined; auth: unknown }[] = [];
  const server = createServer((request, response) => {
    requests.push({ url: request.url, auth: request.headers['x-sentry-auth'] });
    request.resume();
    response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const behind = createSentryHttpTransport({ url: `${origin}/monitoring/sentry/api/2/envelope/${QUERY}` });
  const tunnel = createSentryHttpTransport({ url: `${origin}/tunnel` });
  onTestFinished(async () => {
    await behind.close();
    await tunnel.close();
    server.close();
  });
  await behind.send('sentry', envelope(ID));
  await tunnel.send('sentry', envelope(ID));
  expect(requests).toMatchObject([
    { url: '/monitoring/sentry/api/2/envelope/', auth: expect.stringContaining('sentry_key=public') },
    { url: '/tunnel', auth: undefined },
  ]);
});

it('makes no request while errors are limited, says how long that lasts, and goes on afterwards', async () => {
  let now = 1_000_000;
  const { send } = open({ now: () => now });
  inbox.faults.add({ requests: 1, fault: { kind: 'rate-limit', retryAfterSeconds: 90, categories: ['error'] } });
  expect(await send(ID)).toMatchObject({ status: 429, headers: { 'retry-after': '90' } });
  now += 30_000;
  expect(await send(ID)).toMatchObject({ status: 429, headers: { 'retry-after': '60' } });
  expect(inbox.raw()).toHaveLength(1);
  now += 60_000;
  expect(await send(ID)).toMatchObject({ status: 200 });
  expect(inbox.errors()).toHaveLength(1);
});

it('obeys a limit that a 200 announces', async () => {
  let now = 1_000_000;
  const { send } = open({ now: () => now });
  const headers = { 'x-sentry-rate-limits': '45:error:key' };
  inbox.faults.add({ requests: 1, fault: { kind: 'status', status: 200, headers, store: true } });
  expect(await send(ID)).toMatchObject({ status: 200, body: '{}' });
  expect(await send('b'.repeat(32))).toMatchObject({ status: 429, headers: { 'retry-after': '45' } });
  now += 45_000;
  expect(await send('b'.repeat(32))).toMatchObject({ status: 200 });
});

it('is not held up by a limit of spans', async () => {
  const { send } = open();
  const headers = { 'x-sentry-rate-limits': '60:span;transaction:organization' };
  inbox.faults.add({ requests: 1, fault: { kind: 'status', status: 200, headers, store: true } });
  await send(ID);
  expect(await send('b'.repeat(32))).toMatchObject({ status: 200 });
});

it.each([400, 403, 413, 500])('passes on a refusal with status %i and its body', async (status) => {
  const { send } = open();
  inbox.faults.add({ requests: 1, fault: { kind: 'status', status } });
  expect(await send(ID)).toMatchObject({ status, body: expect.stringContaining('detail') });
});

it('leaves the page of a captive portal to be seen for what it is', async () => {
  const { send } = open();
  inbox.faults.add({ requests: 1, fault: { kind: 'content-type', contentType: 'text/html' } });
  expect(await send(ID)).toMatchObject({ status: 200, body: expect.stringContaining('<!doctype html>') });
});

it('turns a receiver that never answers into a reply', async () => {
  const { send } = open();
  inbox.faults.add({ requests: 1, fault: { kind: 'hang' } });
  expect(await send(ID)).toEqual({ networkError: expect.any(String) });
});

it('can be closed twice, and answers all the same', async () => {
  const { transport, send } = open();
  await transport.close();
  await transport.close();
  expect(await send(ID)).toEqual({ networkError: expect.any(String) });
});
