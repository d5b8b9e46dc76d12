import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { flushObservability, observabilityStats } from '../../src/index.ts';
import { buildServer, type Server } from '../../src/server.ts';
import { observeFile } from '../start-observed.ts';

const inbox = await observeFile({ SENTRY_ERROR_BUDGET_PER_MONTH: '5000' });

let app: Server;
let failed: Promise<void>;

beforeEach(async () => {
  inbox.clear();
  app = buildServer({ handleSignals: false });
});
afterEach(() => app.close());

/** A route that fails with an error as soon as its client has gone. */
async function leaveWhile(error: Error): Promise<void> {
  let tellFailed = () => {};
  failed = new Promise((resolve) => {
    tellFailed = resolve;
  });
  let tellStarted = () => {};
  const started = new Promise<void>((resolve) => {
    tellStarted = resolve;
  });
  app.get('/slow', async ({ raw }) => {
    tellStarted();
    await new Promise((resolve) => raw.socket.once('close', resolve));
    tellFailed();
    throw error;
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const client = new AbortController();
  const { port } = app.server.address() as AddressInfo;
  const answer = fetch(`http://127.0.0.1:${port}/slow`, { signal: client.signal }).catch(() => undefined);
  await started;
  client.abort();
  await Promise.all([answer, failed]);
  await new Promise((resolve) => setTimeout(resolve, 50));
  await flushObservability();
}

const aborted = Object.assign(new Error('given up'), { code: 'UND_ERR_ABORTED' });

it.each([
  ['an AbortError', new DOMException('given up', 'AbortError')],
  ['what undici throws', aborted],
])('is told nothing of %s after the client has gone', async (_name, error) => {
  await leaveWhile(error);
  expect(inbox.errors()).toEqual([]);
});

it('is told of every other failure, whether somebody waits for the answer or not', async () => {
  await leaveWhile(new TypeError('a mistake of ours'));
  expect(inbox.errors()).toMatchObject([{ value: 'a mistake of ours' }]);
});

it('is told of work that was given up while the client still waits', async () => {
  app.get('/given-up', async () => {
    throw aborted;
  });
  const response = await app.inject('/given-up');
  expect(response.statusCode).toBe(500);
  await flushObservability();
  expect(inbox.errors()).toMatchObject([{ value: 'given up' }]);
});

it('spends no budget and tells nobody of a suppressed error when the client has gone', async () => {
  const { errorBudget: before } = observabilityStats();
  await leaveWhile(aborted);
  const { errorBudget: after } = observabilityStats();
  expect(after).toEqual(before);
  expect(inbox.errors()).toEqual([]);
});
