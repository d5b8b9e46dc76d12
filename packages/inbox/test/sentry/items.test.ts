import { describe, expect, it } from 'vitest';
import { container, envelope, postEnvelope } from '../requests.ts';
import { inboxesForTests } from '../with-inbox.ts';

const TRACE = 'a'.repeat(32);
const start = inboxesForTests();

describe('what an envelope holds becomes', () => {
  it('spans, of a streamed container', async () => {
    const inbox = await start();
    const span = {
      trace_id: TRACE,
      span_id: '1'.repeat(16),
      name: 'GET /scan/:id',
      status: 'ok',
      is_segment: true,
      start_timestamp: 1_700_000_000.25,
      end_timestamp: 1_700_000_000.5,
      attributes: { 'sentry.op': { type: 'string', value: 'http.server' }, 'user.id': { type: 'string', value: 'u1' } },
    };
    await postEnvelope(
      inbox,
      container('span', [span, { ...span, parent_span_id: '1'.repeat(16), is_segment: false }]),
    );
    expect(inbox.spans({ traceId: TRACE })).toMatchObject([
      { name: 'GET /scan/:id', op: 'http.server', isSegment: true, parentSpanId: null, durationMs: 250, userId: 'u1' },
      { isSegment: false, parentSpanId: '1'.repeat(16), time: 1_700_000_000_250 },
    ]);
    expect(inbox.spans({ traceId: 'b'.repeat(32) })).toEqual([]);
  });

  it('spans, of a transaction and its children', async () => {
    const inbox = await start();
    const child = {
      trace_id: TRACE,
      span_id: 'c',
      parent_span_id: 'r',
      description: 'SELECT',
      op: 'db',
      start_timestamp: 1,
      timestamp: 1.5,
    };
    await postEnvelope(
      inbox,
      envelope(
        { type: 'transaction' },
        {
          transaction: 'GET /',
          start_timestamp: 1,
          timestamp: 2,
          server_name: 'qr-service',
          contexts: { trace: { trace_id: TRACE, span_id: 'r', op: 'http.server', status: 'ok' } },
          spans: [child],
        },
      ),
    );
    expect(inbox.spans()).toMatchObject([
      { name: 'GET /', spanId: 'r', isSegment: true, durationMs: 1000, service: 'qr-service', op: 'http.server' },
      { name: 'SELECT', spanId: 'c', parentSpanId: 'r', isSegment: false, durationMs: 500, service: 'qr-service' },
    ]);
  });

  it('a span, of the older standalone form', async () => {
    const inbox = await start();
    await postEnvelope(
      inbox,
      envelope({ type: 'span' }, { trace_id: TRACE, span_id: 's', description: 'LCP', data: {} }),
    );
    expect(inbox.spans()).toMatchObject([{ name: 'LCP', traceId: TRACE }]);
  });

  it('an error with its trace, user and service', async () => {
    const inbox = await start();
    const event = {
      timestamp: 1_700_000_000,
      level: 'fatal',
      tags: { service: 'auth-service' },
      user: { id: 'u1' },
      contexts: { trace: { trace_id: TRACE } },
      exception: {
        values: [
          { type: 'Cause', value: 'first' },
          { type: 'TypeError', value: 'last' },
        ],
      },
    };
    await postEnvelope(inbox, envelope({ type: 'event' }, event));
    expect(inbox.errors()).toMatchObject([
      {
        type: 'TypeError',
        value: 'last',
        level: 'fatal',
        service: 'auth-service',
        userId: 'u1',
        traceId: TRACE,
        time: 1_700_000_000_000,
      },
    ]);
    expect(inbox.errors()[0]?.eventId).toMatch(/^[0-9a-f]{32}$/);
  });

  it.each([
    'session',
    'sessions',
    'client_report',
    'check_in',
    'feedback',
    'user_report',
    'profile',
    'profile_chunk',
    'statsd',
  ])('a kept item, of %s', async (type) => {
    const inbox = await start();
    await postEnvelope(inbox, envelope({ type }, { some: 'thing' }));
    expect(inbox.items(type)).toMatchObject([{ type, payload: { some: 'thing' } }]);
  });

  it('a kept item without payload, of a binary replay beside its event', async () => {
    const inbox = await start();
    const body = Buffer.concat([
      Buffer.from('{}\n{"type":"replay_event"}\n{"replay_id":"r"}\n{"type":"replay_recording","length":4}\n'),
      Buffer.from([0xff, 0x0a, 0x00, 0x0a]),
    ]);
    expect((await postEnvelope(inbox, Uint8Array.from(body))).status).toBe(200);
    expect(inbox.items()).toMatchObject([
      { type: 'replay_event' },
      { type: 'replay_recording', bytes: 4, payload: null },
    ]);
  });

  it('records all the same, of payloads in which nothing is as it should be', async () => {
    const inbox = await start();
    const wrong = {
      exception: { values: 'x' },
      tags: 5,
      user: null,
      contexts: [],
      breadcrumbs: 7,
      timestamp: {},
      fingerprint: [null],
    };
    expect((await postEnvelope(inbox, envelope({ type: 'event' }, wrong))).status).toBe(200);
    expect((await postEnvelope(inbox, container('span', [{ attributes: 1 }]))).status).toBe(200);
    expect(inbox.issues()).toHaveLength(1);
    expect(inbox.spans()).toHaveLength(1);
  });
});
