import { describe, expect, it } from 'vitest';
import type { Inbox } from '../../src/index.ts';
import { container, envelope, errorEvent, goodEvent, post, postEnvelope, read } from '../requests.ts';
import { inboxesForTests } from '../with-inbox.ts';

const start = inboxesForTests();
const TRACE = 'a'.repeat(32);
const NOW = Date.now();

interface Row {
  readonly kind: string;
  readonly title?: string;
  readonly record?: { readonly event?: string; readonly body?: string };
  readonly repeats?: number;
}

/** A span by its name, service, start and duration in milliseconds. */
function span(name: string, service: string, at: number, durationMs: number, more: object = {}): object {
  return {
    trace_id: TRACE,
    span_id: crypto.randomUUID().replaceAll('-', '').slice(0, 16),
    parent_span_id: 'f'.repeat(16),
    name,
    start_timestamp: (NOW + at) / 1000,
    end_timestamp: (NOW + at + durationMs) / 1000,
    attributes: { 'service.name': { type: 'string', value: service } },
    ...more,
  };
}

const root = { parent_span_id: undefined, is_segment: true };

async function rowsOf(inbox: Inbox, query = ''): Promise<Row[]> {
  return (await read(inbox, `/api/live?${query}`))['rows'] as Row[];
}

const nameOf = ({ title, record }: Row): string => title ?? record?.event ?? record?.body ?? '';
const namesOf = async (inbox: Inbox, query = ''): Promise<string[]> => (await rowsOf(inbox, query)).map(nameOf);

describe('GET /api/live', () => {
  it('folds the spans of a trace into one row, below the event of the trace', async () => {
    const inbox = await start();
    const spans = [
      span('SELECT', 'routing-service', 40, 10),
      span('GET /scan/:id', 'routing-service', 20, 160),
      span('GET /s/:id', 'web', 0, 184, root),
    ];
    await postEnvelope(inbox, container('span', spans));
    await post(inbox, '/import', [goodEvent({ trace_id: TRACE }, 'qr_scanned')]);
    await postEnvelope(inbox, container('span', [span('INSERT', 'routing-service', 60, 5)]));
    const rows = await rowsOf(inbox);
    expect(rows.map(nameOf)).toEqual(['qr_scanned', 'GET /s/:id']);
    expect(rows[1]).toMatchObject({
      kind: 'trace',
      traceId: TRACE,
      spans: 4,
      services: ['routing-service', 'web'],
      durationMs: expect.closeTo(184, 0),
    });
  });

  it('keeps what happened in a trace above its spans, also when the spans arrive last', async () => {
    const inbox = await start();
    await post(inbox, '/import', [goodEvent({ trace_id: TRACE }, 'qr_scanned')]);
    await postEnvelope(inbox, container('log', [{ trace_id: TRACE, body: 'slow' }]));
    await post(inbox, '/import', [goodEvent({}, 'another')]);
    await postEnvelope(inbox, container('span', [span('GET /scan/:id', 'routing-service', 0, 9, root)]));
    expect(await namesOf(inbox)).toEqual(['another', 'slow', 'qr_scanned', 'GET /scan/:id']);
  });

  it('names a resource by its path, and a trace by anything else than a resource', async () => {
    const inbox = await start();
    const resource = (path: string, trace: string) =>
      span('localhost', 'web', 0, 5, {
        trace_id: trace,
        attributes: {
          'sentry.op': { type: 'string', value: 'resource.script' },
          'url.full': { type: 'string', value: `http://localhost:3000${path}` },
        },
      });
    await postEnvelope(inbox, container('span', [resource('/assets/index-abc.js', 'b'.repeat(32))]));
    await postEnvelope(inbox, container('span', [resource('/icon.svg', TRACE), span('/create', 'web', 5, 100)]));
    expect(await namesOf(inbox)).toEqual(['/create', '/assets/index-abc.js']);
  });

  it('leaves out the traces of files that a server sent, unless traces, a text or that trace are asked for', async () => {
    const inbox = await start();
    const served = (path: string, trace: string) =>
      span(`GET ${path}`, 'web-server', 0, 1, {
        ...root,
        trace_id: trace,
        attributes: { 'sentry.op': { type: 'string', value: 'http.server' } },
      });
    await postEnvelope(inbox, container('span', [served('/assets/a.js', 'b'.repeat(32))]));
    await postEnvelope(inbox, container('span', [served('/create', TRACE)]));
    expect(await namesOf(inbox)).toEqual(['GET /create']);
    for (const query of ['kind=trace', 'q=assets', `trace_id=${'b'.repeat(32)}`]) {
      expect(await namesOf(inbox, query)).toContain('GET /assets/a.js');
    }
  });

  it('never shows a negative duration, whatever the clocks of browser and services say', async () => {
    const inbox = await start();
    await postEnvelope(inbox, container('span', [span('backwards', 'web', 0, -5000, root)]));
    await postEnvelope(inbox, container('span', [span('GET /', 'web', -90_000, 10, { ...root, trace_id: 'b' })]));
    const durations = (await rowsOf(inbox)).map((row) => (row as { durationMs?: number }).durationMs);
    expect(durations).toEqual([expect.closeTo(10, 0), 0]);
  });

  it('searches everything held, not only the newest', async () => {
    const inbox = await start();
    await post(inbox, '/import', [goodEvent({ plan: 'Enterprise' }, 'the_first')]);
    await postEnvelope(inbox, container('span', [span('GET /needle', 'web', 0, 1, root)]));
    for (let sent = 0; sent < 4000; sent += 1000) {
      const events = Array.from({ length: 1000 }, (_, index) => goodEvent({ index }, 'noise'));
      await post(inbox, '/import', events);
    }
    expect(await namesOf(inbox, 'q=enterprise')).toEqual(['the_first']);
    expect(await namesOf(inbox, 'q=get+/needle')).toEqual(['GET /needle']);
    expect(await namesOf(inbox, 'kind=trace')).toEqual(['GET /needle']);
    expect((await read(inbox, '/api/live?limit=10'))['hasMore']).toBe(true);
  });

  it('finds records with all words, quoted words together, by key and value, whatever the characters', async () => {
    const inbox = await start();
    await post(inbox, '/import', [
      goodEvent({ note: 'the bucket does not answer' }, 'a'),
      goodEvent({ note: 'answer the bucket', price: 12.5 }, 'b'),
      goodEvent({ colour: '(red) [100 %]' }, 'c'),
    ]);
    expect(await namesOf(inbox, 'q=BUCKET+answer')).toEqual(['b', 'a']);
    expect(await namesOf(inbox, `q=${encodeURIComponent('"not answer"')}`)).toEqual(['a']);
    expect(await namesOf(inbox, `q=${encodeURIComponent('"not answ')}`)).toEqual(['a']);
    expect(await namesOf(inbox, 'q=colour')).toEqual(['c']);
    expect(await namesOf(inbox, 'q=12.5')).toEqual(['b']);
    expect(await namesOf(inbox, `q=${encodeURIComponent('(red) [100')}`)).toEqual(['c']);
    expect(await namesOf(inbox, `q=${encodeURIComponent('.*')}`)).toEqual([]);
  });

  it('finds what has arrived since the same text was searched last', async () => {
    const inbox = await start();
    await post(inbox, '/import', [goodEvent({}, 'first')]);
    expect(await namesOf(inbox, 'q=needle')).toEqual([]);
    await post(inbox, '/import', [goodEvent({ a: 'needle' }, 'second')]);
    expect(await namesOf(inbox, 'q=needle')).toEqual(['second']);
  });

  it('filters by kinds, service, user and trace', async () => {
    const inbox = await start();
    await post(inbox, '/import', [
      goodEvent({ service: 'qr-service', $user_id: 'u1', $device_id: 'd1' }, 'a'),
      goodEvent({ trace_id: TRACE, $device_id: 'd1' }, 'b'),
    ]);
    await post(inbox, '/engage', [{ $token: 't', $distinct_id: 'u1', $set: { plan: 'pro' } }]);
    await postEnvelope(inbox, container('log', [{ trace_id: TRACE, body: 'hello' }]));
    await postEnvelope(inbox, container('span', [span('GET /', 'web', 0, 1, root)]));
    await postEnvelope(inbox, envelope({ type: 'event' }, errorEvent('TypeError', 'x', 'f')));
    const kinds = async (query: string) => (await rowsOf(inbox, query)).map(({ kind }) => kind);
    expect(await kinds('')).toEqual(['error', 'log', 'profile', 'event', 'trace', 'event']);
    expect(await kinds('kind=log,error')).toEqual(['error', 'log']);
    expect(await kinds('service=web')).toEqual(['trace']);
    expect(await namesOf(inbox, 'service=qr-service')).toEqual(['a']);
    expect((await kinds('user=$device:d1')).sort()).toEqual(['event', 'event', 'profile']);
    expect((await kinds(`trace_id=${TRACE}`)).sort()).toEqual(['event', 'log', 'trace']);
    expect(await kinds('kind=none')).toEqual([]);
  });

  it('says how much of each kind is held, whatever the filter, and which services there are', async () => {
    const inbox = await start();
    await post(inbox, '/import', [goodEvent({ service: 'qr-service' }), goodEvent()]);
    await postEnvelope(inbox, container('span', [span('a', 'web', 0, 1, root), span('b', 'auth-service', 0, 1)]));
    expect(await read(inbox, '/api/live?q=qr_created')).toMatchObject({
      held: { event: 2, trace: 1, error: 0 },
      services: ['auth-service', 'qr-service', 'web'],
      evicted: 0,
      hasMore: false,
    });
  });

  it('shows an event that was received three times once, and says so', async () => {
    const inbox = await start();
    const event = goodEvent({ time: NOW, $insert_id: 'same' }, 'qr_scanned');
    for (let times = 0; times < 3; times++) await post(inbox, '/track', [event]);
    await post(inbox, '/track', [goodEvent({}, 'another')]);
    const rows = await rowsOf(inbox);
    expect(rows.map((row) => [nameOf(row), row.repeats])).toEqual([
      ['another', 1],
      ['qr_scanned', 3],
    ]);
  });

  it('shows a span without a trace as a row of its own', async () => {
    const inbox = await start();
    await postEnvelope(inbox, container('span', [{ name: 'alone', start_timestamp: 1, end_timestamp: 2 }]));
    expect(await rowsOf(inbox)).toMatchObject([{ kind: 'span', record: { name: 'alone' } }]);
  });

  it('leaves out of a row what there is no room for', async () => {
    const inbox = await start();
    const stacks = { ...errorEvent('TypeError', 'y'.repeat(5000), 'f'), extra: { long: 'x'.repeat(50_000) } };
    await postEnvelope(inbox, envelope({ type: 'event' }, stacks));
    await post(inbox, '/import', [
      goodEvent(Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`p${index}`, 'v'.repeat(250)]))),
    ]);
    const answer = await fetch(`${inbox.url}/api/live`);
    expect((await answer.text()).length).toBeLessThan(12_000);
    expect(await namesOf(inbox, `q=${'x'.repeat(100)}`)).toHaveLength(1);
  });

  it('has another version once records are cleared, brought back or removed, and the same while they arrive', async () => {
    const inbox = await start();
    const version = async (): Promise<unknown> => (await read(inbox, '/api/live'))['version'];
    const versions = [await version()];
    await post(inbox, '/import', [
      goodEvent({ $insert_id: 'a', time: NOW }),
      goodEvent({ $insert_id: 'a', time: NOW + 1 }),
    ]);
    expect(await version()).toBe(versions[0]);
    inbox.compact();
    versions.push(await version());
    await fetch(`${inbox.url}/api/data`, { method: 'DELETE' });
    versions.push(await version());
    await fetch(`${inbox.url}/api/data/undo`, { method: 'POST' });
    versions.push(await version());
    expect(new Set(versions).size).toBe(4);
  });

  it('answers 400 to a limit that is no number', async () => {
    const inbox = await start();
    expect((await fetch(`${inbox.url}/api/live?limit=many`)).status).toBe(400);
  });
});
