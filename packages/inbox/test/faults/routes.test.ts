import { describe, expect, it } from 'vitest';
import type { Inbox } from '../../src/index.ts';
import { goodEvent, json, post, read } from '../requests.ts';
import { inboxesForTests } from '../with-inbox.ts';

const start = inboxesForTests();
const remove = (inbox: Inbox, path: string): Promise<Response> => fetch(`${inbox.url}${path}`, { method: 'DELETE' });

describe('/api/faults', () => {
  it('takes a fault, shows what it has done, and strikes', async () => {
    const inbox = await start();
    const rule = { endpoint: 'track', requests: 1, fault: { kind: 'status', status: 500 } };
    const created = await post(inbox, '/api/faults', rule);
    expect(created.status).toBe(201);
    expect(await json(created)).toMatchObject({ id: 1, remaining: 1, struck: 0 });
    expect((await post(inbox, '/track', [goodEvent()])).status).toBe(500);
    expect(await read(inbox, '/api/faults')).toMatchObject({ faults: [{ id: 1, remaining: 0, struck: 1, seen: 1 }] });
    expect((await post(inbox, '/track', [goodEvent()])).status).toBe(200);
  });

  it('removes one, or all', async () => {
    const inbox = await start();
    for (const status of [500, 501, 502]) await post(inbox, '/api/faults', { fault: { kind: 'status', status } });
    expect((await remove(inbox, '/api/faults/2')).status).toBe(204);
    expect((await remove(inbox, '/api/faults/2')).status).toBe(404);
    expect(inbox.faults.list().map(({ id }) => id)).toEqual([1, 3]);
    expect((await remove(inbox, '/api/faults')).status).toBe(204);
    expect(inbox.faults.list()).toEqual([]);
  });

  it('names the field of a rule that is none', async () => {
    const inbox = await start();
    const response = await post(inbox, '/api/faults', { fault: { kind: 'delay', delayMs: 'long' } });
    expect(response.status).toBe(400);
    expect(await json(response)).toEqual({ error: 'Bad Request', message: expect.stringMatching(/^fault\.delayMs /) });
    expect((await fetch(`${inbox.url}/api/faults`, { method: 'POST' })).status).toBe(400);
  });

  it('stays when the data go, and is not for pages of other origins', async () => {
    const inbox = await start();
    inbox.faults.add({ fault: { kind: 'hang' } });
    inbox.clear();
    expect(inbox.faults.list()).toHaveLength(1);
    const preflight = await fetch(`${inbox.url}/api/faults`, {
      method: 'OPTIONS',
      headers: { origin: 'http://a.example', 'access-control-request-method': 'POST' },
    });
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
    // A form needs no preflight; a rule in one is no rule.
    const form = { method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{"fault":{"kind":"hang"}}' };
    expect((await fetch(`${inbox.url}/api/faults`, form)).status).toBe(400);
  });
});
