import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { hashEmail } from '@qr/common';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  deliver,
  logIn,
  observe,
  type Running,
  START_TIMEOUT_MS,
  scanned,
  serviceToken,
  startApp,
} from './start-app.ts';

const observed = await observe();
const { inbox, settle } = observed;
afterAll(() => observed.stop());
const NOON = Date.parse('2026-03-31T12:00:00Z');
const DAY_MS = 86_400_000;
const authorization = `Bearer ${serviceToken}`;
let running: Running;
beforeAll(async () => {
  running = await startApp('embedded', { now: () => NOON });
}, START_TIMEOUT_MS);
afterAll(() => running.stop());
beforeEach(async () => {
  await settle();
  inbox.clear();
});

const good = () => scanned('2026-03-30T10:00:00Z', { qr_id: 'code-of-nobody', qr_owner_id: 'nobody' });
const without = (name: string) => ({ event: 'qr_scanned', properties: { ...good().properties, [name]: undefined } });
const having = (properties: object) => ({ event: 'qr_scanned', properties: { ...good().properties, ...properties } });
const post = (payload: string | Buffer, headers: Record<string, string> = {}) =>
  running.app.inject({
    method: 'POST',
    url: '/import?strict=1',
    headers: { authorization, 'content-type': 'application/json', ...headers },
    payload,
  });

describe('a record', () => {
  it.each<[string, string, unknown]>([
    ['', 'nothing', null],
    ['', 'a text', 'text'],
    ['', 'a list', []],
    ['event', 'no event', {}],
    ['event', 'an event of the plan that is not counted', { ...good(), event: 'qr_scan_failed' }],
    ['event', 'an unknown event', { ...good(), event: 'no_such_event' }],
    ['properties', 'without properties', { event: 'qr_scanned' }],
    ['properties', 'of a list of properties', { event: 'qr_scanned', properties: [] }],
    ['properties.time', 'without a time', without('time')],
    ['properties.time', 'of a time in words', having({ time: '2026-03-30T10:00:00Z' })],
    ['properties.time', 'from before the epoch', having({ time: -1 })],
    ['properties.time', 'from after the end of time', having({ time: 1e300 })],
    ['properties.time', 'of a time in seconds', having({ time: NOON / 1000 })],
    ['properties.time', 'older than scans are kept', having({ time: NOON - 91 * DAY_MS })],
    ['properties.time', 'from more than a day ahead', having({ time: NOON + DAY_MS + 1 })],
    ['properties.$insert_id', 'without an id', without('$insert_id')],
    ['properties.$insert_id', 'of too long an id', having({ $insert_id: 'x'.repeat(37) })],
    ['properties.$insert_id', 'of an id with another character', having({ $insert_id: 'a_b' })],
    ['properties.distinct_id', 'of nobody', having({ distinct_id: '' })],
    ['properties.distinct_id', 'of a visitor with NUL', having({ distinct_id: 'a\u0000' })],
    ['properties.distinct_id', 'of a visitor with half a character', having({ distinct_id: '\ud800' })],
    ['properties.qr_id', 'without a code', without('qr_id')],
    ['properties.qr_id', 'of SQL instead of a code', having({ qr_id: "'; drop table analytics.scans; --" })],
    ['properties.qr_owner_id', 'without an owner', without('qr_owner_id')],
    ['properties.device_type', 'of an unknown device', having({ device_type: 'fridge' })],
    ['properties.browser', 'of a browser with NUL', having({ browser: 'Saf\u0000ari' })],
    ['properties.browser', 'of a browser with half a character', having({ browser: '\udfff' })],
    ['properties.browser', 'of an endless browser', having({ browser: 'x'.repeat(256) })],
    ['properties.country', 'of a formula instead of a country', having({ country: '=cmd|x' })],
    ['properties.country', 'of a country in small letters', having({ country: 'de' })],
    ['properties.is_bot', 'of a text instead of a yes or no', having({ is_bot: 'true' })],
  ])(
    'is refused by the name of "%s" when it is %s, and the good ones beside it are stored',
    async (field, _what, bad) => {
      const owner = await logIn(running.app);
      const own = () => having({ qr_id: owner.qrId, qr_owner_id: owner.userId, $insert_id: randomUUID() });
      const response = await deliver(running.app, [own(), bad, own()]);
      expect(response.statusCode).toBe(400);
      const { failed_records: failed, ...answer } = response.json();
      expect(answer).toEqual({
        code: 400,
        error: 'some data points in the request failed validation',
        status: 'Bad Request',
        num_records_imported: 2,
      });
      expect(failed).toEqual([{ index: 1, insert_id: expect.any(String), field, message: expect.any(String) }]);
      expect(failed[0].message).toContain(field || 'a record must be an object');
      expect((await owner.get(`/analytics/qrs/${owner.qrId}`)).json()).toMatchObject({ scans: 2 });
    },
  );

  it('is told what it must be, and by its id', async () => {
    const [late, foreign, fridge] = [
      having({ time: NOON - 91 * DAY_MS }),
      { ...good(), event: 'logout' },
      having({ device_type: 'fridge' }),
    ];
    const { failed_records: failed } = (await deliver(running.app, [late, foreign, fridge])).json();
    expect(failed).toEqual(
      [
        'properties.time is before 2025-12-31: days before it are closed, so it cannot be counted',
        'event must be qr_scanned, the only event that is counted here',
        'properties.device_type is not what the tracking plan says: Kind of device, from the user agent.',
      ].map((message, index) => expect.objectContaining({ index, message })),
    );
    expect(failed.map(({ insert_id }: { insert_id: string }) => insert_id)).toEqual(
      [late, foreign, fridge].map(({ properties }) => properties.$insert_id),
    );
  });

  it.each([
    [NOON - 90 * DAY_MS, 'as old as one may be'],
    [NOON + DAY_MS, 'of a clock that is a day ahead'],
  ])('of %i is taken, %s', async (time) => {
    expect((await deliver(running.app, [having({ time, $insert_id: randomUUID() })])).statusCode).toBe(200);
  });

  it('that says nothing of the visitor is of an unknown one, and a long name is cut', async () => {
    const owner = await logIn(running.app);
    const code = { qr_id: owner.qrId, qr_owner_id: owner.userId };
    const records = [code, { ...code, browser: `${'é'.repeat(63)}😀😀` }].map((each) =>
      scanned('2026-03-30T10:00:00Z', each),
    );
    await deliver(running.app, records);
    expect((await owner.get(`/analytics/qrs/${owner.qrId}`)).json()).toMatchObject({
      byCountry: [{ value: 'unknown', scans: 2 }],
      byDevice: [{ value: 'unknown', scans: 2 }],
      byBrowser: [
        { value: 'unknown', scans: 1 },
        { value: `${'é'.repeat(63)}😀`, scans: 1 },
      ],
    });
  });
});

describe('a batch', () => {
  it.each([undefined, '', `Bearer ${serviceToken}x`, serviceToken, `Basic ${serviceToken}`])(
    'is answered 401 with the authorization "%s"',
    async (value) => {
      const headers = value === undefined ? {} : { authorization: value };
      const response = await running.app.inject({
        method: 'POST',
        url: '/import?strict=1',
        headers,
        payload: [good()],
      });
      expect(response.statusCode).toBe(401);
    },
  );

  it('is not let in by a session', async () => {
    const { cookies } = await logIn(running.app);
    const request = { method: 'POST', url: '/import?strict=1', cookies, payload: [good()] } as const;
    expect((await running.app.inject(request)).statusCode).toBe(401);
  });

  it.each([
    ['plain', JSON.stringify([good()]), {}],
    ['plain and says so', JSON.stringify([good()]), { 'content-encoding': 'identity' }],
    ['gzipped', gzipSync(JSON.stringify([good()])), { 'content-encoding': 'gzip' }],
    ['of no named type', JSON.stringify([good()]), { 'content-type': 'text/plain' }],
    ['empty', '[]', {}],
  ])('is taken when it is %s', async (_what, payload, headers) => {
    const response = await post(payload, headers);
    expect([response.statusCode, response.json()]).toMatchObject([200, { code: 200, status: 'OK' }]);
  });

  it.each([
    [400, 'not an array', '{}', {}],
    [400, 'not JSON', '[', {}],
    [400, 'without a body', '', {}],
    [400, 'damaged', gzipSync('[]').subarray(0, 12), { 'content-encoding': 'gzip' }],
    [400, 'not gzip at all', '[]', { 'content-encoding': 'gzip' }],
    [415, 'packed otherwise', '[]', { 'content-encoding': 'br' }],
    [415, 'packed twice', '[]', { 'content-encoding': 'gzip, gzip' }],
    [413, 'too large', `["${'x'.repeat(2 * 1024 * 1024)}"]`, {}],
    [413, 'of too many records', `[${'0,'.repeat(2000)}0]`, {}],
  ])('is answered %i when it is %s, in a sentence', async (status, _what, payload, headers) => {
    const response = await post(payload, headers);
    expect(response.statusCode).toBe(status);
    const { error, message = error } = response.json<{ error: string; message?: string }>();
    expect(message.length).toBeGreaterThan(15);
  });

  it('that inflates a thousandfold is cut off while it is inflated', async () => {
    const bomb = gzipSync(Buffer.alloc(256 * 1024 * 1024));
    expect(bomb.length).toBeLessThan(300_000);
    const before = process.memoryUsage().arrayBuffers;
    const response = await post(bomb, { 'content-encoding': 'gzip' });
    expect(response.statusCode).toBe(413);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32 * 1024 * 1024);
  });

  it('of 2000 records is one statement, and taken', async () => {
    const owner = await logIn(running.app);
    const records = Array.from({ length: 2000 }, () =>
      scanned('2026-03-30T10:00:00Z', { qr_id: owner.qrId, qr_owner_id: owner.userId }),
    );
    expect((await deliver(running.app, records)).json()).toMatchObject({ num_records_imported: 2000 });
    expect((await owner.get(`/analytics/qrs/${owner.qrId}`)).json()).toMatchObject({ scans: 2000 });
  });

  it('that the database does not take is answered 500, so that it comes again', async () => {
    await running.database.pool.query('alter table analytics.dirty_days rename to elsewhere');
    const record = having({ $insert_id: randomUUID(), browser: 'Secret Browser' });
    const failed = await deliver(running.app, [record]);
    await running.database.pool.query('alter table analytics.elsewhere rename to dirty_days');
    expect(failed.statusCode).toBe(500);
    const found = await running.database.pool.query('select * from analytics.scans where insert_id = $1', [
      record.properties.$insert_id,
    ]);
    expect(found.rowCount).toBe(0);
    await settle();
    expect(inbox.errors()).toHaveLength(1);
    expect(
      inbox
        .raw()
        .map(({ body }) => body.toString())
        .join(),
    ).not.toContain('Secret Browser');
    expect((await deliver(running.app, [record])).statusCode).toBe(200);
  });

  it('is not held up by the usual limit of requests from one address', async () => {
    // Refused for what they hold, so that the database has no part in it.
    const answers = await Promise.all(Array.from({ length: 1100 }, () => post('{}')));
    expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([400]));
  });
});

describe('a route of a person', () => {
  const urls = ['/analytics/qrs/code-of-owner-1', '/analytics/qrs/code-of-owner-1/export.csv'];

  it.each([...urls, '/analytics/summary', '/analytics/qrs/x', '/analytics/summary?from=never'])(
    'answers 401 without a session, before it looks at the request: %s',
    async (url) => {
      const response = await running.app.inject({ url, headers: { authorization } });
      expect(response.statusCode).toBe(401);
      expect(running.qrService.asked).not.toContain('x');
    },
  );

  it.each(urls)('answers 404 to another person, as for a code that does not exist: %s', async (url) => {
    await deliver(running.app, [scanned('2026-03-30T10:00:00Z', { qr_id: 'code-of-owner-1', qr_owner_id: 'owner-1' })]);
    expect((await (await logIn(running.app, 'owner-1')).get(url)).statusCode).toBe(200);
    const stranger = await logIn(running.app);
    for (const asked of [url, url.replace('code-of-owner-1', 'no-such-code')]) {
      const response = await stranger.get(asked);
      expect([response.statusCode, response.json()]).toEqual([
        404,
        { error: 'Not Found', message: 'You have no such code.' },
      ]);
    }
    expect((await stranger.get('/analytics/summary')).json()).toMatchObject({ scans: 0, byCode: [] });
  });

  it('shows the scans of an owner whose id is an e-mail address, and erases them', async () => {
    const address = `owner-${randomUUID().slice(0, 8)}@example.com`;
    const owner = await logIn(running.app, address);
    const sent = scanned('2026-03-30T10:00:00Z', { qr_id: 'code-of-mail', qr_owner_id: hashEmail(address) });
    expect((await deliver(running.app, [sent])).statusCode).toBe(200);
    expect((await owner.get('/analytics/summary')).json()).toMatchObject({ scans: 1 });
    const erased = await running.app.inject({
      method: 'DELETE',
      url: `/internal/users/${encodeURIComponent(address)}`,
      headers: { authorization },
    });
    expect(erased.statusCode).toBe(204);
    expect((await owner.get('/analytics/summary')).json()).toMatchObject({ scans: 0 });
  });

  it.each([...urls, '/analytics/summary'])('is kept by no cache: %s', async (url) => {
    const owner = await logIn(running.app, 'owner-1');
    expect((await owner.get(url)).headers['cache-control']).toBe('private, no-store');
    expect((await running.app.inject(url)).headers['cache-control']).toBe('private, no-store');
  });

  it.each([
    ['from', 'from=2026-02-30'],
    ['from', 'from=2025-02-29'],
    ['from', 'from=yesterday'],
    ['from', 'from=2026-3-1'],
    ['from', 'from=0000-01-01'],
    ['from', 'from=2026-03-01T00:00:00Z'],
    ['from', 'from='],
    ['from', 'from=2026-04-01'],
    ['from', 'from=2026-03-02&to=2026-03-01'],
    ['from', 'from=2025-03-01&to=2026-03-02'],
    ['from', 'from=2025-01-01'],
    ['to', 'to=2026-13-01'],
    ['to', "to=2026-03-01'"],
    ['to', 'to=9999-12-31'],
    ['zone', 'zone=Europe/Berlin'],
  ])('refuses a wrong period by the name of %s: ?%s', async (field, query) => {
    const owner = await logIn(running.app, 'owner-1');
    for (const url of [...urls, '/analytics/summary']) {
      const response = await owner.get(`${url}?${query}`);
      expect([response.statusCode, response.json().field]).toEqual([400, field]);
    }
  });

  it.each([
    ['interval', '/analytics/qrs/code-of-owner-1?interval=year'],
    ['interval', '/analytics/qrs/code-of-owner-1/export.csv?interval=day'],
    ['id', '/analytics/qrs/..%2Fadmin%2Fx'],
    ['id', '/analytics/qrs/%00%00%00%00%00%00%00%00'],
  ])('refuses a wrong %s: %s', async (field, url) => {
    const response = await (await logIn(running.app, 'owner-1')).get(url);
    expect([response.statusCode, response.json().field]).toEqual([400, field]);
  });

  it.each([
    ['', '2026-03-02', '2026-03-31', 30],
    ['to=2026-02-10', '2026-01-12', '2026-02-10', 30],
    ['from=2026-03-31', '2026-03-31', '2026-03-31', 1],
    ['from=2024-02-29&to=2025-02-28', '2024-02-29', '2025-02-28', 366],
    ['from=2026-04-01&to=2026-04-02', '2026-04-01', '2026-04-02', 2],
  ])('asked with ?%s shows every day from %s to %s, and tells that somebody looked', async (query, from, to, days) => {
    const owner = await logIn(running.app);
    const response = await owner.get(`/analytics/qrs/${owner.qrId}?${query}`);
    const { series, ...answer } = response.json();
    expect(answer).toMatchObject({
      qrId: owner.qrId,
      from,
      to,
      interval: 'day',
      timeZone: 'UTC',
      scans: 0,
      topDays: [],
    });
    expect(series).toHaveLength(days);
    expect([series[0].start, series.at(-1).start]).toEqual([from, to]);
    const again = await owner.get(`/analytics/qrs/${owner.qrId}?${[query, 'refresh=true'].filter(Boolean).join('&')}`);
    expect(again.statusCode).toBe(200);
    await owner.get(`/analytics/qrs/${owner.qrId}/export.csv?${query}`);
    await settle();
    expect(inbox.rejected()).toEqual([]);
    expect(inbox.events()).toMatchObject(
      ['statistics_viewed', 'statistics_exported'].map((event) => ({
        event,
        distinctId: owner.userId,
        properties: { qr_id: owner.qrId, days },
      })),
    );
  });
});

describe('an export', () => {
  it('is a file that runs nothing, whatever browsers call themselves', async () => {
    const owner = await logIn(running.app);
    const names = [
      '=HYPERLINK("http://evil.example")',
      '+1',
      '-1',
      '@SUM(A1)',
      'a,"b"',
      `'); drop table analytics.scans; --`,
    ];
    const records = names.map((browser) =>
      scanned('2026-03-30T10:00:00Z', {
        qr_id: owner.qrId,
        qr_owner_id: owner.userId,
        browser,
        country: 'DE',
        device_type: 'mobile',
      }),
    );
    expect((await deliver(running.app, records)).statusCode).toBe(200);
    await running.rollUp.run();
    const file = await owner.get(`/analytics/qrs/${owner.qrId}/export.csv?from=2026-03-30`);
    expect(file.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="scans-${owner.qrId}-2026-03-30-2026-03-31.csv"`,
    });
    expect(file.body.split('\r\n')).toEqual([
      'day,country,device,browser,scans',
      ...[
        `"'); drop table analytics.scans;' --"`,
        "'+1",
        "'-1",
        `"'=HYPERLINK(""http://evil.example"")"`,
        "'@SUM(A1)",
        '"a,""b"""',
      ].map((browser) => `2026-03-30,DE,mobile,${browser},1`),
      '',
    ]);
  });
});

describe('while qr-service is down', () => {
  const ask = async (person: { qrId: string; get: (url: string) => Promise<{ statusCode: number }> }) =>
    (await person.get(`/analytics/qrs/${person.qrId}`)).statusCode;

  it('who owns a code that was asked for is still known, however long ago, and each failure is reported', async () => {
    const owner = await logIn(running.app);
    expect(await ask(owner)).toBe(200);
    const { answer } = running.qrService;
    running.qrService.answer = async (_request, reply) => reply.code(503).send();
    const asked = running.qrService.asked.length;
    expect(await ask(owner)).toBe(200);
    expect(running.qrService.asked).toHaveLength(asked);
    running.clock.aheadMs += 3_600_000;
    expect([await ask(owner), await ask(owner)]).toEqual([200, 200]);
    running.qrService.answer = answer;
    running.clock.aheadMs += 3_600_000;
    expect(running.qrService.asked).toHaveLength(asked + 1);
    expect(running.standIns.join()).toContain('qr-service answered 503');
  });

  it('the statistics of other codes are answered 503 in time, once for all who ask, and the failure is reported', async () => {
    const owner = await logIn(running.app);
    const { answer } = running.qrService;
    running.qrService.answer = () => new Promise<never>(() => {});
    const asked = running.qrService.asked.length;
    const startedAt = performance.now();
    const responses = await Promise.all([1, 2, 3].map(() => owner.get(`/analytics/qrs/${owner.qrId}`)));
    expect(performance.now() - startedAt).toBeLessThan(2000);
    running.qrService.answer = answer;
    expect(running.qrService.asked).toHaveLength(asked + 1);
    for (const response of responses) {
      expect(response.statusCode).toBe(503);
      expect(response.json()).toMatchObject({
        message: 'Whose code this is cannot be looked up right now: try again in a minute.',
      });
    }
    await settle();
    expect(inbox.errors().length).toBeGreaterThan(0);
    expect(await ask(owner)).toBe(200);
  });

  it('an answer that is no code opens nothing', async () => {
    const owner = await logIn(running.app);
    const { answer } = running.qrService;
    running.qrService.answer = async () => ({ hello: 'world' });
    expect(await ask(owner)).toBe(503);
    running.qrService.answer = answer;
  });
});
