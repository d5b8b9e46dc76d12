import { once } from 'node:events';
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Fault, FaultRule, Inbox } from '../../src/index.ts';
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
    const client = new AbortController();
    const hanging = fetch(`${inbox.url}/import`, { method: 'POST', body, signal: client.signal });
    await until(() => inbox.raw().length === 1);
    client.abort();
    await expect(hanging).rejects.toThrow(/aborted/);
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

describe('an answer at the headers', () => {
  it('comes before the body, which is never read, and the connection is closed', async () => {
    const inbox = await inboxWith({ kind: 'status', status: 413, when: 'before' });
    const socket = connect(inbox.port, '127.0.0.1');
    socket.write('POST /import HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 1000000\r\n\r\n[');
    let answer = '';
    for await (const chunk of socket) answer += String(chunk);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toMatch(/connection: close/i);
    expect(answer).toContain('"code":413');
    expect(inbox.raw()).toEqual([]);
  });
});

describe('a gzipped answer', () => {
  it('is the usual one, compressed for those who did not ask as well', async () => {
    const inbox = await inboxWith({ kind: 'gzip' });
    const { statusCode, headers, body } = await rawAnswer(inbox, '/import?strict=1', [goodEvent()]);
    expect([statusCode, headers['content-encoding']]).toEqual([200, 'gzip']);
    expect(JSON.parse(gunzipSync(body).toString('utf8'))).toEqual({ code: 200, num_records_imported: 1, status: 'OK' });
    expect(inbox.events()).toHaveLength(1);
  });
});

describe('a receiver that is not the vendor', () => {
  it.each<[string, Fault, number, string]>([
    ['a captive portal', { kind: 'content-type', contentType: 'text/html' }, 200, 'text/html'],
    ['a proxy', { kind: 'content-type', contentType: 'text/html', status: 404, body: '<p>no</p>' }, 404, 'text/html'],
    [
      'a server of files',
      { kind: 'content-type', contentType: 'text/plain', status: 405, body: 'no' },
      405,
      'text/plain',
    ],
    [
      'a redirect',
      {
        kind: 'status',
        status: 302,
        body: '',
        headers: { location: 'http://127.0.0.1:9/', 'content-type': 'text/html' },
      },
      302,
      'text/html',
    ],
  ])('%s', async (_who, fault, status, contentType) => {
    const inbox = await inboxWith(fault);
    const { statusCode, headers } = await rawAnswer(inbox, '/import', [goodEvent()]);
    expect([statusCode, headers['content-type']?.split(';')[0]]).toEqual([status, contentType]);
    expect(inbox.events()).toEqual([]);
  });
});

describe('a 200 that stored nothing', () => {
  it.each<[string, Fault, string]>([
    ['with an error', { kind: 'status', status: 200, body: '{"code":400}' }, '{"code":400}'],
    ['with status 0', { kind: 'status', status: 200, body: '{"status":0,"error":"x"}' }, '{"status":0,"error":"x"}'],
    ['with a count of 0', { kind: 'status', status: 200 }, '{"code":200,"num_records_imported":0,"status":"OK"}'],
    ['with an empty body', { kind: 'status', status: 200, body: '' }, ''],
  ])('%s', async (_what, fault, text) => {
    const inbox = await inboxWith(fault);
    const { statusCode, body } = await rawAnswer(inbox, '/import', [goodEvent()]);
    expect([statusCode, body.toString('utf8')]).toEqual([200, text]);
    expect(inbox.events()).toEqual([]);
  });
});

describe('a rule for bodies with a text', () => {
  it('strikes those and no others, also compressed ones', async () => {
    const inbox = await start();
    inbox.faults.add({ endpoint: 'import', contains: 'poison', fault: { kind: 'status', status: 403 } });
    expect(await send(inbox)).toBe(200);
    expect(await send(inbox, goodEvent({ note: 'a poisoned one' }))).toBe(403);
    const zipped = await fetch(`${inbox.url}/import`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('t:')}`, 'content-encoding': 'gzip' },
      body: Uint8Array.from(gzipSync(JSON.stringify([goodEvent({ note: 'poison' })]))),
    });
    expect(zipped.status).toBe(403);
    expect(await send(inbox)).toBe(200);
    expect(inbox.faults.list()).toMatchObject([{ contains: 'poison', seen: 2, struck: 2 }]);
    expect(inbox.events()).toHaveLength(2);
  });

  it('counts only those requests, and may reset or hang as well', async () => {
    const inbox = await start();
    inbox.faults.add({ contains: 'poison', requests: 1, fault: { kind: 'reset', when: 'after' } });
    expect([await send(inbox), await send(inbox)]).toEqual([200, 200]);
    const poison = goodEvent({ note: 'poison' });
    expect([await send(inbox, poison), await send(inbox, poison)]).toEqual([
      expect.stringMatching(/ECONNRESET|UND_ERR/),
      200,
    ]);
  });

  it.each<[FaultRule, RegExp]>([
    [{ contains: 'x', fault: { kind: 'reset', when: 'before' } }, /^fault\.when must be "after"/],
    [{ contains: 'x', fault: { kind: 'status', status: 413, when: 'before' } }, /^fault\.when must be "after"/],
    [{ fault: { kind: 'status', status: 413, when: 'before', store: true } }, /^fault\.store must not be true/],
    [{ contains: '', fault: { kind: 'hang' } }, /^contains /],
  ])('cannot be %j', async (rule, message) => {
    const inbox = await start();
    expect(() => inbox.faults.add(rule)).toThrow(message);
  });
});

/** The answer as it comes over the wire: `fetch` follows redirects and decompresses. */
async function rawAnswer(
  inbox: Inbox,
  path: string,
  records: unknown,
): Promise<{ statusCode: number | undefined; headers: IncomingHttpHeaders; body: Buffer }> {
  const headers = { authorization: `Basic ${btoa('t:')}`, 'content-type': 'application/json' };
  const request = httpRequest(`${inbox.url}${path}`, { method: 'POST', headers });
  request.end(JSON.stringify(records));
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { statusCode: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) };
}
