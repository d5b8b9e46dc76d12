import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { flushObservability } from '../../src/index.ts';
import { buildServer, type Server } from '../../src/server.ts';
import { observeFile } from '../start-observed.ts';
import { abortRequest, clientErrors, type Failure, serverErrors } from './failures.ts';

const traceId = 'a'.repeat(32);

/** Each way to fail, in a process with this sample rate: the SDK can be initialised once a process. */
export async function describeFailures(tracesSampleRate: '0' | '1'): Promise<void> {
  const inbox = await observeFile({ SENTRY_TRACES_SAMPLE_RATE: tracesSampleRate, SENTRY_RELEASE: 'r-1' });

  let app: Server;
  beforeEach(() => {
    inbox.clear();
    app = buildServer();
  });
  afterEach(() => app.close());

  async function run({ declare, status, events, hasId = status >= 500, request = {} }: Failure): Promise<void> {
    declare(app);
    const { headers, ...rest } = { url: '/fail', payload: {}, ...request };
    const trace = { 'sentry-trace': `${traceId}-${'b'.repeat(16)}` };
    const response = await app.inject({ method: 'POST', ...rest, headers: { ...trace, ...headers } });
    await flushObservability();
    expect([response.statusCode, inbox.errors().length]).toEqual([status, events]);
    expect(inbox.spans()).toHaveLength(Number(tracesSampleRate));
    const [error] = inbox.errors();
    if (!error) return;
    expect(error).toMatchObject({ service: 'test-service', traceId });
    expect(error.event).toMatchObject({ transaction: 'POST /fail', release: 'r-1' });
    if (hasId) expect(response.json()).toMatchObject({ errorId: error.eventId });
  }

  describe('is one event', () => {
    it.each(Object.entries(serverErrors))('%s', async (_, failure) => run(failure));
  });

  describe('is no event', () => {
    it.each(Object.entries(clientErrors))('%s', async (_, failure) => run(failure));

    it('a client that goes away in the middle of its body', async () => {
      app.post('/fail', async () => 'ok');
      await abortRequest(Number(new URL(await app.listen({ port: 0 })).port));
      await flushObservability();
      expect(inbox.errors()).toEqual([]);
    });
  });
}
