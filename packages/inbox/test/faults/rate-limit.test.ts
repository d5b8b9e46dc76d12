import { describe, expect, it } from 'vitest';
import type { FaultOf } from '../../src/faults/faults.ts';
import type { Inbox } from '../../src/index.ts';
import { container, envelope, goodEvent, json, post, postEnvelope } from '../requests.ts';
import { inboxesForTests } from '../with-inbox.ts';

const start = inboxesForTests();

async function limited(limit: Omit<FaultOf<'rate-limit'>, 'kind'> = {}): Promise<Inbox> {
  const inbox = await start();
  inbox.faults.add({ fault: { kind: 'rate-limit', ...limit } });
  return inbox;
}

const limitsOf = ({ headers }: Response): (string | null)[] => [
  headers.get('retry-after'),
  headers.get('x-sentry-rate-limits'),
];

describe('a rate limit of Sentry', () => {
  it.each<[string, Omit<FaultOf<'rate-limit'>, 'kind'>, (string | null)[]]>([
    ['on everything, a minute unless told otherwise', {}, ['60', '60::organization:quota_exceeded']],
    ['of so many seconds', { retryAfterSeconds: 2.5 }, ['3', '2.5::organization:quota_exceeded']],
    ['of a key', { scope: 'key' }, ['60', '60::key:quota_exceeded']],
    ['in the standard header only', { headers: 'retry-after', retryAfterSeconds: 5 }, ['5', null]],
    ['without a header', { headers: 'none' }, [null, null]],
  ])('%s', async (_what, limit, headers) => {
    const inbox = await limited(limit);
    const response = await postEnvelope(inbox, envelope({ type: 'event' }, { message: 'm' }));
    expect(response.status).toBe(429);
    expect(limitsOf(response)).toEqual(headers);
    expect((await json(response))['detail']).toMatch(/quota or internal rate limit/);
    expect(inbox.errors()).toEqual([]);
  });

  it('on some categories keeps items of the others, as the vendor does', async () => {
    const inbox = await limited({ categories: ['error', 'attachment'] });
    const body = `${envelope({ type: 'event' }, { message: 'm' })}\n{"type":"attachment"}\nx\n{"type":"client_report"}\n{}`;
    const response = await postEnvelope(inbox, body);
    expect(response.status).toBe(429);
    expect(limitsOf(response)).toEqual(['60', '60:error;attachment:organization:quota_exceeded']);
    expect([inbox.errors(), inbox.items().map(({ type }) => type)]).toEqual([[], ['client_report']]);
  });

  it('on other categories is announced with an answer that is good', async () => {
    const inbox = await limited({ categories: ['transaction'] });
    const response = await postEnvelope(inbox, container('log', [{ body: 'hello' }]));
    expect(response.status).toBe(200);
    expect(limitsOf(response)).toEqual(['60', '60:transaction:organization:quota_exceeded']);
    expect(inbox.logs()).toHaveLength(1);
  });

  it.each([
    ['error', 'event'],
    ['transaction', 'transaction'],
    ['session', 'session'],
    ['session', 'sessions'],
    ['monitor', 'check_in'],
    ['feedback', 'feedback'],
    ['feedback', 'user_report'],
    ['profile', 'profile'],
    ['profile_chunk', 'profile_chunk'],
    ['attachment', 'attachment'],
    ['internal', 'client_report'],
  ])('on %s takes items of type %s', async (category, type) => {
    const inbox = await limited({ categories: [category] });
    expect((await postEnvelope(inbox, envelope({ type }, {}))).status).toBe(429);
  });

  it.each([
    ['span', container('span', [{ trace_id: 'a' }])],
    ['log_item', container('log', [{}])],
    ['trace_metric', container('trace_metric', [{}])],
    ['replay', '{}\n{"type":"replay_event"}\n{}\n{"type":"replay_recording"}\n{}'],
  ])('on %s takes its containers', async (category, body) => {
    const inbox = await limited({ categories: [category] });
    expect((await postEnvelope(inbox, body)).status).toBe(429);
    expect([...inbox.spans(), ...inbox.logs(), ...inbox.items()]).toEqual([]);
  });
});

describe('a rate limit of Mixpanel', () => {
  it('has no header, as none is documented', async () => {
    const inbox = await limited();
    const response = await post(inbox, '/import?strict=1', [goodEvent()]);
    expect([response.status, ...limitsOf(response)]).toEqual([429, null, null]);
    expect(inbox.events()).toEqual([]);
  });

  it('has the standard header when asked to', async () => {
    const inbox = await limited({ retryAfterSeconds: 3 });
    expect(limitsOf(await post(inbox, '/track', [goodEvent()]))).toEqual(['3', null]);
  });
});
