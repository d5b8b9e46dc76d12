import * as zlib from 'node:zlib';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
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

/** A zstd frame of one raw block: what a compressor writes when it finds nothing to compress. */
function zstdOf(text: string): Uint8Array<ArrayBuffer> {
  const bytes = Buffer.from(text);
  const blockHeader = (bytes.length << 3) | 1;
  const head = [0x28, 0xb5, 0x2f, 0xfd, 0x20, bytes.length];
  return Uint8Array.from([...head, blockHeader & 0xff, (blockHeader >> 8) & 0xff, blockHeader >> 16, ...bytes]);
}

describe('an accepted envelope', () => {
  it.each<[string, (text: string) => Uint8Array<ArrayBuffer>]>([
    ['identity', (text) => Uint8Array.from(Buffer.from(text))],
    ['gzip', (text) => Uint8Array.from(gzipSync(text))],
    ['x-gzip', (text) => Uint8Array.from(gzipSync(text))],
    ['deflate', (text) => Uint8Array.from(deflateSync(text))],
    ['deflate ', (text) => Uint8Array.from(deflateRawSync(text))],
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

  it.each([
    ['null as its time', '{"sent_at":null}'],
    ['null as its id and dsn', '{"event_id":null,"dsn":null}'],
    ['the offset of a time zone', '{"sent_at":"2026-06-01T14:00:00.123456789+02:00"}'],
  ])('may have %s in its header', async (_what, header) => {
    const inbox = await start();
    expect((await postEnvelope(inbox, `${header}\n{"type":"event"}\n{"message":"hi"}`)).status).toBe(200);
    expect(inbox.errors()).toMatchObject([{ value: 'hi' }]);
  });

  it('may end with the headers of an item that has no payload', async () => {
    const inbox = await start();
    const body = `${message('hi')}\n{"type":"attachment","length":0}`;
    expect((await postEnvelope(inbox, body)).status).toBe(200);
    expect(inbox.items('attachment')).toMatchObject([{ bytes: 0 }]);
  });

  it('of unknown items only is accepted and holds nothing', async () => {
    const inbox = await start();
    expect((await postEnvelope(inbox, envelope({ type: 'hologram' }, {}))).status).toBe(200);
    expect(inbox.items()).toEqual([]);
  });
});

describe('a request is let in', () => {
  it.each<[string, string, Record<string, string>, Record<string, unknown>]>([
    ['by the key in the query', '/api/1/envelope/?sentry_key=k&sentry_version=7', {}, {}],
    ['without the trailing slash', '/api/1/envelope?sentry_key=k&sentry_version=7', {}, {}],
    ['by the header', '/api/1/envelope/', { 'x-sentry-auth': 'Sentry sentry_version=7, sentry_key=k' }, {}],
    ['without a version', '/api/1/envelope/?sentry_key=k', {}, {}],
    ['with the version of an old SDK', '/api/1/envelope/?sentry_key=k&sentry_version=4', {}, {}],
    ['with the version that old Python SDKs write', '/api/1/envelope/?sentry_key=k&sentry_version=2.0', {}, {}],
    ['by a header without a version', '/api/1/envelope/', { 'x-sentry-auth': 'Sentry sentry_key=k' }, {}],
    [
      'by Authorization: Sentry',
      '/api/1/envelope/',
      { authorization: 'Sentry sentry_version=7,sentry_client=c/1,sentry_key=k' },
      {},
    ],
    ['by the key as user name', '/api/1/envelope/', { authorization: `Basic ${btoa('k:')}` }, {}],
    ['by the dsn of the envelope', '/api/1/envelope/', {}, { dsn: 'http://k@127.0.0.1/1' }],
    [
      'by all three that agree',
      '/api/1/envelope/?sentry_key=k&sentry_version=7',
      { 'x-sentry-auth': 'Sentry sentry_version=7, sentry_key=k' },
      { dsn: 'http://k@h/1' },
    ],
  ])('%s', async (_how, path, headers, envelopeHeaders) => {
    const inbox = await start();
    expect((await send(inbox, path, message('hi', envelopeHeaders), headers)).status).toBe(200);
    expect(inbox.errors()).toHaveLength(1);
  });

  it.each<[string, string, Record<string, string>, Record<string, unknown>]>([
    ['without a key', '/api/1/envelope/', {}, {}],
    ['with a version that is yet to come', '/api/1/envelope/?sentry_key=k&sentry_version=8', {}, {}],
    ['with a version that is no number', '/api/1/envelope/?sentry_key=k&sentry_version=new', {}, {}],
    ['with a header of another scheme', '/api/1/envelope/', { 'x-sentry-auth': 'Bearer sentry_key=k' }, {}],
    ['with another Authorization', '/api/1/envelope/', { authorization: 'Bearer k' }, {}],
    [
      'with a header and an Authorization that do not agree',
      '/api/1/envelope/',
      { 'x-sentry-auth': 'Sentry sentry_key=k', authorization: 'Sentry sentry_key=other' },
      {},
    ],
    [
      'with two keys in the header',
      '/api/1/envelope/',
      { 'x-sentry-auth': 'Sentry sentry_version=7, sentry_key=a, sentry_key=b' },
      {},
    ],
    [
      'with a header and a query that do not agree',
      '/api/1/envelope/?sentry_key=k&sentry_version=7',
      { 'x-sentry-auth': 'Sentry sentry_version=7, sentry_key=other' },
      {},
    ],
    [
      'with a dsn whose key alone is right',
      '/api/1/envelope/',
      { 'x-sentry-auth': 'Sentry sentry_version=7, sentry_key=k' },
      { dsn: 'http://k@h/2' },
    ],
    ['with an empty key', '/api/1/envelope/?sentry_key=', {}, {}],
    ['with two keys in the query', '/api/1/envelope/?sentry_key=a&sentry_key=b', {}, {}],
    ['with a header that has no key', '/api/1/envelope/', { 'x-sentry-auth': 'Sentry sentry_version=7' }, {}],
    ['with a dsn that is none', '/api/1/envelope/', {}, { dsn: 'hello' }],
    ['with the dsn of another project', '/api/1/envelope/?sentry_key=k&sentry_version=7', {}, { dsn: 'http://k@h/2' }],
    ['with keys that do not agree', '/api/1/envelope/?sentry_key=k&sentry_version=7', {}, { dsn: 'http://other@h/1' }],
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
  const malformed = 'invalid event envelope';
  const two = (left: string, right = left): string => `{}\n{"type":"${left}"}\n{}\n{"type":"${right}"}\n{}`;
  const sentTwice = '{"sent_at":"2026-06-01T12:00:00Z","sent_at":"2026-06-01T12:00:01Z"}';
  const span = (traceId: string): unknown => ({ trace_id: traceId });

  it.each<[string, string, string, RegExp | undefined]>([
    ['empty', '', 'empty request body', undefined],
    ['without a JSON header', 'hello', malformed, /one line of JSON/],
    ['with space around its header', ' {}', malformed, /one line of JSON/],
    ['with an event id that is none', '{"event_id":"12"}', malformed, /32 hexadecimal/],
    ['with a time of sending that is none', '{"sent_at":"now"}', malformed, /RFC 3339/],
    ['sent at two times', sentTwice, malformed, /duplicate field/],
    ['that ends after the header of an event', '{}\n{"type":"event"}', malformed, /invalid JSON/],
    ['that ends before a payload of a known length', '{}\n{"type":"event","length":2}', malformed, /length/],
    ['with an event that is no JSON', '{}\n{"type":"event"}\nhello', malformed, /invalid JSON/],
    ['with a wrong length', '{}\n{"type":"event","length":99}\n{}', malformed, /length/],
    ['with two events', two('event'), malformed, /more than one/],
    ['with two transactions', two('transaction'), malformed, /more than one/],
    ['with two check-ins', two('check_in'), malformed, /more than one/],
    ['with an event and a transaction', two('event', 'transaction'), malformed, /excludes/],
    ['with a transaction and feedback', two('transaction', 'feedback'), malformed, /excludes/],
    ['with half a replay', '{}\n{"type":"replay_event"}\n{}', malformed, /belong together/],
    ['with a reserved item', '{}\n{"type":"form_data"}\n{}', malformed, /reserved/],
    ['with a container that counts too many', container('span', [span('a')], 2), malformed, /item_count/],
    ['with a container that counts too few', container('log', [{}, {}], 1), malformed, /item_count/],
    ['with metrics that do not count', container('trace_metric', [{}], 0), malformed, /item_count/],
    ['with a span container of none', container('span', []), malformed, /at least one/],
    ['with spans of two traces', container('span', [span('a'), span('b')]), malformed, /one trace/],
    [
      'with two span containers',
      container('span', [span('a')]) + container('span', [span('a')]).replace('{}', ''),
      malformed,
      /more than one container/,
    ],
  ])('%s is refused: 400', async (_what, body, detail, cause) => {
    const inbox = await start();
    const response = await postEnvelope(inbox, body);
    expect(response.status).toBe(400);
    expect(response.headers.get('x-sentry-error')).toBe(detail);
    const causes = cause === undefined ? [] : [expect.stringMatching(cause)];
    expect(await json(response)).toEqual({ detail, causes });
    expect([...inbox.errors(), ...inbox.spans(), ...inbox.items()]).toEqual([]);
  });

  it('is no envelope that names the key of another object twice, or a time of sending in a text', async () => {
    const inbox = await start();
    const header = {
      sent_at: '2026-06-01T12:00:00Z',
      sdk: { sent_at: 1 },
      note: '"sent_at":',
      trace: { sent_at: '"' },
    };
    expect((await postEnvelope(inbox, envelope({ type: 'event' }, {}, header))).status).toBe(200);
  });

  it.each<[string, string, string]>([
    ['an event of more than 1 MiB', message('x'.repeat(1024 * 1024)), 'event'],
    ['a check-in of more than 100 KiB', envelope({ type: 'check_in' }, { x: 'x'.repeat(100 * 1024) }), 'check_in'],
    [
      'a client report of more than 4 KiB',
      envelope({ type: 'client_report' }, { x: 'x'.repeat(4096) }),
      'client_report',
    ],
    ['more than 100 sessions', `{}${'\n{"type":"session"}\n{}'.repeat(101)}`, 'session'],
    [
      'more than 100 buckets of sessions',
      envelope({ type: 'sessions' }, { aggregates: Array(101).fill({}) }),
      'sessions',
    ],
    ['more than 30 attachments', `{}${'\n{"type":"attachment"}\nx'.repeat(31)}`, 'attachment'],
    ['more than 1000 spans', container('span', Array(1001).fill({ trace_id: 'a' })), 'span'],
    ['more than 25 spans of the older form', `{}${'\n{"type":"span"}\n{}'.repeat(26)}`, 'span'],
  ])('with %s is refused: 413', async (_what, body, type) => {
    const inbox = await start();
    const response = await postEnvelope(inbox, body);
    expect(response.status).toBe(413);
    const link = 'https://develop.sentry.dev/sdk/envelopes/#size-limits';
    expect(await json(response)).toEqual({
      detail: `envelope exceeded size limits for type '${type}' (${link})`,
      causes: [],
    });
    expect([...inbox.errors(), ...inbox.spans(), ...inbox.items()]).toEqual([]);
  });

  it.each<[string, string]>([
    ['100 sessions', `{}${'\n{"type":"session"}\n{}'.repeat(100)}`],
    ['30 attachments', `{}${'\n{"type":"attachment"}\nx'.repeat(30)}`],
    ['1000 spans', container('span', Array(1000).fill({ trace_id: 'a' }))],
    ['25 spans of the older form', `{}${'\n{"type":"span"}\n{}'.repeat(25)}`],
    [
      'an event with its attachment and a client report',
      `${message('hi')}\n{"type":"attachment"}\nx\n{"type":"client_report"}\n{}`,
    ],
  ])('is not one with %s', async (_what, body) => {
    const inbox = await start();
    expect((await postEnvelope(inbox, body)).status).toBe(200);
  });

  it('that does not match its Content-Encoding is refused: 400', async () => {
    const inbox = await start();
    expect((await postEnvelope(inbox, message('hi'), { 'content-encoding': 'gzip' })).status).toBe(400);
  });

  it('in zstd is read where Node can, else refused with the reason: 400', async () => {
    const inbox = await start();
    const response = await postEnvelope(inbox, zstdOf(message('hi')), { 'content-encoding': 'zstd' });
    if ('zstdDecompress' in zlib) {
      expect(await json(response)).toEqual({ id: EVENT_ID });
      expect(inbox.errors()).toMatchObject([{ value: 'hi' }]);
      return;
    }
    expect(response.status).toBe(400);
    expect(await json(response)).toMatchObject({ causes: [expect.stringContaining('Node 22.15')] });
  });

  it('is not one in an encoding that nobody knows: it is read as it came', async () => {
    const inbox = await start();
    expect((await postEnvelope(inbox, message('hi'), { 'content-encoding': 'rot13' })).status).toBe(200);
  });

  it('that inflates a thousandfold beyond the limit is refused without inflating it all: 413', async () => {
    const inbox = await start();
    const bomb = Uint8Array.from(gzipSync(Buffer.alloc(201 * 1024 * 1024, 'x')));
    expect(bomb.length).toBeLessThan(1024 * 1024);
    expect((await postEnvelope(inbox, bomb, { 'content-encoding': 'gzip' })).status).toBe(413);
  });
});
