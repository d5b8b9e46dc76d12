import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { createServiceClient } from '../../src/server.ts';

async function start(answer: RequestListener, options: { timeoutMs?: number; restMs?: number } = {}) {
  const asked: string[] = [];
  const service = { answer };
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization}`);
    service.answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = createServiceClient({ name: 'qr-service', origin, serviceToken: 'token', maxFailures: 3, ...options });
  return { asked, service, client, get: () => client.get('/internal/x', [200, 404]) };
}

const json: RequestListener = (_request, response) =>
  response.setHeader('content-type', 'application/json; charset=utf-8').end('{"id":1}');

it('shows the token, and gives status and body', async () => {
  const { client, asked, service } = await start(json);
  expect(await client.get('/internal/x', [200])).toEqual({ status: 200, body: { id: 1 } });
  service.answer = (_request, response) => response.writeHead(204).end();
  expect(await client.delete('/internal/x', [204])).toEqual({ status: 204, body: undefined });
  expect(asked).toEqual(['GET /internal/x Bearer token', 'DELETE /internal/x Bearer token']);
});

it('says which status came and which were expected', async () => {
  const { get } = await start((_request, response) => response.writeHead(401).end());
  await expect(get()).rejects.toThrow('qr-service answered 401, expected 200 or 404.');
});

it('asks once more when the connection breaks, and not after an answer or a time-out', async () => {
  const broken = await start((_request, response) => void response.destroy());
  await expect(broken.get()).rejects.toThrow('fetch failed');
  expect(broken.asked).toHaveLength(2);

  const busy = await start((_request, response) => response.writeHead(503).end());
  await expect(busy.get()).rejects.toThrow('503');
  expect(busy.asked).toHaveLength(1);

  const hanging = await start(() => undefined, { timeoutMs: 100 });
  const started = performance.now();
  await expect(hanging.get()).rejects.toThrow(/timeout/i);
  expect(performance.now() - started).toBeLessThan(2000);
  expect(hanging.asked).toHaveLength(1);
});

it('comes back from a single broken connection without anyone noticing', async () => {
  const { get, service, asked } = await start((_request, response) => {
    service.answer = json;
    response.destroy();
  });
  expect(await get()).toEqual({ status: 200, body: { id: 1 } });
  expect(asked).toHaveLength(2);
});

it('leaves a service alone that keeps failing, fails at once meanwhile, and finds out when it is back', async () => {
  const { get, service, asked } = await start((_request, response) => response.writeHead(500).end(), { restMs: 200 });
  for (let call = 0; call < 3; call++) await expect(get()).rejects.toThrow('answered 500');
  await expect(get()).rejects.toThrow('qr-service failed 3 times in a row and is left alone for 200 ms.');
  expect(asked).toHaveLength(3);
  service.answer = json;
  await expect.poll(() => get().catch(() => undefined), { interval: 50 }).toEqual({ status: 200, body: { id: 1 } });
  expect(await get()).toEqual({ status: 200, body: { id: 1 } });
});

it('does not take an expected 404 for a failure', async () => {
  const { get, asked } = await start((_request, response) => response.writeHead(404).end());
  for (let call = 0; call < 5; call++) expect((await get()).status).toBe(404);
  expect(asked).toHaveLength(5);
});
