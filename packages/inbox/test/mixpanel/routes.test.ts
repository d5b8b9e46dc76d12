import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { goodEvent, json, post } from '../requests.ts';
import { inboxesForTests } from '../with-inbox.ts';

const SECONDS_MESSAGE = "'properties.time' is invalid: must be specified as seconds since epoch";

describe('/import answers', () => {
  const start = inboxesForTests();

  it('200 with the number of stored events', async () => {
    const inbox = await start();
    const response = await post(inbox, '/import?strict=1', [goodEvent(), goodEvent()]);
    expect(response.status).toBe(200);
    expect(await json(response)).toEqual({ code: 200, num_records_imported: 2, status: 'OK' });
    expect(inbox.events()).toHaveLength(2);
  });

  it('400 with the failed records, and stores the others', async () => {
    const inbox = await start();
    const bad = goodEvent({ time: 'yesterday', $insert_id: 'bad-1' });
    const response = await post(inbox, '/import?strict=1', [goodEvent(), bad, goodEvent()]);
    expect(response.status).toBe(400);
    expect(await json(response)).toEqual({
      code: 400,
      error: 'some data points in the request failed validation',
      status: 'Bad Request',
      num_records_imported: 2,
      failed_records: [{ index: 1, insert_id: 'bad-1', field: 'properties.time', message: SECONDS_MESSAGE }],
    });
    expect(inbox.events()).toHaveLength(2);
    expect(inbox.rejected()).toMatchObject([{ endpoint: 'import', field: 'properties.time', record: bad }]);
  });

  it('200 with strict=0 for what lacks an insert id only', async () => {
    const inbox = await start();
    const response = await post(inbox, '/import?strict=0', [{ event: 'a', properties: { time: 1_700_000_000 } }]);
    expect(await json(response)).toMatchObject({ code: 200, num_records_imported: 1 });
    expect(inbox.events()).toHaveLength(1);
  });

  it.each<[string, string]>([
    ['no header', ''],
    ['an empty token', `Basic ${btoa(':')}`],
    ['a service account without its project', `Basic ${btoa('account:secret')}`],
    ['an unknown scheme', 'Digest abc'],
  ])('401 to %s', async (_what, authorization) => {
    const inbox = await start();
    const response = await post(inbox, '/import?strict=1', [goodEvent()], { authorization });
    expect(response.status).toBe(401);
    expect(await json(response)).toEqual({ code: 401, error: 'Invalid credentials', status: 'Unauthorized' });
    expect(inbox.events()).toEqual([]);
  });

  it.each<[string, string, string]>([
    ['a project token', '/import?strict=1', `Basic ${btoa('token:')}`],
    ['a service account', '/import?strict=1&project_id=7', `Basic ${btoa('account:secret')}`],
    ['a service account in plain text', '/import?strict=1&project_id=7', 'Basic account:secret'],
    ['a bearer token', '/import?strict=1', 'Bearer abc'],
  ])('200 to %s', async (_what, path, authorization) => {
    const inbox = await start();
    expect((await post(inbox, path, [goodEvent()], { authorization })).status).toBe(200);
  });

  it('413 to more than 2000 events, and stores none', async () => {
    const inbox = await start();
    const response = await post(
      inbox,
      '/import?strict=1',
      Array.from({ length: 2001 }, () => goodEvent()),
    );
    expect(response.status).toBe(413);
    expect(await json(response)).toMatchObject({ code: 413, status: 'Request Entity Too Large' });
    expect(inbox.events()).toEqual([]);
  });

  it.each([false, true])('413 to more than 10 MB of events, with gzip %s', async (zipped) => {
    const inbox = await start();
    const body = Buffer.from(JSON.stringify([goodEvent({ filler: 'x'.repeat(10 * 1024 * 1024) })]));
    const response = await fetch(`${inbox.url}/import?strict=1`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('t:')}`, ...(zipped ? { 'content-encoding': 'gzip' } : {}) },
      body: zipped ? gzipSync(body) : body,
    });
    expect(response.status).toBe(413);
    expect(await json(response)).toEqual({
      code: 413,
      error: 'request exceeds max limit of 10485760 bytes',
      status: 'Request Entity Too Large',
    });
  });

  it('400 naming the one event of more than 1 MB', async () => {
    const inbox = await start();
    const response = await post(inbox, '/import?strict=1', [
      goodEvent({ filler: 'x'.repeat(1024 * 1024) }),
      goodEvent(),
    ]);
    expect(await json(response)).toMatchObject({ num_records_imported: 1, failed_records: [{ index: 0 }] });
  });

  it('400 to a body that is not what its Content-Encoding says', async () => {
    const inbox = await start();
    const response = await post(inbox, '/import?strict=1', [goodEvent()], { 'content-encoding': 'gzip' });
    expect(response.status).toBe(400);
  });

  it('200 to gzip', async () => {
    const inbox = await start();
    const response = await fetch(`${inbox.url}/import?strict=1`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('t:')}`, 'content-encoding': 'gzip', 'content-type': 'application/json' },
      body: gzipSync(JSON.stringify([goodEvent()])),
    });
    expect(response.status).toBe(200);
    expect(inbox.events()).toHaveLength(1);
  });
});

describe('/track, /engage and /groups answer', () => {
  const start = inboxesForTests();
  const set = { $token: 't', $distinct_id: 'u', $set: { a: 1 } };
  const old = (): unknown => goodEvent({ time: Date.now() - 6 * 24 * 3600 * 1000 });

  it.each<[string, string, unknown, unknown]>([
    ['1 when one of two events is good', '/track', [goodEvent(), { event: 'a' }], '1'],
    ['0 when none is', '/track', [{ event: 'a' }], '0'],
    ['1 to an event it drops for its age', '/track/', [old()], '1'],
    ['1 to a good update', '/engage', [set], '1'],
    ['0 to an update without an operation', '/engage/', [{ $token: 't', $distinct_id: 'u' }], '0'],
    ['0 to $add of a word', '/engage', [{ $token: 't', $distinct_id: 'u', $add: { a: 'b' } }], '0'],
    ['1 to a good group', '/groups', [{ $token: 't', $group_key: 'k', $group_id: 'g', $set: { a: 1 } }], '1'],
    ['0 to a group without a key', '/groups/', [{ $token: 't', $group_id: 'g', $set: { a: 1 } }], '0'],
    ['0 to $add on a group', '/groups', [{ $token: 't', $group_key: 'k', $group_id: 'g', $add: { a: 1 } }], '0'],
    ['status 1 with verbose', '/track?verbose=1', [goodEvent()], { status: 1, error: null }],
    [
      'status 0 and the reason with verbose',
      '/track?verbose=1',
      [{ event: 'a' }],
      {
        status: 0,
        error: "'properties' is invalid: must be a JSON object",
      },
    ],
  ])('%s', async (_what, path, body, expected) => {
    const inbox = await start();
    const response = await post(inbox, path, body);
    expect(response.status).toBe(200);
    const text = await response.text();
    expect(typeof expected === 'string' ? text : JSON.parse(text)).toEqual(expected);
  });

  it('which update failed with strict=1', async () => {
    const inbox = await start();
    const response = await post(inbox, '/engage?strict=1', [set, { $token: 't', $distinct_id: 'null', $set: {} }]);
    expect(response.status).toBe(400);
    expect(await json(response)).toMatchObject({
      num_good_events: 1,
      failed_records: [{ index: 1, $distinct_id: 'null', field: '$distinct_id' }],
    });
  });

  it('200 with the number of updates with strict=1, with and without verbose', async () => {
    const inbox = await start();
    for (const path of ['/engage?strict=1', '/engage?strict=1&verbose=1', '/groups?strict=1']) {
      const update = path.startsWith('/groups') ? { $token: 't', $group_key: 'k', $group_id: 'g', $set: {} } : set;
      const response = await post(inbox, path, [update, update]);
      expect([response.status, await json(response)]).toEqual([200, { code: 200, num_good_events: 2, status: 'OK' }]);
    }
  });

  it('with the group update that names a user, and keep the others', async () => {
    const inbox = await start();
    const good = { $token: 't', $group_key: 'company', $group_id: 'acme', $set: { plan: 'pro' } };
    const response = await post(inbox, '/groups?strict=1', [{ ...good, $distinct_id: 'u' }, good]);
    expect([response.status, await json(response)]).toMatchObject([
      400,
      { num_good_events: 1, failed_records: [{ index: 0, field: '$distinct_id' }] },
    ]);
    expect(inbox.profiles()).toMatchObject([{ groupKey: 'company', distinctId: 'acme', updates: 1 }]);
  });

  it('1 to a GET with an event of 50 KB', async () => {
    const inbox = await start();
    const data = JSON.stringify(
      goodEvent(Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`p${index}`, 'x'.repeat(250)]))),
    );
    expect(await (await fetch(`${inbox.url}/track?${new URLSearchParams({ data })}`)).text()).toBe('1');
    expect(inbox.events()).toHaveLength(1);
  });

  it('1 to a GET with data, and to a form sent as plain text', async () => {
    const inbox = await start();
    const data = Buffer.from(JSON.stringify(goodEvent())).toString('base64');
    const get = await fetch(`${inbox.url}/track?${new URLSearchParams({ data })}`);
    const beacon = await fetch(`${inbox.url}/track/`, { method: 'POST', body: `data=${encodeURIComponent(data)}` });
    expect([await get.text(), await beacon.text()]).toEqual(['1', '1']);
  });
});

describe('a browser may send from any origin', () => {
  const start = inboxesForTests();

  it.each(['/track/', '/engage/', '/api/1/envelope/'])('to %s, with credentials', async (path) => {
    const inbox = await start();
    const preflight = await fetch(`${inbox.url}${path}`, {
      method: 'OPTIONS',
      headers: { origin: 'https://shop.example', 'access-control-request-headers': 'content-type,sentry-trace' },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('https://shop.example');
    expect(preflight.headers.get('access-control-allow-credentials')).toBe('true');
    expect(preflight.headers.get('access-control-allow-headers')).toBe('content-type,sentry-trace');
    expect(preflight.headers.get('access-control-expose-headers')).toContain('X-Sentry-Rate-Limits');
  });

  it('but not read what is stored', async () => {
    const inbox = await start();
    const response = await fetch(`${inbox.url}/api/events`, { headers: { origin: 'https://shop.example' } });
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });
});
