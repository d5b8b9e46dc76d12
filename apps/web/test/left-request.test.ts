import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { flushObservability, initializeSentry } from '@qr/common';
import { type Inbox, startInbox } from '@qr/inbox';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildApp } from '../server/app.ts';

const ANSWER_MS = 150;

let inbox: Inbox;
let service: Server;
let app: ReturnType<typeof buildApp>;

const portOf = (server: { address(): unknown }) => (server.address() as AddressInfo).port;

beforeAll(async () => {
  inbox = await startInbox({ environment: 'test' });
  initializeSentry('web-server', inbox.dsn());
  service = createServer((request, response) => {
    request.resume();
    setTimeout(() => response.end('{}'), ANSWER_MS);
  }).listen(0, '127.0.0.1');
  await once(service, 'listening');
  const origin = `http://127.0.0.1:${portOf(service)}`;
  app = buildApp({
    services: { auth: [origin], qr: [origin], microsite: [origin], routing: [origin], analytics: [origin] },
    client: { root: import.meta.dirname },
    tunnel: { sentry: undefined, mixpanel: undefined },
    server: { logger: false, handleSignals: false },
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
});

afterAll(async () => {
  await app.close();
  service.close();
  await inbox.close();
});

it('is no error when its client has gone before the service answered, and a service that cannot be reached is one', async () => {
  for (const method of ['POST', 'GET']) {
    const client = connect(portOf(app.server), '127.0.0.1');
    client.write(
      `${method} /api/qr/preview HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}`,
    );
    await once(service, 'request');
    client.destroy();
    await new Promise((resolve) => setTimeout(resolve, ANSWER_MS * 2));
  }
  await flushObservability();
  expect(inbox.errors()).toEqual([]);

  service.closeAllConnections();
  service.close();
  const response = await fetch(`http://127.0.0.1:${portOf(app.server)}/api/qr/preview`, { method: 'POST', body: '{}' });
  expect(response.status).toBe(502);
  await flushObservability();
  expect(inbox.errors()).toHaveLength(1);
});
