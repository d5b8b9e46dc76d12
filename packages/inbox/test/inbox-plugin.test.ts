import Fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import { inboxPlugin, openInboxData } from '../src/index.ts';
import { goodEvent } from './requests.ts';

describe('inboxPlugin', () => {
  it('serves from any Fastify server, with the clock it is given', async () => {
    const app = Fastify();
    const data = await openInboxData();
    await app.register(inboxPlugin, { data, now: () => 1_700_000_000_000 });
    const { properties } = goodEvent({ time: undefined });
    const response = await app.inject({ method: 'POST', url: '/track', payload: { event: 'a', properties } });
    expect(response.body).toBe('1');
    expect(data.events()).toMatchObject([{ receivedAt: 1_700_000_000_000, time: 1_700_000_000_000 }]);
    await app.close();
    await data.close();
  });

  it('leaves the rest of the server as it was', async () => {
    const app = Fastify();
    const data = await openInboxData();
    await app.register(inboxPlugin, { data });
    app.post('/echo', (request) => request.body);
    const response = await app.inject({ method: 'POST', url: '/echo', payload: { a: 1 } });
    expect(response.json()).toEqual({ a: 1 });
    expect(response.headers).not.toHaveProperty('access-control-allow-origin');
    await app.close();
    await data.close();
  });

  it('ends its streams so that the server can close', async () => {
    const app = Fastify();
    const data = await openInboxData();
    await app.register(inboxPlugin, { data });
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    const stream = await fetch(`${url}/api/stream`);
    await app.close();
    expect(await stream.text()).toBe('retry: 1000\n\n');
    await data.close();
  });
});
