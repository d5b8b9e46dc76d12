import { expect, it } from 'vitest';
import {
  addBreadcrumb,
  captureException,
  flushObservability,
  Sentry,
  setUserContext,
  trackEvent,
  withJobContext,
} from '../../src/index.ts';
import { buildServer } from '../../src/server.ts';
import { observeFile } from '../start-observed.ts';

const inbox = await observeFile();

const REQUESTS = 500;
const JOBS = 100;
/** Not written as it appears: an error carries the source lines around each frame, literals included. */
const nobody = `user-${'nobody'}-end`;
const pause = () => new Promise((resolve) => setTimeout(resolve, Math.random() * 20));

/** What a request or job says of itself, with pauses in which others run. */
async function act(id: string): Promise<void> {
  setUserContext({ id });
  addBreadcrumb(`crumb of ${id}`);
  trackEvent('qr_created', id, { qr_id: id });
  await pause();
  Sentry.setTag('job', id);
  await pause();
}

it('of 500 requests at once and a worker beside them none knows anything of another', {
  timeout: 120_000,
}, async () => {
  const app = buildServer({ rateLimit: false });
  app.post('/fail/:user', async (request) => {
    const { user } = request.params as { user: string };
    await act(user);
    throw new Error(`failed for ${user}`);
  });
  // A person who is not logged in must not get the name of the one before.
  app.post('/anonymous/:user', async (request) => {
    await pause();
    throw new Error(`failed for ${(request.params as { user: string }).user}`);
  });

  const users = Array.from({ length: REQUESTS }, (_, n) => `user-${n}-end`);
  // With a body: Node emits its end outside of the request's own context.
  const requests = users.map((user, n) =>
    app.inject({ method: 'POST', url: `/${n % 5 === 0 ? 'anonymous' : 'fail'}/${user}`, payload: { x: 1 } }),
  );
  const jobs = Array.from({ length: JOBS }, (_, n) =>
    withJobContext({ name: 'resize' }, async () => {
      const id = `user-job${n}-end`;
      await act(id);
      captureException(new Error(`failed for ${id}`));
    }),
  );
  await Promise.all([...requests, ...jobs]);
  captureException(new Error(`failed for ${nobody}`));
  await flushObservability(10_000);
  await inbox.waitFor(() => inbox.errors().length > REQUESTS + JOBS, 60_000);
  await app.close();

  const errors = inbox.errors();
  expect(new Set(errors.map(({ value }) => value))).toHaveProperty('size', REQUESTS + JOBS + 1);
  const leaks = errors.filter((error) => new Set(JSON.stringify(error).match(/user-\w+-end/g)).size !== 1);
  expect(leaks).toEqual([]);
  const named = errors.filter(({ userId }) => userId !== null);
  expect(named).toHaveLength(REQUESTS * 0.8 + JOBS);
  for (const { value, userId } of named) expect(value).toBe(`failed for ${userId}`);
  // Each event is of the trace of its own request.
  const traceOf = new Map(errors.map(({ value, traceId }) => [value, traceId]));
  for (const { distinctId, properties } of inbox.events()) {
    expect(properties['trace_id']).toBe(traceOf.get(`failed for ${distinctId}`));
  }
  expect(new Set(traceOf.values())).toHaveProperty('size', REQUESTS + JOBS + 1);
});
