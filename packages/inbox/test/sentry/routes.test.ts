import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Inbox } from '../../src/index.ts';
import { container, envelope, json, postEnvelope } from '../requests.ts';
import { inboxesForTests } from '../with-inbox.ts';

const EVENT_ID = '9ec79c33ec9942ab8353589fcb2e04dc';
const message = (text: string, headers: Record<string, unknown> = { event_id: EVENT_ID }): string =>
  envelope({ type: 'event' }, { message: text }, headers);
const start = inboxesForTests();

/** Posts to a path without any key of its own. */
function send(inbox: Inbox, path: string, body: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${inbox.url}${path}`, { method: 'POST', body, headers });
}

describe('an accepted envelope', () => {
  it.each<[string, (text: string) => Uint8Array<ArrayBuffer>]>([
    ['identity', (text) => Uint8Array.from(Buffer.from(text))],
    ['gzip', (text) => Uint8Array.from(gzipSync(text))],
    ['deflate', (text) => Uint8Array.from(deflateSync(text))],
    ['br', (text) => Uint8Array.from(brotliCompressSync(text))],
  ])('in %s is answered with the id of its event', async (encoding, encode) => {
    const inbox = await start();
    const response = await postEnvelope(inbox, encode(message('hello')), { 'content-encoding': encoding });
    expect(response.status).toBe(200);
    expect(await json(response)).toEqual({ id: EVENT_ID });
    expect(inbox.errors()).toMatchObject([{ value: 'hello', eventId: EVENT_ID, project: '1' }]);
  });

  it('without an event has no id', async () => {
    const inbox = await start();
    expect(await json(await postEnvelope(inbox, container('log', [{ body: 'x', level: 'info' }])))).toEqual({});
    expect(inbox.logs()).toMatchObject([{ body: 'x', level: 'info' }]);
  });

  it('of unknown items only is accepted and holds nothing', async () => {
    const inbox = await start();
    expect((await postEnvelope(inbox, envelope({ type: 'hologram' }, {}))).status).toBe(200);
    expect(inbox.items()).toEqual([]);
  });
});

describe('a request is let in', () => {
  it.each<[string, string, Record<string, string>, Record<string, unknown>]>([
    ['by the key in the query', '/api/1/envelope/?sentry_key=k', {}, {}],
    ['without the trailing slash', '/api/1/envelope?sentry_key=k', {}, {}],
    ['by the header', '/api/1/envelope/', { 'x-sentry-auth': 'Sentry sentry_version=7, sentry_key=k' }, {}],
    ['by the dsn of the envelope', '/api/1/envelope/', {}, { dsn: 'http://k@127.0.0.1/1' }],
    [
      'by all three that agree',
      '/api/1/envelope/?sentry_key=k',
      { 'x-sentry-auth': 'Sentry sentry_key=k' },
      { dsn: 'http://k@h/1' },
    ],
  ])('%s', async (_how, path, headers, envelopeHeaders) => {
    const inbox = await start();
    expect((await send(inbox, path, message('hi', envelopeHeaders), headers)).status).toBe(200);
    expect(inbox.errors()).toHaveLength(1);
  });

  it.each<[string, string, Record<string, string>, Record<string, unknown>]>([
    ['without a key', '/api/1/envelope/', {}, {}],
    ['with an empty key', '/api/1/envelope/?sentry_key=', {}, {}],
    ['with two keys in the query', '/api/1/envelope/?sentry_key=a&sentry_key=b', {}, {}],
    ['with a header that has no key', '/api/1/envelope/', { 'x-sentry-auth': 'Sentry sentry_version=7' }, {}],
    ['with a dsn that is none', '/api/1/envelope/', {}, { dsn: 'hello' }],
    ['with the dsn of another project', '/api/1/envelope/?sentry_key=k', {}, { dsn: 'http://k@h/2' }],
    ['with keys that do not agree', '/api/1/envelope/?sentry_key=k', {}, { dsn: 'http://other@h/1' }],
  ])('but not %s: 403', async (_how, path, headers, envelopeHeaders) => {
    const inbox = await start();
    const response = await send(inbox, path, message('hi', envelopeHeaders), headers);
    expect(response.status).toBe(403);
    const { detail } = await json(response);
    expect(response.headers.get('x-sentry-error')).toBe(detail);
    expect(inbox.errors()).toEqual([]);
  });
});

describe('a bad envelope', () => {
  it.each<[string, string]>([
    ['empty', ''],
    ['without a JSON header', 'hello'],
    ['with an event that is no JSON', '{}\n{"type":"event"}\nhello'],
    ['with a wrong length', '{}\n{"type":"event","length":99}\n{}'],
    ['with two events', '{}\n{"type":"event"}\n{}\n{"type":"event"}\n{}'],
    ['with an event and a transaction', '{}\n{"type":"event"}\n{}\n{"type":"transaction"}\n{}'],
    ['with a container that counts wrong', container('span', [{}], 2)],
  ])('%s is refused: 400', async (_what, body) => {
    const inbox = await start();
    const response = await postEnvelope(inbox, body);
    expect(response.status).toBe(400);
    expect(await json(response)).toEqual({ detail: response.headers.get('x-sentry-error'), causes: [] });
  });

  it('that does not match its Content-Encoding is refused: 400', async () => {
    const inbox = await start();
    expect((await postEnvelope(inbox, message('hi'), { 'content-encoding': 'gzip' })).status).toBe(400);
  });

  it('with an event of more than 1 MiB is refused: 413', async () => {
    const inbox = await start();
    const response = await postEnvelope(inbox, message('x'.repeat(1024 * 1024)));
    expect(response.status).toBe(413);
    expect((await json(response))['detail']).toMatch(/exceeded size limits for type 'event'/);
    expect(inbox.errors()).toEqual([]);
  });

  it('that inflates a thousandfold beyond the limit is refused without inflating it all: 413', async () => {
    const inbox = await start();
    const bomb = Uint8Array.from(gzipSync(Buffer.alloc(201 * 1024 * 1024, 'x')));
    expect(bomb.length).toBeLessThan(1024 * 1024);
    expect((await postEnvelope(inbox, bomb, { 'content-encoding': 'gzip' })).status).toBe(413);
  });
});
