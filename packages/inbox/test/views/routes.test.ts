import { describe, expect, it } from 'vitest';
import { ERROR_ID, TRACE, tellStory, USER } from '../page/story.ts';
import { envelope, errorEvent, goodEvent, post, postEnvelope, read } from '../requests.ts';
import { inboxesForTests } from '../with-inbox.ts';

const start = inboxesForTests();

describe('GET /api/people and /api/person', () => {
  it('list people with what they did and met, the one seen last first, devices of nobody known last', async () => {
    const inbox = await start();
    await tellStory(inbox);
    await post(inbox, '/import', [
      goodEvent({ distinct_id: 'older', time: Date.now() - 1e8 }),
      goodEvent({ $device_id: 'd', distinct_id: '$device:d' }),
    ]);
    const { total, people } = (await read(inbox, '/api/people')) as { total: number; people: unknown[] };
    expect(total).toBe(3);
    expect(people).toMatchObject([
      { id: USER, events: 4, errors: 1 },
      { id: 'older', events: 1, errors: 0 },
      { id: '$device:d' },
    ]);
    expect((await read(inbox, '/api/people?limit=1'))['people']).toHaveLength(1);
  });

  it('tell a story in the order in which it happened, with the profile', async () => {
    const inbox = await start();
    await tellStory(inbox);
    const person = (await read(inbox, `/api/person?id=${USER}&limit=2`)) as { records: { kind: string }[] };
    expect(person).toMatchObject({ id: USER, omitted: 3, profile: { properties: { plan: 'free' } } });
    expect(person.records.map(({ kind }) => kind)).toEqual(['event', 'error']);
  });

  it('know a person by the device that has been theirs all along', async () => {
    const inbox = await start();
    await post(inbox, '/import', [
      goodEvent({ $device_id: 'd1', distinct_id: '$device:d1' }, 'page_viewed'),
      goodEvent({ $device_id: 'd1', $user_id: 'u1', distinct_id: 'u1' }, 'signup_completed'),
    ]);
    const person = await read(inbox, `/api/person?id=${encodeURIComponent('$device:d1')}`);
    expect(person).toMatchObject({
      id: 'u1',
      profile: null,
      records: [{ event: 'page_viewed' }, { event: 'signup_completed' }],
    });
    expect(await read(inbox, '/api/people')).toMatchObject({ total: 1 });
  });

  it('answer with an empty story for somebody unknown', async () => {
    const inbox = await start();
    expect(await read(inbox, '/api/person?id=nobody')).toEqual({
      id: 'nobody',
      linkedIds: [],
      profile: null,
      records: [],
      omitted: 0,
    });
  });
});

describe('GET /api/traces', () => {
  it('sums a trace up: where it began, who took part, how long, what broke', async () => {
    const inbox = await start();
    await tellStory(inbox);
    const { traces } = (await read(inbox, '/api/traces')) as { traces: { durationMs: number }[] };
    expect(traces).toMatchObject([
      {
        traceId: TRACE,
        name: '/create',
        services: ['web', 'qr-service', 'auth-service'],
        spans: 7,
        errors: 1,
        events: 1,
      },
    ]);
    expect(traces[0]?.durationMs).toBeCloseTo(800, 0);
  });
});

describe('GET /api/issues/trends', () => {
  it('counts the errors of each issue in 24 parts of the time since the first', async () => {
    const inbox = await start();
    const seconds = Date.now() / 1000;
    const send = (agoMinutes: number, name: string) =>
      postEnvelope(
        inbox,
        envelope({ type: 'event' }, { ...errorEvent('E', 'e', name), timestamp: seconds - agoMinutes * 60 }),
      );
    for (const ago of [240, 0, 0]) await send(ago, 'often');
    // In the middle of a part: at its edge, the time that this test takes would decide.
    await send(115, 'once');
    const { counts } = (await read(inbox, '/api/issues/trends')) as { counts: Record<string, number[]> };
    const [often, once] = inbox.issues().sort((left, right) => right.count - left.count);
    expect(counts[often?.id ?? '']).toEqual([1, ...Array(22).fill(0), 2]);
    expect(counts[once?.id ?? '']?.indexOf(1)).toBe(12);
  });
});

describe('GET /api/errors/:id and /api/records/:id', () => {
  it('find an error with the ones beside it in its issue', async () => {
    const inbox = await start();
    const ids = ['a', 'b', 'c'].map((letter) => letter.repeat(32));
    for (const id of ids)
      await postEnvelope(inbox, envelope({ type: 'event' }, errorEvent('E', 'e', 'f'), { event_id: id }));
    const error = await read(inbox, `/api/errors/${ids[1]}`);
    expect(error).toMatchObject({ eventId: ids[1], older: ids[0], newer: ids[2], frames: [{ function: 'f' }] });
    expect(await read(inbox, `/api/errors/${ids[2]}`)).toMatchObject({ older: ids[1], newer: null });
  });

  it('find any record by its id', async () => {
    const inbox = await start();
    await tellStory(inbox);
    const [error] = inbox.errors();
    expect(await read(inbox, `/api/records/${error?.id}`)).toMatchObject({ kind: 'error', eventId: ERROR_ID });
  });

  it.each(['/api/errors/unknown', '/api/records/999999'])('answer 404 to %s', async (path) => {
    const inbox = await start();
    expect((await fetch(`${inbox.url}${path}`)).status).toBe(404);
  });
});
