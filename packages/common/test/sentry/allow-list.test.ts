import type { Envelope } from '@sentry/core';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { errors } from '../../src/instance.ts';
import { countDropped, gate, spanId, traceId } from './gate.ts';

let dropped: () => number;
beforeEach(() => {
  dropped = countDropped();
});

describe('an event', () => {
  it('keeps only planned context, known fields of the SDK, and the id of the user', () => {
    const event = gate('event', {
      event_id: traceId,
      street: 'Elm Street',
      user: { id: 'u1', username: 'Joe', geo: { city: 'Elm' } },
      tags: { plan: 'free', owner: 'Joe' },
      extra: { qrId: 'q1', order: { reason: 'Joe' } },
      contexts: {
        trace: { trace_id: traceId, span_id: spanId, data: { note: 'Joe' } },
        device: { arch: 'x64', name: 'phone of Joe' },
        response: { status_code: 500, headers: { x: 'Joe' } },
        suppressed: { count: 3, ids: [traceId, 'Joe Smith joe@example.com'] },
        order: { customer: { name: 'Joe' } },
        step: { step: 1 },
      },
      breadcrumbs: [
        { category: 'console', message: 'Joe' },
        { message: 'saved for joe@example.com', data: { action: 'save', street: 'Elm' } },
        {
          category: 'http',
          data: { url: 'http://h/a?b=Joe', status_code: 200, 'http.request.method': 'GET', body: 'Joe' },
        },
      ],
      exception: {
        values: [
          {
            value: 'x',
            mechanism: { type: 'generic', data: { who: 'Joe' } },
            stacktrace: { frames: [{ function: 'f', lineno: 3, vars: { who: 'Joe' } }] },
          },
        ],
      },
      request: { method: 'GET', url: '/codes/Joe?x=y', headers: { x: 'Joe' }, data: 'Joe' },
      transaction: 'GET /codes/:id',
    });
    expect(event).toEqual({
      event_id: traceId,
      user: { id: 'u1' },
      tags: { plan: 'free' },
      extra: { qr_id: 'q1' },
      contexts: {
        trace: { trace_id: traceId, span_id: spanId },
        device: { arch: 'x64' },
        response: { status_code: 500 },
        suppressed: { count: 3, ids: [traceId, 'Joe Smith [redacted]'] },
        step: { step: 1 },
      },
      breadcrumbs: [
        { message: 'saved for [redacted]', data: { action: 'save' } },
        { category: 'http', data: { url: 'http://h/a', status_code: 200, 'http.request.method': 'GET' } },
      ],
      exception: {
        values: [
          {
            value: 'x',
            mechanism: { type: 'generic', data: {} },
            stacktrace: { frames: [{ function: 'f', lineno: 3 }] },
          },
        ],
      },
      request: { method: 'GET', url: '/codes/:id' },
      transaction: 'GET /codes/:id',
    });
    // owner, order, name of the device, headers of the response, customer, street, and who of the mechanism
    expect(dropped()).toBe(7);
  });

  it('does not lose or change what the caller still holds', () => {
    const contexts = { order: { step: 1, name: 'Joe' } };
    gate('event', { contexts });
    expect(contexts).toEqual({ order: { step: 1, name: 'Joe' } });
  });

  it('of the static kind has its spans filtered too', () => {
    const { spans } = gate('transaction', {
      spans: [
        { span_id: spanId, op: 'db', description: "select 'Elm' from t", data: { 'db.system': 'mysql', who: 'Joe' } },
      ],
    });
    expect(spans).toEqual([
      { span_id: spanId, op: 'db', description: "select '?' from t", data: { 'db.system': 'mysql' } },
    ]);
  });
});

it('a breadcrumb of the console is none', () => {
  expect(gate('event', { breadcrumbs: [{ category: 'console', message: 'x' }] })).toEqual({ breadcrumbs: [] });
});

describe('a profile', () => {
  const samples = Array.from({ length: 5000 }, (_, n) => ({
    stack_id: n % 7,
    thread_id: '0',
    timestamp: 1795560629 + n / 100,
  }));
  const frames = Array.from({ length: 1500 }, (_, n) => ({
    function: `f${n}`,
    module: 'm',
    abs_path: `/srv/pg@8.1.0/index.js`,
    lineno: n,
    colno: 1,
    in_app: true,
  }));
  const stacks = Array.from({ length: 1500 }, (_, n) => [n, 0]);
  const chunk = {
    chunk_id: traceId,
    profiler_id: traceId,
    platform: 'node',
    version: '2',
    debug_meta: {
      images: [{ type: 'sourcemap', code_file: '/srv/a.js', debug_id: '41111111-1111-4111-8111-111111111111' }],
    },
    profile: { samples, frames, stacks, thread_metadata: { 0: { name: 'main' } } },
  };

  it('stays whole: every sample, stack, frame and id', () => {
    expect(gate('profile_chunk', chunk)).toEqual(chunk);
  });

  it('loses the secrets in names of functions, and whatever else it holds', () => {
    const named = { function: 'joe@example.com', vars: { who: 'Joe' } };
    const { profile } = gate('profile_chunk', {
      profile: { samples: [{ stack_id: 0, who: 'Joe' }], frames: [named], stacks: [['Joe']] },
    });
    expect(profile).toMatchObject({ samples: [{ stack_id: 0 }], frames: [{ function: '[redacted]' }] });
    expect(JSON.stringify(profile)).not.toContain('Joe');
  });
});

describe('other items', () => {
  it('pass with what they need', () => {
    const checkIn = {
      check_in_id: traceId,
      monitor_slug: 'nightly',
      status: 'ok',
      monitor_config: { schedule: { type: 'crontab', value: '0 3 * * *' } },
    };
    expect(gate('check_in', checkIn)).toEqual(checkIn);
    const report = {
      timestamp: 1795560629.2,
      discarded_events: [{ reason: 'ratelimit_backoff', category: 'error', quantity: 2 }],
    };
    expect(gate('client_report', report)).toEqual(report);
    const session = {
      sid: traceId,
      init: true,
      status: 'ok',
      errors: 0,
      attrs: { release: 'r1', environment: 'test' },
    };
    expect(
      gate('session', {
        ...session,
        did: 'Joe',
        attrs: { ...session.attrs, ip_address: '203.0.113.7', user_agent: 'x' },
      }),
    ).toEqual(session);
  });

  it('that are JSON as text are cleaned, that are bytes or anything else are left out', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    expect(gate('feedback', JSON.stringify({ message: 'of joe@example.com', note: 'Joe' }))).toEqual({
      message: 'of [redacted]',
    });
    const left = [
      ['attachment', Buffer.from('Joe')],
      ['replay_recording', 'Joe'],
      ['statsd', 'a:1|c'],
      ['odd', 7],
      [
        'hostile',
        new Proxy(
          {},
          {
            ownKeys: () => ['a'],
            get: () => {
              throw new Error('no');
            },
          },
        ),
      ],
    ] as const;
    const [, items] = errors
      .gate()
      .scrubEnvelope([{}, left.map(([type, payload]) => [{ type }, payload])] as unknown as Envelope);
    expect(items.filter((item) => JSON.stringify(item).includes('Joe'))).toEqual([]);
    expect(items).toHaveLength(0);
    expect(warn.mock.calls.join()).toContain('type "attachment" was left out');
  });

  it('come under a header that says nothing of a trace from outside but its ids', () => {
    const trace = { trace_id: traceId, public_key: 'k', sample_rand: '0.5', transaction: 'Joe', user: 'Joe' };
    const [headers] = errors
      .gate()
      .scrubEnvelope([
        { event_id: traceId, dsn: 'https://k@o1.ingest.sentry.io/2', note: 'Joe', trace },
        [],
      ] as unknown as Envelope);
    expect(headers).toEqual({
      event_id: traceId,
      dsn: 'https://k@o1.ingest.sentry.io/2',
      trace: { trace_id: traceId, public_key: 'k', sample_rand: '0.5' },
    });
  });
});
