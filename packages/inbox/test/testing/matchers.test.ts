import { beforeAll, describe, expect, it } from 'vitest';
import { inboxMatchers } from '../../src/testing/index.ts';
import { container, envelope, errorEvent, goodEvent, post, postEnvelope } from '../requests.ts';
import { inboxesForTests } from '../with-inbox.ts';

beforeAll(() => expect.extend(inboxMatchers));
const start = inboxesForTests();

describe('toHaveTracked', () => {
  it('finds an event by name and by some of its properties', async () => {
    const inbox = await start();
    await post(inbox, '/import', [goodEvent({ plan: 'free', seats: 3 }, 'signup_completed')]);
    expect(inbox).toHaveTracked('signup_completed');
    expect(inbox).toHaveTracked('signup_completed', { plan: 'free', seats: expect.any(Number) });
    expect(inbox).not.toHaveTracked('signup_completed', { plan: 'pro' });
    expect(inbox).not.toHaveTracked('login');
  });

  it('says how the nearest event differs', async () => {
    const inbox = await start();
    await post(inbox, '/import', [
      goodEvent({ plan: 'free', seats: 1 }, 'a'),
      goodEvent({ plan: 'free', seats: 3 }, 'a'),
    ]);
    expect(() => expect(inbox).toHaveTracked('a', { plan: 'pro', seats: 3 })).toThrow(
      'Expected event "a" with {"plan":"pro","seats":3}. The nearest of 2: plan expected "pro", got "free".',
    );
  });

  it('says which events there are when none has the name', async () => {
    const inbox = await start();
    await post(inbox, '/import', [goodEvent({}, 'a'), goodEvent({}, 'b')]);
    expect(() => expect(inbox).toHaveTracked('c')).toThrow('Expected event "c". None has arrived; there are: a, b.');
  });
});

describe('toHaveIdentified, toHaveReported and toHaveTraced', () => {
  it('find what is there and not what is not', async () => {
    const inbox = await start();
    await post(inbox, '/engage', [{ $token: 't', $distinct_id: 'u', $set: { plan: 'pro' } }]);
    await postEnvelope(
      inbox,
      envelope({ type: 'event' }, { ...errorEvent('TypeError', 'broken', 'f'), level: 'fatal' }),
    );
    await postEnvelope(inbox, container('span', [{ name: 'GET /', status: 'error' }]));
    expect(inbox).toHaveIdentified('u', { plan: 'pro' });
    expect(inbox).not.toHaveIdentified('u', { plan: 'free' });
    expect(inbox).toHaveReported(/TypeError: bro/, { level: 'fatal' });
    expect(inbox).not.toHaveReported('RangeError');
    expect(inbox).toHaveTraced('GET /', { status: 'error' });
    expect(inbox).not.toHaveTraced('GET /', { status: 'ok' });
  });
});

describe('a matcher that fails shows the nearest miss', () => {
  it('of profiles, errors and spans alike', async () => {
    const inbox = await start();
    await post(inbox, '/engage', [{ $token: 't', $distinct_id: 'u', $set: { plan: 'pro', seats: 3 } }]);
    await postEnvelope(
      inbox,
      envelope({ type: 'event' }, { ...errorEvent('TypeError', 'broken', 'f'), level: 'fatal' }),
    );
    await postEnvelope(inbox, container('span', [{ name: 'GET /', status: 'error', trace_id: 'a' }]));
    expect(() => expect(inbox).toHaveIdentified('u', { plan: 'free', seats: 3 })).toThrow(
      'Expected profile of "u" with {"plan":"free","seats":3}. The nearest of 1: plan expected "free", got "pro".',
    );
    expect(() => expect(inbox).toHaveIdentified('v')).toThrow(
      'Expected profile of "v". None has arrived; there are: u.',
    );
    expect(() => expect(inbox).toHaveReported(/broken/, { level: 'error' })).toThrow(
      'Expected error /broken/ with {"level":"error"}. The nearest of 1: level expected "error", got "fatal".',
    );
    expect(() => expect(inbox).toHaveTraced('GET /', { status: 'ok', traceId: 'b' })).toThrow(
      'The nearest of 1: status expected "ok", got "error"; traceId expected "b", got "a".',
    );
    expect(() => expect(inbox).toHaveTraced('POST /')).toThrow('None has arrived; there are: GET /.');
  });

  it('and one that must not match says that it did', async () => {
    const inbox = await start();
    await post(inbox, '/import', [goodEvent({}, 'a')]);
    expect(() => expect(inbox).not.toHaveTracked('a')).toThrow('Expected no event "a", but one has arrived.');
    expect(() => expect(inbox).toHaveReported('x')).toThrow('None has arrived; nothing of the kind has.');
  });
});

describe('toHaveLeaked', () => {
  const secret = 'alice@example.com';
  const base64 = Buffer.from(JSON.stringify(goodEvent({ email: secret }))).toString('base64');

  it.each<[string, string, RequestInit]>([
    ['in a body', '/track', { method: 'POST', body: JSON.stringify(goodEvent({ email: secret })) }],
    ['in a name', '/track', { method: 'POST', body: JSON.stringify(goodEvent({ [secret]: 1 })) }],
    ['in a record that was refused', '/track', { method: 'POST', body: JSON.stringify({ event: secret }) }],
    ['in base64 in a form', '/track', { method: 'POST', body: new URLSearchParams({ data: base64 }) }],
    ['in base64 in a query', `/track?${new URLSearchParams({ data: base64 })}`, {}],
    ['escaped in a query', `/track?note=${encodeURIComponent(secret)}`, {}],
    [
      'escaped in JSON',
      '/track',
      { method: 'POST', body: JSON.stringify(goodEvent({ a: secret })).replace('@', '\\u0040') },
    ],
    ['in a header', '/track', { method: 'POST', body: '{}', headers: { 'x-user': secret } }],
  ])('finds a text %s', async (_where, path, init) => {
    const inbox = await start({ keepRaw: true });
    await fetch(`${inbox.url}${path}`, init);
    expect(inbox).toHaveLeaked(secret);
    expect(inbox).toHaveLeaked(/alice@\w+/);
    expect(inbox).not.toHaveLeaked('bob@example.com');
    expect(() => expect(inbox).not.toHaveLeaked(secret)).toThrow(/it left \d times, first in request 1/);
  });

  it('refuses to call an inbox clean that has kept nothing to search', async () => {
    const inbox = await start();
    await post(inbox, '/import', [goodEvent({ email: secret })]);
    expect(() => expect(inbox).not.toHaveLeaked(secret)).toThrow(/keepRaw: true/);
  });
});
