import type { AddressInfo } from 'node:net';
import { afterAll, beforeEach, expect, it } from 'vitest';
import {
  addBreadcrumb,
  captureException,
  captureMessage,
  flushObservability,
  setUserContext,
  withJobContext,
} from '../../src/index.ts';
import { buildServer } from '../../src/server.ts';
import { observeFile } from '../start-observed.ts';

const inbox = await observeFile();
beforeEach(() => inbox.clear());

/** Not written as it appears: an error carries the source lines around each frame. */
const nobody = 90 + 9;

const app = buildServer({ handleSignals: false, maxEventLoopDelayMs: 0 });
app.addContentTypeParser('text/lines', (request, payload, done) => {
  const user = String(request.headers['x-user']);
  setUserContext({ id: user });
  payload.on('data', (chunk) => {
    addBreadcrumb(`part of ${user}`);
    if (String(chunk).includes('bad')) captureException(new Error(`bad line of ${user}`));
  });
  payload.on('end', () => {
    addBreadcrumb(`end of ${user}`);
    done(null, 'parsed');
  });
  payload.on('error', done);
});
app.post('/lines', async (request) => {
  if (request.headers['x-fail']) throw new Error(`failed for ${String(request.headers['x-user'])}`);
  return 'ok';
});
await app.listen({ port: 0, host: '127.0.0.1' });
const origin = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
afterAll(() => app.close());

async function post(user: string, body: string, headers: Record<string, string> = {}) {
  await fetch(`${origin}/lines`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'text/lines', 'x-user': user, ...headers },
  });
}

it('keeps breadcrumbs and errors of a body that is parsed as it arrives with their own request', async () => {
  const users = Array.from({ length: 20 }, (_, n) => `user-${n}-end`);
  await Promise.all(users.map((user) => post(user, 'good\nbad\n', { 'x-fail': '1' })));
  captureMessage('of the process');
  await flushObservability(20_000);
  const errors = inbox.errors();
  expect(errors).toHaveLength(2 * users.length + 1);
  for (const user of users) {
    const own = errors.filter(({ userId }) => userId === user);
    expect(own.map(({ value }) => value).sort()).toEqual([`bad line of ${user}`, `failed for ${user}`]);
    for (const error of own) {
      expect(error.event).toMatchObject({ transaction: 'POST /lines' });
      expect(new Set(JSON.stringify(error).match(/user-\d+-end/g))).toEqual(new Set([user]));
      expect(JSON.stringify(error)).toContain(`part of ${user}`);
    }
  }
  const [message] = errors.filter(({ value }) => value === 'of the process');
  expect(JSON.stringify(message)).not.toMatch(/part of|end of/);
});

it('shows breadcrumbs that were left outside of any request in no request and no job', async () => {
  addBreadcrumb(`of the process, about user-${nobody}-end`);
  await post('user-1-end', 'good\n', { 'x-fail': '1' });
  withJobContext({ name: 'job' }, () => captureException(new Error('of the job')));
  await flushObservability(20_000);
  expect(inbox.errors()).toHaveLength(2);
  expect(JSON.stringify(inbox.errors())).not.toContain(`user-${nobody}-end`);
});
