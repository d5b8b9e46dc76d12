import { startInbox } from '@qr/inbox';
import Fastify from 'fastify';
import { afterAll, afterEach, expect, it } from 'vitest';
import { closeObservability, flushObservability, initializeSentry } from '../../src/index.ts';
import { observabilityPlugin } from '../../src/server.ts';
import { setEnv } from '../start-observed.ts';

const inbox = await startInbox();
setEnv({ NODE_ENV: 'test', SENTRY_DSN: inbox.dsn('1') });
initializeSentry('own-server');

afterEach(() => inbox.clear());
afterAll(async () => {
  await closeObservability();
  await inbox.close();
});

async function fail(options: { errorHandler?: boolean }) {
  const app = Fastify();
  await app.register(observabilityPlugin, options);
  app.get('/codes/:id', async () => {
    throw new Error('broken');
  });
  const response = await app.inject('/codes/7');
  await flushObservability();
  await app.close();
  return response;
}

it('reports and answers for a server of one’s own', async () => {
  const response = await fail({});
  const [error] = inbox.errors();
  expect(inbox.errors()).toHaveLength(1);
  expect(response.json()).toMatchObject({ error: 'Internal Server Error', errorId: error?.eventId });
  expect(inbox.spans()).toMatchObject([{ name: 'GET /codes/:id', service: 'own-server' }]);
});

it('leaves the answer to an error handler of the server', async () => {
  const response = await fail({ errorHandler: false });
  expect(response.json()).not.toHaveProperty('errorId');
  expect(inbox.errors()).toHaveLength(1);
});
