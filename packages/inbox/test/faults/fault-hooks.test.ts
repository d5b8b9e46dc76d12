import { request as httpRequest } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { Fault, Inbox } from '../../src/index.ts';
import { goodEvent, json, post, postEnvelope } from '../requests.ts';
import { inboxesForTests } from '../with-inbox.ts';

const start = inboxesForTests();

async function inboxWith(fault: Fault, requests = 1): Promise<Inbox> {
  const inbox = await start({ keepRaw: true });
  inbox.faults.add({ endpoint: 'import', requests, fault });
  return inbox;
}

/** Sends one event; the status, or the code of the network error. */
async function send(inbox: Inbox, event = goodEvent()): Promise<number | string> {
  try {
    const response = await post(inbox, '/import', [event]);
    await response.text();
    return response.status;
  } catch (error) {
    return error instanceof Error && isCoded(error.cause) ? error.cause.code : String(error);
  }
}

function isCoded(error: unknown): error is { code: string } {
  return typeof error === 'object' && error !== null && 'code' in error;
}

describe('a status', () => {
  it('takes the place of the answer, and nothing is stored', async () => {
    const inbox = await inboxWith({ kind: 'status', status: 503 });
    expect([await send(inbox), inbox.events().length]).toEqual([503, 0]);
    expect([await send(inbox), inbox.events().length]).toEqual([200, 1]);
    expect(inbox.raw()).toHaveLength(2);
  });

  it('may hide that everything was stored, so that a retry repeats it', async () => {
    const inbox = await inboxWith({ kind: 'status', status: 503, store: true });
    const event = goodEvent();
    expect([await send(inbox, event), await send(inbox, event)]).toEqual([503, 200]);
    expect(inbox.events()).toHaveLength(1);
    expect(inbox.events({ duplicates: true })).toHaveLength(2);
  });

  it('has the body and the headers that it was given', async () => {
    const headers = { 'retry-after': '7', 'content-type': 'text/html' };
    const inbox = await inboxWith({ kind: 'status', status: 502, body: '<h1>bad</h1>', headers });
    const response = await post(inbox, '/import', [goodEvent()]);
    expect([response.status, await response.text()]).toEqual([502, '<h1>bad</h1>']);
    expect(response.headers.get('retry-after')).toBe('7');
    expect(response.headers.get('content-type')).toBe('text/html');
  });

  it('is not for a preflight, nor for another endpoint', async () => {
    const inbox = await inboxWith({ kind: 'status', status: 503 });
    const preflight = await fetch(`${inbox.url}/import`, {
      method: 'OPTIONS',
      headers: { origin: 'http://a.example' },
    });
    expect(preflight.status).toBe(204);
    expect((await post(inbox, '/track', [goodEvent()])).status).toBe(200);
    expect(await send(inbox)).toBe(503);
  });

  it('can be read by a page of another origin, like any answer', async () => {
    const inbox = await inboxWith({ kind: 'status', status: 503 });
    const response = await post(inbox, '/import', [goodEvent()], { origin: 'http://a.example' });
    expect(response.headers.get('access-control-allow-origin')).toBe('http://a.example');
  });
});

describe('a delay', () => {
  it('answers as usual, but later', async () => {
    const inbox = await inboxWith({ kind: 'delay', delayMs: 120 });
    const before = performance.now();
    expect(await send(inbox)).toBe(200);
    // Timers may be a millisecond early.
    expect(performance.now() - before).toBeGreaterThan(115);
    expect(inbox.events()).toHaveLength(1);
  });

  it('does not keep the inbox from closing', async () => {
    const inbox = await inboxWith({ kind: 'delay', delayMs: 600_000 });
    const sending = send(inbox);
    await until(() => inbox.raw().length === 1);
    await inbox.close();
    expect(await sending).not.toBe(200);
  });
});

describe('a connection', () => {
  it.each([
    ['before', 0, 0],
    ['during', 0, 0],
    ['after', 1, 1],
  ] as const)('is reset %s the body: %i requests read, %i events stored', async (when, read, stored) => {
    const inbox = await inboxWith({ kind: 'reset', when });
    expect(await send(inbox)).toMatch(/ECONNRESET|UND_ERR_SOCKET/);
    expect([inbox.raw().length, inbox.events().length]).toEqual([read, stored]);
    expect(await send(inbox)).toBe(200);
  });

  it('is reset before the body even when the body never comes', async () => {
    const inbox = await inboxWith({ kind: 'reset', when: 'before' });
    expect(await sendHeadersOnly(inbox)).toBe('ECONNRESET');
  });

  it('is reset in the middle of a body once some of it has come, not before', async () => {
    const inbox = await inboxWith({ kind: 'reset', when: 'during' });
    expect(await sendHeadersOnly(inbox, '[{"event":')).toBe('ECONNRESET');
    expect(inbox.faults.list()).toMatchObject([{ struck: 1 }]);
  });

  it('hangs until the client gives up, then serves the next', async () => {
    const inbox = await inboxWith({ kind: 'hang' });
    const body = JSON.stringify([goodEvent()]);
    const signal = AbortSignal.timeout(100);
    const hanging = fetch(`${inbox.url}/import`, { method: 'POST', body, signal });
    await expect(hanging).rejects.toThrow(/timeout/);
    expect([inbox.raw().length, inbox.events().length]).toEqual([1, 0]);
    expect(await send(inbox)).toBe(200);
  });

  it('hangs with everything stored when told so, and does not keep the inbox from closing', async () => {
    const inbox = await inboxWith({ kind: 'hang', store: true });
    const sending = send(inbox);
    await inbox.waitFor(({ events }) => events().length === 1);
    await inbox.close();
    expect(await sending).toMatch(/ECONNRESET|UND_ERR_SOCKET/);
  });
});

describe('a partial failure', () => {
  it('refuses every second event of /import and keeps the others', async () => {
    const inbox = await inboxWith({ kind: 'partial', failEvery: 2 });
    const events = ['a', 'b', 'c'].map((name) => goodEvent({ $insert_id: name }, name));
    const response = await post(inbox, '/import?strict=1', events);
    expect(response.status).toBe(400);
    const message = "'data' is invalid: refused on demand";
    expect(await json(response)).toEqual({
      code: 400,
      error: 'some data points in the request failed validation',
      status: 'Bad Request',
      num_records_imported: 1,
      failed_records: [
        { index: 0, insert_id: 'a', field: 'data', message },
        { index: 2, insert_id: 'c', field: 'data', message },
      ],
    });
    expect(inbox.events().map(({ event }) => event)).toEqual(['b']);
    expect(inbox.rejected()).toHaveLength(2);
  });

  it('refuses profile updates too', async () => {
    const inbox = await start();
    inbox.faults.add({ endpoint: 'engage', fault: { kind: 'partial', failEvery: 2 } });
    const updates = ['a', 'b'].map((id) => ({ $token: 't', $distinct_id: id, $set: { id } }));
    expect((await post(inbox, '/engage?strict=1', updates)).status).toBe(400);
    expect(inbox.profiles().map(({ distinctId }) => distinctId)).toEqual(['b']);
  });

  it('takes every second item out of an envelope, and says that some were limited', async () => {
    const inbox = await start();
    inbox.faults.add({ endpoint: 'envelope', fault: { kind: 'partial', failEvery: 2 } });
    const response = await postEnvelope(inbox, '{}\n{"type":"session"}\n{"sid":"a"}\n{"type":"session"}\n{"sid":"b"}');
    expect(response.status).toBe(429);
    expect(inbox.items()).toMatchObject([{ payload: { sid: 'b' } }]);
  });
});

describe('a wrong content type', () => {
  it('is the page of a network that wants a sign-in; nothing is stored', async () => {
    const inbox = await inboxWith({ kind: 'content-type', contentType: 'text/html' });
    const response = await post(inbox, '/import', [goodEvent()]);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html']);
    expect(await response.text()).toMatch(/^<!doctype html>/);
    expect(inbox.events()).toEqual([]);
  });

  it('may stand over a body of one own, with everything stored', async () => {
    const fault = { kind: 'content-type', contentType: 'application/xml', body: '<ok/>', store: true } as const;
    const inbox = await inboxWith(fault);
    const response = await post(inbox, '/import', [goodEvent()]);
    expect([response.headers.get('content-type'), await response.text()]).toEqual(['application/xml', '<ok/>']);
    expect(inbox.events()).toHaveLength(1);
  });
});

/** Looks again at each turn of the event loop, within a bound. */
async function until(holds: () => boolean): Promise<void> {
  const end = Date.now() + 5000;
  while (!holds()) {
    if (Date.now() > end) throw new Error('the condition did not become true within 5 s');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Announces a body of 1000 bytes and sends only this part of it; resolves to the code of the error. */
function sendHeadersOnly(inbox: Inbox, part = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-length': 1000 };
    const request = httpRequest(`${inbox.url}/import`, { method: 'POST', headers }, () =>
      reject(new Error('expected no answer')),
    );
    request.on('error', (error) => resolve(isCoded(error) ? error.code : error.message));
    request.flushHeaders();
    if (part !== '') request.write(part);
  });
}
