import { get } from 'node:http';
import { describe, expect, it } from 'vitest';
import { container, envelope, errorEvent, goodEvent, post, postEnvelope, read } from '../requests.ts';
import { inboxesForTests } from '../with-inbox.ts';

const TRACE = 'a'.repeat(32);
const start = inboxesForTests();

describe('GET /api/events', () => {
  it('answers newest first, with the total and what was evicted', async () => {
    const inbox = await start({ maxRecords: 3 });
    for (const name of ['a', 'b', 'c', 'd']) await post(inbox, '/import', [goodEvent({}, name)]);
    const answer = await read(inbox, '/api/events?limit=2');
    expect(answer).toMatchObject({ total: 3, evicted: 1, events: [{ event: 'd' }, { event: 'c' }] });
  });

  it.each([
    ['event=qr_scanned', ['qr_scanned']],
    ['distinct_id=user-2', ['qr_deleted']],
    [`trace_id=${TRACE}`, ['qr_scanned']],
    ['since=99999999999999', []],
    ['since=1', ['qr_deleted', 'qr_scanned']],
  ])('filters by %s', async (query, expected) => {
    const inbox = await start();
    const scanned = goodEvent({ trace_id: TRACE }, 'qr_scanned');
    await post(inbox, '/import', [scanned, goodEvent({ distinct_id: 'user-2' }, 'qr_deleted')]);
    const { events } = (await read(inbox, `/api/events?${query}`)) as { events: { event: string }[] };
    expect(events.map(({ event }) => event)).toEqual(expected);
  });

  it('shows an event that was sent twice once, as it came last', async () => {
    const inbox = await start({ keepRaw: true });
    const event = goodEvent({ attempt: 1 });
    await post(inbox, '/import', [event]);
    await post(inbox, '/import', [{ ...event, properties: { ...event.properties, attempt: 2 } }]);
    expect(await read(inbox, '/api/events')).toMatchObject({ total: 1, events: [{ properties: { attempt: 2 } }] });
    expect(inbox.raw()).toHaveLength(2);
  });

  it('keeps two events apart that share an $insert_id but not the time', async () => {
    const inbox = await start();
    const event = goodEvent({ time: 1_700_000_000 });
    await post(inbox, '/import', [event, { ...event, properties: { ...event.properties, time: 1_700_000_001 } }]);
    expect(inbox.events()).toHaveLength(2);
  });

  it('gives what a device did before log-in to the user who logged in', async () => {
    const inbox = await start();
    const device = { $device_id: 'd1', distinct_id: '$device:d1' };
    await post(inbox, '/import', [goodEvent(device, 'page_viewed')]);
    expect(await read(inbox, '/api/events')).toMatchObject({ events: [{ distinctId: '$device:d1' }] });
    await post(inbox, '/import', [goodEvent({ $device_id: 'd1', $user_id: 'u1', distinct_id: 'u1' }, 'login')]);
    const answer = await read(inbox, '/api/events?distinct_id=u1');
    expect(answer).toMatchObject({
      total: 2,
      events: [{ distinctId: 'u1' }, { distinctId: 'u1', event: 'page_viewed' }],
    });
    const story = await read(inbox, '/api/timeline?user=$device:d1');
    expect(story['records']).toHaveLength(2);
  });

  it('leaves a device with the user who logged in first', async () => {
    const inbox = await start();
    const login = (user: string): unknown =>
      goodEvent({ $device_id: 'd1', $user_id: user, distinct_id: user }, 'login');
    await post(inbox, '/import', [
      goodEvent({ $device_id: 'd1', distinct_id: '$device:d1' }),
      login('u1'),
      login('u2'),
    ]);
    expect(await read(inbox, '/api/events?distinct_id=u1')).toMatchObject({ total: 2 });
    expect(await read(inbox, '/api/events?distinct_id=u2')).toMatchObject({ total: 1 });
  });

  it('answers 400 to a limit that is no number', async () => {
    const inbox = await start();
    expect((await fetch(`${inbox.url}/api/events?limit=many`)).status).toBe(400);
  });
});

describe('GET /api/issues', () => {
  it('groups errors, the issue seen last first, and counts users', async () => {
    const inbox = await start();
    const send = (type: string, user: string): Promise<Response> =>
      postEnvelope(inbox, envelope({ type: 'event' }, { ...errorEvent(type, 'broken', 'scan'), user: { id: user } }));
    await send('TypeError', 'u1');
    await send('RangeError', 'u1');
    await send('TypeError', 'u2');
    await send('TypeError', 'u2');
    expect(await read(inbox, '/api/issues')).toMatchObject({
      total: 2,
      issues: [
        {
          title: 'TypeError: broken',
          count: 3,
          users: 2,
          latest: { user: { id: 'u2' }, frames: [{ function: 'scan' }] },
        },
        { title: 'RangeError: broken', count: 1, users: 1 },
      ],
    });
  });

  it('is found by its id and by the id of any of its events', async () => {
    const inbox = await start();
    const [first, second] = ['1'.repeat(32), '2'.repeat(32)];
    for (const id of [first, second]) {
      await postEnvelope(inbox, envelope({ type: 'event' }, errorEvent('TypeError', 'x', 'scan'), { event_id: id }));
    }
    await postEnvelope(inbox, envelope({ type: 'event' }, { message: 'another' }));
    const { issues } = (await read(inbox, `/api/issues?event_id=${first}`)) as { issues: { id: string }[] };
    expect(issues).toMatchObject([{ type: 'TypeError', latestEventId: second }]);
    expect(await read(inbox, `/api/issues/${issues[0]?.id}`)).toMatchObject({ type: 'TypeError', count: 2 });
    expect(await read(inbox, '/api/issues?event_id=none')).toMatchObject({ total: 0, issues: [] });
    expect((await fetch(`${inbox.url}/api/issues/none`)).status).toBe(404);
  });

  it('is found by the id of an error that was only counted, and says how many there were', async () => {
    const inbox = await start();
    const counted = Array.from({ length: 4 }, (_, n) => String(n).repeat(32));
    const send = (event: object, fingerprint: string, suppressed: object) =>
      postEnvelope(inbox, envelope({ type: 'event' }, { ...event, tags: { fingerprint }, contexts: { suppressed } }));
    await send(errorEvent('TypeError', 'x', 'scan'), 'f1', { count: 7, ids: counted.slice(0, 2) });
    await send(errorEvent('RangeError', 'y', 'scan'), 'f2', {});
    await send({ message: 'only counted' }, 'f1', { count: 2, ids: [counted[2]], summary: true });
    await send({ message: 'only counted' }, 'f3', { count: 1, ids: [counted[3]], summary: true });
    const found = async (id = '') => (await read(inbox, `/api/issues?event_id=${id}`))['issues'];
    for (const id of counted.slice(0, 3)) {
      expect(await found(id)).toMatchObject([{ type: 'TypeError', count: 1, suppressed: 9 }]);
    }
    expect(await found(counted[3])).toMatchObject([{ type: 'Message', count: 0, suppressed: 1 }]);
    expect(await read(inbox, '/api/issues')).toMatchObject({ total: 3 });
  });

  it('reads breadcrumbs in both forms', async () => {
    const inbox = await start();
    for (const breadcrumbs of [[{ message: 'a' }], { values: [{ message: 'a' }] }]) {
      await postEnvelope(inbox, envelope({ type: 'event' }, { message: JSON.stringify(breadcrumbs), breadcrumbs }));
    }
    expect(inbox.issues().map(({ latest }) => latest.breadcrumbs)).toEqual([[{ message: 'a' }], [{ message: 'a' }]]);
  });
});

describe('the other lists', () => {
  it('hold errors, spans and logs of a trace, and profiles', async () => {
    const inbox = await start();
    await postEnvelope(inbox, container('span', [{ trace_id: TRACE, name: 'a' }]));
    await postEnvelope(inbox, container('span', [{ trace_id: 'other', name: 'b' }]));
    await postEnvelope(inbox, container('log', [{ trace_id: TRACE, body: 'hello' }]));
    await postEnvelope(inbox, envelope({ type: 'event' }, { message: 'm', contexts: { trace: { trace_id: TRACE } } }));
    await post(inbox, '/engage', [{ $token: 't', $distinct_id: 'u', $set: { plan: 'pro' } }]);
    expect(await read(inbox, `/api/spans?trace_id=${TRACE}`)).toMatchObject({ total: 1, spans: [{ name: 'a' }] });
    expect(await read(inbox, `/api/logs?trace_id=${TRACE}`)).toMatchObject({ total: 1, logs: [{ body: 'hello' }] });
    expect(await read(inbox, `/api/errors?trace_id=${TRACE}`)).toMatchObject({ total: 1, errors: [{ value: 'm' }] });
    expect(await read(inbox, '/api/profiles')).toMatchObject({ total: 1, profiles: [{ properties: { plan: 'pro' } }] });
  });

  it('tell one story of a trace and of a user, newest first', async () => {
    const inbox = await start();
    await postEnvelope(inbox, container('span', [{ trace_id: TRACE, name: 'span' }]));
    await post(inbox, '/import', [goodEvent({ trace_id: TRACE }), goodEvent()]);
    await postEnvelope(
      inbox,
      envelope({ type: 'event' }, { message: 'm', user: { id: 'user-1' }, contexts: { trace: { trace_id: TRACE } } }),
    );
    const kinds = async (query: string): Promise<string[]> => {
      const { records } = (await read(inbox, `/api/timeline?${query}`)) as { records: { kind: string }[] };
      return records.map(({ kind }) => kind);
    };
    expect(await kinds(`trace_id=${TRACE}`)).toEqual(['error', 'event', 'span']);
    expect(await kinds('user=user-1')).toEqual(['error', 'event', 'event']);
    expect(await kinds('kind=span')).toEqual(['span']);
    expect(await kinds('limit=2')).toEqual(['error', 'event']);
  });

  it('are empty again after DELETE /api/data', async () => {
    const inbox = await start({ keepRaw: true });
    await post(inbox, '/import', [goodEvent()]);
    await post(inbox, '/engage', [{ $token: 't', $distinct_id: 'u', $set: { plan: 'pro' } }]);
    expect((await fetch(`${inbox.url}/api/data`, { method: 'DELETE' })).status).toBe(204);
    expect([inbox.events(), inbox.profiles(), inbox.raw()]).toEqual([[], [], []]);
    expect(await read(inbox, '/api/stats')).toMatchObject({ profiles: 0, kinds: { event: { stored: 0, bytes: 0 } } });
  });
});

describe('GET /api/raw', () => {
  it('holds each request as it came, inflated, even one that was refused', async () => {
    const inbox = await start({ keepRaw: true });
    const body = [goodEvent({ secret: 'p4ssw0rd' })];
    await post(inbox, '/import?strict=1', body, { authorization: 'Basic c2VjcmV0' });
    const lines = (await (await fetch(`${inbox.url}/api/raw`)).text()).trim().split('\n');
    const request = JSON.parse(lines[0] ?? '');
    expect(request).toMatchObject({
      seq: 1,
      method: 'POST',
      url: '/import?strict=1',
      headers: { authorization: 'Basic c2VjcmV0' },
    });
    expect(JSON.parse(Buffer.from(request.body, 'base64').toString())).toEqual(body);
    expect(inbox.events()).toEqual([]);
  });

  it('is empty unless asked for', async () => {
    const inbox = await start();
    await post(inbox, '/import', [goodEvent()]);
    expect(await (await fetch(`${inbox.url}/api/raw`)).text()).toBe('');
  });
});

describe('what a captured value may do', () => {
  it('is nothing: it leaves as JSON that no browser takes for a page', async () => {
    const inbox = await start();
    const script = '</script><script>alert(1)</script>';
    await post(inbox, '/import', [goodEvent({ [script]: script }, script)]);
    const response = await fetch(`${inbox.url}/api/events`);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await response.json()).toMatchObject({ events: [{ event: script, properties: { [script]: script } }] });
  });

  it('is nothing on the page either: scripts come from the inbox only', async () => {
    const inbox = await start();
    const response = await fetch(inbox.url);
    expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'self';/);
    expect(await response.text()).not.toMatch(/<script(?![^>]* src=)|style=|\son\w+=/);
  });

  it('is nothing from a host name that is not this machine', async () => {
    const inbox = await start();
    const status = (host: string): Promise<number> =>
      new Promise((resolve, reject) => {
        get(`${inbox.url}/api/events`, { headers: { host } }, (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        }).on('error', reject);
      });
    expect(await status('evil.example')).toBe(403);
    expect(await status(`localhost:${inbox.port}`)).toBe(200);
  });
});
