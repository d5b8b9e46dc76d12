import { postgresAvailable } from '@qr/database/testing';
import { drizzle } from 'drizzle-orm/node-postgres';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createStore, type Scan } from '../src/store.ts';
import { deliver, logIn, type Running, START_TIMEOUT_MS, scanned, serviceToken, startApp } from './start-app.ts';

const kinds = (await postgresAvailable()) ? (['embedded', 'postgres'] as const) : (['embedded'] as const);
const NOON = Date.parse('2026-03-31T12:00:00Z');
const DAY_MS = 86_400_000;
const TABLES = ['scans', 'daily_scans', 'daily_visitors', 'dirty_days'];

type Person = Awaited<ReturnType<typeof logIn>>;

/** Seven scans of people and one of a bot around the ends of a month and a week: 28 February 2026 was a Saturday. */
function lunchScans({ userId: qr_owner_id, qrId: qr_id }: Person) {
  const code = { qr_id, qr_owner_id };
  const mobile = { ...code, device_type: 'mobile', browser: 'Safari', country: 'DE', is_bot: false };
  return [
    scanned('2026-02-28T00:00:00.000Z', { ...mobile, distinct_id: '$device:v1' }),
    scanned('2026-02-28T23:59:59.999Z', { ...mobile, distinct_id: '$device:v1' }),
    scanned('2026-03-01T00:00:00.000Z', {
      ...code,
      device_type: 'desktop',
      browser: 'Chrome',
      country: 'FR',
      distinct_id: '$device:v2',
    }),
    scanned('2026-03-01T08:00:00.000Z', {
      ...code,
      device_type: 'bot',
      browser: 'Googlebot',
      country: 'US',
      is_bot: true,
    }),
    scanned('2026-03-02T00:00:00.000Z', { ...mobile, distinct_id: '$device:v3' }),
    scanned('2026-03-02T10:00:00.000Z', { ...mobile, distinct_id: '$device:v3' }),
    scanned('2026-03-02T11:00:00.000Z', {
      ...code,
      device_type: 'mobile',
      browser: 'Chrome',
      country: 'unknown',
      distinct_id: '$device:v4',
    }),
    scanned('2026-03-31T09:00:00.000Z', { ...mobile, device_type: 'tablet', distinct_id: '$device:v5' }),
  ];
}

const lunchStatistics = {
  from: '2026-02-28',
  to: '2026-03-31',
  timeZone: 'UTC',
  scans: 7,
  uniqueVisitors: 5,
  botScans: 1,
  byCountry: [
    { value: 'DE', scans: 5 },
    { value: 'FR', scans: 1 },
    { value: 'unknown', scans: 1 },
  ],
  byDevice: [
    { value: 'mobile', scans: 5 },
    { value: 'desktop', scans: 1 },
    { value: 'tablet', scans: 1 },
  ],
  byBrowser: [
    { value: 'Safari', scans: 5 },
    { value: 'Chrome', scans: 2 },
  ],
  topDays: [
    { day: '2026-03-02', scans: 3 },
    { day: '2026-02-28', scans: 2 },
    { day: '2026-03-01', scans: 1 },
    { day: '2026-03-31', scans: 1 },
  ],
};

const lunchSeries = {
  week: [
    { start: '2026-02-23', scans: 3, uniqueVisitors: 2 },
    { start: '2026-03-02', scans: 3, uniqueVisitors: 2 },
    { start: '2026-03-09', scans: 0, uniqueVisitors: 0 },
    { start: '2026-03-16', scans: 0, uniqueVisitors: 0 },
    { start: '2026-03-23', scans: 0, uniqueVisitors: 0 },
    { start: '2026-03-30', scans: 1, uniqueVisitors: 1 },
  ],
  month: [
    { start: '2026-02-01', scans: 2, uniqueVisitors: 1 },
    { start: '2026-03-01', scans: 5, uniqueVisitors: 4 },
  ],
};

const lunchExport = [
  'day,country,device,browser,scans',
  '2026-02-28,DE,mobile,Safari,2',
  '2026-03-01,FR,desktop,Chrome,1',
  '2026-03-01,US,bot,Googlebot,1',
  '2026-03-02,DE,mobile,Safari,2',
  '2026-03-02,unknown,mobile,Chrome,1',
  '2026-03-31,DE,tablet,Safari,1',
  '',
].join('\r\n');

describe.each(kinds)('scans, on the %s database', (kind) => {
  let running: Running;
  beforeAll(async () => {
    running = await startApp(kind, { now: () => NOON });
  }, START_TIMEOUT_MS);
  afterAll(() => running.stop());
  // So that each test finds no dirty days but its own.
  beforeEach(() => running.rollUp.run());

  const statistics = async (person: Person, query = 'from=2026-02-28&to=2026-03-31') => {
    const response = await person.get(`/analytics/qrs/${person.qrId}?${query}`);
    expect(response.statusCode).toBe(200);
    return response.json();
  };
  const count = async (table: string, { userId }: Person) => {
    const { rowCount } = await running.database.pool.query(`select * from analytics.${table} where owner_id = $1`, [
      userId,
    ]);
    return rowCount;
  };

  /** Asks for everything that was counted by hand. */
  async function expectLunch(person: Person): Promise<void> {
    const { series, ...rest } = await statistics(person);
    expect(rest).toEqual({ qrId: person.qrId, interval: 'day', ...lunchStatistics });
    expect(series).toHaveLength(32);
    expect(series.filter((each: { scans: number }) => each.scans > 0)).toEqual([
      { start: '2026-02-28', scans: 2, uniqueVisitors: 1 },
      { start: '2026-03-01', scans: 1, uniqueVisitors: 1 },
      { start: '2026-03-02', scans: 3, uniqueVisitors: 2 },
      { start: '2026-03-31', scans: 1, uniqueVisitors: 1 },
    ]);
    for (const interval of ['week', 'month'] as const) {
      const answer = await statistics(person, `from=2026-02-28&to=2026-03-31&interval=${interval}`);
      expect(answer.series).toEqual(lunchSeries[interval]);
    }
    const file = await person.get(`/analytics/qrs/${person.qrId}/export.csv?from=2026-02-28&to=2026-03-31`);
    expect(file.body).toBe(lunchExport);
    const summary = (await person.get('/analytics/summary?from=2026-02-28&to=2026-03-31')).json();
    expect(summary).toMatchObject({ scans: 7, uniqueVisitors: 5, byCode: [{ qrId: person.qrId, scans: 7 }] });
    expect(summary.series).toHaveLength(32);
    expect(summary.series[2]).toEqual({ start: '2026-03-02', scans: 3 });
  }

  it('are counted by country, device and browser, alone and together, before and after a roll-up', async () => {
    const person = await logIn(running.app);
    await deliver(running.app, lunchScans(person));
    const counted = async (filter: string) => {
      const { scans, uniqueVisitors, botScans, byDevice, series } = await statistics(
        person,
        `from=2026-02-28&to=2026-03-31&interval=month&${filter}`,
      );
      expect(series.reduce((sum: number, each: { scans: number }) => sum + each.scans, 0)).toBe(scans);
      return { scans, uniqueVisitors, botScans, devices: byDevice.length };
    };
    for (const _ of ['dirty', 'rolled up']) {
      expect(await counted('country=DE')).toEqual({ scans: 5, uniqueVisitors: 3, botScans: 0, devices: 2 });
      expect(await counted('device=mobile&browser=Chrome')).toMatchObject({ scans: 1, uniqueVisitors: 1 });
      expect(await counted('browser=Googlebot')).toMatchObject({ scans: 0, uniqueVisitors: 0, botScans: 1 });
      expect(await counted(`country=${encodeURIComponent("' or true --")}`)).toMatchObject({ scans: 0 });
      await running.rollUp.run();
    }
    const file = await person.get(`/analytics/qrs/${person.qrId}/export.csv?from=2026-02-28&to=2026-03-31&country=FR`);
    expect(file.payload).toBe('day,country,device,browser,scans\r\n2026-03-01,FR,desktop,Chrome,1\r\n');
    for (const [field, value] of [
      ['country', ''],
      ['browser', 'x'.repeat(65)],
      ['device', '%00'],
    ]) {
      const response = await person.get(`/analytics/qrs/${person.qrId}?${field}=${value}`);
      expect([response.statusCode, response.json().field]).toEqual([400, field]);
    }
  });

  it('are counted as by hand before, between and after the roll-up', async () => {
    const owner = await logIn(running.app);
    const response = await deliver(running.app, lunchScans(owner));
    expect([response.statusCode, response.json()]).toEqual([200, { code: 200, num_records_imported: 8, status: 'OK' }]);
    await expectLunch(owner);
    for (const left of [3, 2, 1, 0]) {
      expect(await running.store.rollUp(1)).toBe(1);
      expect(await count('dirty_days', owner)).toBe(left);
      await expectLunch(owner);
    }
    await running.rollUp.run();
    await expectLunch(owner);
    expect(running.failures).toEqual([]);
  });

  it('count once, however often their batch is delivered, and within one batch', async () => {
    const owner = await logIn(running.app);
    const batch = lunchScans(owner);
    for (const sent of [batch, batch, [...batch, ...batch]]) {
      expect((await deliver(running.app, sent)).json()).toMatchObject({ num_records_imported: sent.length });
      await expectLunch(owner);
      await running.rollUp.run();
    }
    expect(
      (await Promise.all([1, 2, 3].map(() => deliver(running.app, batch)))).map(({ statusCode }) => statusCode),
    ).toEqual([200, 200, 200]);
    await expectLunch(owner);
  });

  it('that come late are added to a day that was rolled up', async () => {
    const owner = await logIn(running.app);
    const late = lunchScans(owner);
    await deliver(running.app, late.slice(0, 5));
    await running.rollUp.run();
    expect((await statistics(owner)).scans).toBe(4);
    await deliver(running.app, late.slice(5));
    await expectLunch(owner);
    await running.rollUp.run();
    expect(await count('dirty_days', owner)).toBe(0);
    await expectLunch(owner);
  });

  it('count once when several roll up at once', async () => {
    const owner = await logIn(running.app);
    await deliver(running.app, lunchScans(owner));
    const done = await Promise.all([1, 2, 3, 4].map(() => running.store.rollUp(2)));
    expect(done.reduce((sum, days) => sum + days, 0)).toBe(4);
    await expectLunch(owner);
  });

  it('that arrive during roll-ups are neither lost nor doubled', async () => {
    const owner = await logIn(running.app);
    const at = (n: number) =>
      scanned('2026-03-30T10:00:00Z', {
        qr_id: owner.qrId,
        qr_owner_id: owner.userId,
        distinct_id: `$device:${n % 7}`,
      });
    let seen = 0;
    const senders = [0, 1, 2, 3].map(async (sender) => {
      for (let batch = 0; batch < 10; batch++)
        expect(
          (
            await deliver(
              running.app,
              Array.from({ length: 5 }, (_, n) => at(sender * 100 + batch * 10 + n)),
            )
          ).statusCode,
        ).toBe(200);
    });
    let isOver = false;
    const others = [
      async () => void (await running.store.rollUp(10)),
      async () => void (await running.store.rollUp(10)),
      async () => {
        const { scans } = await statistics(owner);
        expect(scans).toBeGreaterThanOrEqual(seen);
        seen = scans;
      },
    ].map(async (act) => {
      while (!isOver) await act();
    });
    await Promise.all(senders);
    isOver = true;
    await Promise.all(others);
    expect(await statistics(owner)).toMatchObject({ scans: 200, uniqueVisitors: 7 });
    await running.rollUp.run();
    expect(await count('dirty_days', owner)).toBe(0);
    expect(await statistics(owner)).toMatchObject({ scans: 200, uniqueVisitors: 7 });
  });

  it('of any kind, rolled up at any moment, are what a plain count of them says', async () => {
    const day = fc.integer({ min: 1, max: 4 });
    const kinds = {
      visitor: fc.integer({ max: 3, min: 1 }),
      isBot: fc.boolean(),
      country: fc.constantFrom('DE', 'FR'),
    };
    const batch = fc.array(fc.record({ day, copyOf: fc.nat(12), ...kinds }), { maxLength: 6 });
    const step = fc.oneof(fc.record({ scans: batch }), fc.record({ rollUp: fc.integer({ min: 1, max: 3 }) }));
    const property = fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 8 }), async (steps) => {
      const owner = await logIn(running.app);
      const taken = new Map<string, ReturnType<typeof anyScan>>();
      const delivered: ReturnType<typeof anyScan>[] = [];
      for (const each of steps) {
        if ('rollUp' in each) await running.store.rollUp(each.rollUp);
        else {
          const records = each.scans.map((scan) => delivered[scan.copyOf] ?? anyScan(owner, scan));
          delivered.push(...records);
          for (const record of records) taken.set(record.properties.$insert_id, record);
          await deliver(running.app, records);
        }
        expect(await statistics(owner, 'from=2026-03-01&to=2026-03-04')).toMatchObject(naiveCount([...taken.values()]));
      }
    });
    await fc.assert(property, { numRuns: 12 });
  });

  // On the embedded database everyone waits for an open transaction.
  if (kind === 'postgres')
    it('whose transaction is still open keep their day from being rolled up', async () => {
      const owner = await logIn(running.app);
      await deliver(running.app, [scanned('2026-03-30T10:00:00Z', { qr_id: owner.qrId, qr_owner_id: owner.userId })]);
      const client = await running.database.pool.connect();
      await client.query('begin');
      const late: Scan = {
        insertId: crypto.randomUUID(),
        time: '2026-03-30T11:00:00Z',
        day: '2026-03-30',
        ownerId: owner.userId,
        qrId: owner.qrId,
        visitor: '$device:v2',
        deviceType: 'mobile',
        browser: 'Safari',
        country: 'DE',
        isBot: false,
      };
      await createStore(drizzle(client)).insertScans([late]);
      expect(await running.store.rollUp(10)).toBe(0);
      await client.query('commit');
      client.release();
      expect(await statistics(owner)).toMatchObject({ scans: 2, uniqueVisitors: 2 });
      expect(await running.store.rollUp(10)).toBe(1);
      expect(await statistics(owner)).toMatchObject({ scans: 2, uniqueVisitors: 2 });
    });

  it('of codes of one person are put together in the summary, most scanned first', async () => {
    const owner = await logIn(running.app);
    const codes = Array.from({ length: 12 }, (_, n) => `code-${String.fromCharCode(97 + n)}-${owner.userId}`);
    const scans = codes.flatMap((qr_id, n) =>
      Array.from({ length: n === 11 ? 3 : 1 }, () =>
        scanned('2026-03-30T10:00:00Z', { qr_id, qr_owner_id: owner.userId }),
      ),
    );
    await deliver(running.app, scans);
    for (const _ of ['dirty', 'rolled up']) {
      const summary = (await owner.get('/analytics/summary')).json();
      expect(summary).toMatchObject({ from: '2026-03-02', to: '2026-03-31', scans: 14, uniqueVisitors: 12 });
      expect(summary.byCode).toEqual([
        { qrId: codes[11], scans: 3 },
        ...codes.slice(0, 11).map((qrId) => ({ qrId, scans: 1 })),
      ]);
      await running.rollUp.run();
    }
  });

  it('of a day that was closed stay out when the retention is made longer', async () => {
    const owner = await logIn(running.app);
    await running.database.pool.query("update analytics.kept_from set day = '2026-03-02'");
    const response = await deliver(running.app, lunchScans(owner));
    await running.database.pool.query("update analytics.kept_from set day = '0001-01-01'");
    expect(response.json()).toMatchObject({ num_records_imported: 4 });
    expect(response.json().failed_records.map(({ index }: { index: number }) => index)).toEqual([0, 1, 2, 3]);
  });

  it('go with the owner of the code from every table, and those of others stay', async () => {
    const [owner, other] = [await logIn(running.app), await logIn(running.app)];
    for (const person of [owner, other]) await deliver(running.app, lunchScans(person));
    await running.store.rollUp(2);
    await running.rollUp.run();
    await deliver(
      running.app,
      [owner, other].map(({ userId, qrId }) => scanned('2026-03-30T10:00:00Z', { qr_id: qrId, qr_owner_id: userId })),
    );
    for (const table of TABLES) expect(await count(table, owner)).toBeGreaterThan(0);
    const erase = (headers: Record<string, string>) =>
      running.app.inject({ method: 'DELETE', url: `/internal/users/${owner.userId}`, headers });
    expect((await erase({})).statusCode).toBe(401);
    for (const _ of [1, 2]) expect((await erase({ authorization: `Bearer ${serviceToken}` })).statusCode).toBe(204);
    for (const table of TABLES) expect(await count(table, owner)).toBe(0);
    expect(await statistics(other)).toMatchObject({ scans: 8 });
  });

  // Last, as nothing older can be delivered afterwards.
  it('go after their retention, and their statistics stay', async () => {
    const owner = await logIn(running.app);
    const batch = lunchScans(owner);
    await deliver(running.app, batch);
    await running.rollUp.run();
    await expectLunch(owner);
    const before = await statistics(owner);
    // The last moment in which a scan of 2 March is taken is the end of 31 May; a day later it need not be kept any longer.
    running.clock.aheadMs = Date.parse('2026-06-01T12:00:00Z') - NOON;
    await running.rollUp.run();
    expect(await count('scans', owner)).toBe(4);
    running.clock.aheadMs += DAY_MS;
    await running.rollUp.run();
    expect([await count('scans', owner), await statistics(owner)]).toEqual([1, before]);

    const again = await deliver(running.app, batch);
    expect(again.json()).toMatchObject({ num_records_imported: 1 });
    expect(again.json().failed_records[0]).toMatchObject({
      index: 0,
      field: 'properties.time',
      message: expect.stringContaining('is before 2026-03-04'),
    });
    await running.rollUp.run();
    expect(await statistics(owner)).toEqual(before);
    expect(running.failures).toEqual([]);
  });
});

/** A scan of a person's code as a generator describes it. */
function anyScan(
  { userId, qrId }: Person,
  { day, visitor, isBot, country }: { day: number; visitor: number; isBot: boolean; country: string },
) {
  return scanned(`2026-03-0${day}T12:00:00Z`, {
    qr_id: qrId,
    qr_owner_id: userId,
    distinct_id: `$device:v${visitor}`,
    is_bot: isBot,
    country,
  });
}

/** What must be counted of scans, each looked at by itself. */
function naiveCount(scans: readonly ReturnType<typeof anyScan>[]) {
  const people = scans.map(({ properties }) => properties).filter((each) => !each['is_bot']);
  const onDay = (day: string) => people.filter(({ time }) => new Date(time).toISOString().startsWith(day));
  const series = ['2026-03-01', '2026-03-02', '2026-03-03', '2026-03-04'].map((start) => ({
    start,
    scans: onDay(start).length,
    uniqueVisitors: new Set(onDay(start).map(({ distinct_id }) => distinct_id)).size,
  }));
  const from = (country: string) => people.filter((each) => each['country'] === country).length;
  return {
    scans: people.length,
    botScans: scans.length - people.length,
    uniqueVisitors: series.reduce((sum, { uniqueVisitors }) => sum + uniqueVisitors, 0),
    series,
    byCountry: ['DE', 'FR']
      .map((value) => ({ value, scans: from(value) }))
      .filter((each) => each.scans > 0)
      .sort((a, b) => b.scans - a.scans),
  };
}
