import { PassThrough } from 'node:stream';
import { startInbox } from '@qr/inbox';
import { expect, it, onTestFinished } from 'vitest';
import { closeObservability, flushObservability, initializeSentry } from '../../src/index.ts';
import { buildServer } from '../../src/server.ts';
import { setEnv } from '../start-observed.ts';

it('refuses requests while the event loop is behind, without an error event for it, and stays alive', async () => {
  const inbox = await startInbox();
  setEnv({ NODE_ENV: 'test', SENTRY_DSN: inbox.dsn('1') });
  initializeSentry('busy-service');
  const output = new PassThrough();
  const app = buildServer({ maxEventLoopDelayMs: 1, logger: { level: 'warn', stream: output } });
  onTestFinished(async () => {
    await app.close();
    await closeObservability();
    await inbox.close();
  });
  let handled = 0;
  app.get('/x', async () => {
    handled++;
    return 'ok';
  });
  expect((await app.inject('/x')).statusCode).toBe(200);

  // The delay is looked at once a second.
  await expect.poll(blockAndAsk, { interval: 1, timeout: 20_000 }).toBe(503);
  const handledBefore = handled;
  const refusals = await Promise.all([app.inject('/x'), app.inject('/x')]);
  for (const { statusCode, headers, json } of refusals) {
    expect([statusCode, headers['retry-after']]).toEqual([503, '5']);
    expect(json()).toEqual({ error: 'Service Unavailable', message: expect.stringContaining('try again') });
  }
  expect(handled).toBe(handledBefore);
  expect((await app.inject('/health/live')).statusCode).toBe(200);

  await flushObservability();
  expect(inbox.errors()).toEqual([]);
  expect(inbox.spans().filter(({ attributes }) => attributes['http.response.status_code'] === 503)).toHaveLength(3);
  const lines = String(output.read())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines[0]).toMatchObject({ refused: 1, msg: 'requests are refused: the event loop is behind' });

  async function blockAndAsk(): Promise<number> {
    const end = performance.now() + 30;
    while (performance.now() < end);
    return (await app.inject('/x')).statusCode;
  }
});
