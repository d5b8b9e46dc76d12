import { beforeEach, describe, expect, it } from 'vitest';
import { countDropped, gate, spanId, traceId } from './gate.ts';

/** The attributes that stay of a span. */
function attributesOf(attributes: Record<string, unknown>, type = 'span'): Record<string, unknown> {
  const typed = Object.fromEntries(
    Object.entries(attributes).map(([key, value]) => [key, { value, type: typeof value }]),
  );
  const { items } = gate(type, { items: [{ trace_id: traceId, span_id: spanId, name: 'x', attributes: typed }] });
  const kept = (items as { attributes: Record<string, { value: unknown }> }[])[0]?.attributes ?? {};
  return Object.fromEntries(Object.entries(kept).map(([key, { value }]) => [key, value]));
}

let dropped: () => number;
beforeEach(() => {
  dropped = countDropped();
});

describe.each(['span', 'log', 'trace_metric'])('attributes of a %s', (type) => {
  it('pass under planned keys, in either spelling; others are dropped and counted', () => {
    expect(attributesOf({ qrId: 'q1', reason: 'limit', customer: 'Joe', 'app.note': 'Joe' }, type)).toEqual({
      qr_id: 'q1',
      reason: 'limit',
    });
    expect(dropped()).toBe(2);
  });

  it('do not hide unplanned keys in a JSON text', () => {
    const json = JSON.stringify({ step: 2, street: 'Elm Street', list: [{ name: 'Joe' }] });
    expect(attributesOf({ reason: json, field: `[${json}]`, page: '{"name":"Joe' }, type)).toEqual({
      reason: '{"step":2}',
      field: [{ step: 2 }],
      page: '{}',
    });
  });

  it('of the SDK pass when they are known, and are left out without being counted when not', () => {
    const sdk = {
      'sentry.op': 'db',
      'http.route': '/a/:id',
      'server.address': 'db',
      'user.id': 'u1',
      'thread.id': '1',
    };
    const others = {
      'user.email': 'a@b.co',
      'user.name': 'Joe',
      'client.address': '203.0.113.7',
      'http.request.header.x': 'Joe',
    };
    expect(
      attributesOf({ ...sdk, ...others, 'sentry.message.parameter.0': 'Joe', 'url.query': 'q=Joe' }, type),
    ).toEqual(sdk);
    expect(dropped()).toBe(0);
  });
});

describe('a span', () => {
  it('keeps its ids, times and typed values, and loses secrets in its name', () => {
    const span = {
      trace_id: traceId,
      span_id: spanId,
      parent_span_id: spanId,
      name: 'GET /x?name=Joe for joe@example.com',
      start_timestamp: 1795560629.25,
      is_segment: true,
      status: 'ok',
      attributes: {
        status_code: { value: 200, type: 'integer', unit: 'none' },
        'sentry.segment.id': { value: spanId, type: 'string' },
      },
      links: [{ trace_id: traceId, span_id: spanId, attributes: { who: { value: 'Joe', type: 'string' } } }],
    };
    expect(gate('span', { version: 2, items: [span] })).toEqual({
      version: 2,
      items: [
        { ...span, name: 'GET /x for [redacted]', links: [{ trace_id: traceId, span_id: spanId, attributes: {} }] },
      ],
    });
  });

  it('of a request shows the parts of its path that are ids', () => {
    const route = '/users/:userId/codes/:id/:name';
    expect(
      attributesOf({
        'http.route': route,
        'url.path': '/users/u-7/codes/42/Elm',
        'url.full': 'http://h/users/u-7/codes/Joe/Elm?a=b',
      }),
    ).toEqual({
      'http.route': route,
      'url.path': '/users/u-7/codes/42/:name',
      'url.full': 'http://h/users/u-7/codes/:id/:name',
    });
    expect(attributesOf({ 'http.route': '', 'url.path': '/Elm' })).toEqual({ 'http.route': '' });
    expect(attributesOf({ 'url.full': 'http://u:p@api/codes/42?name=Joe' })).toEqual({
      'url.full': 'http://api/codes/42',
    });
  });

  it('of a query keeps the statement without values and comments; of another database only the command', () => {
    const query = "select 1.5 /* Joe */ from t2 where a = 'Elm' and b = 42 and c = $1 -- Joe";
    expect(attributesOf({ 'db.system.name': 'postgresql', 'db.query.text': query })['db.query.text']).toBe(
      "select ?  from t2 where a = '?' and b = ? and c = $1 ",
    );
    expect(attributesOf({ 'db.system': 'redis', 'db.statement': 'get session:abc' })).toEqual({
      'db.system': 'redis',
      'db.statement': 'get',
    });
  });
});
