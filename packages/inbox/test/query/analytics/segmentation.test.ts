import { describe, expect, it } from 'vitest';
import { goodEvent, post, read } from '../../requests.ts';
import { inboxesForTests } from '../../with-inbox.ts';
import { answer, happened, refusal } from './reports.ts';

const DAYS = { event: 'Scan', from_date: '2026-06-01', to_date: '2026-06-03' };

/** The only series of a report without a breakdown. */
async function series(
  ...[events, parameters]: [Parameters<typeof answer>[0], Record<string, unknown>]
): Promise<unknown> {
  const { data } = (await answer(events, 'segmentation', parameters)) as { data: { values: Record<string, unknown> } };
  return data.values['Scan'];
}

/** Each segment with the sum of its series. */
async function sums(
  ...[events, parameters]: [Parameters<typeof answer>[0], Record<string, unknown>]
): Promise<unknown> {
  const { data } = (await answer(events, 'segmentation', parameters)) as {
    data: { values: Record<string, Record<string, number>> };
  };
  return Object.fromEntries(
    Object.entries(data.values).map(([name, points]) => [name, Object.values(points).reduce((sum, n) => sum + n, 0)]),
  );
}

// docs.mixpanel.com/docs/reports/insights: total events, unique users; reference/segmentation-query: shape, average.
describe('GET /api/query/segmentation counts', () => {
  const events = [
    happened('Scan', 'ann', '2026-06-01T08:00:00'),
    happened('Scan', 'ann', '2026-06-01T09:00:00'),
    happened('Scan', 'bob', '2026-06-01T10:00:00'),
    happened('Scan', 'ann', '2026-06-03T08:00:00'),
    happened('Other', 'ann', '2026-06-03T08:00:00'),
  ];

  it('events, in the shape of the vendor', async () => {
    expect(await answer(events, 'segmentation', DAYS)).toEqual({
      legend_size: 1,
      data: {
        series: ['2026-06-01', '2026-06-02', '2026-06-03'],
        values: { Scan: { '2026-06-01': 3, '2026-06-02': 0, '2026-06-03': 1 } },
      },
      overall: { Scan: 4 },
    });
  });

  it('users, each in every bucket they touched', async () => {
    const unique = { ...DAYS, type: 'unique' };
    expect(await series(events, unique)).toEqual({ '2026-06-01': 2, '2026-06-02': 0, '2026-06-03': 1 });
    // Ann is one user of the month: uniques of days do not add up to it.
    expect(await series(events, { ...unique, unit: 'month' })).toEqual({ '2026-06-01': 2 });
  });

  it('users of the whole range, where who touched several buckets is one', async () => {
    const overall = async (parameters: object) =>
      (await answer(events, 'segmentation', { ...DAYS, ...parameters }))['overall'];
    expect(await overall({ type: 'unique' })).toEqual({ Scan: 2 });
    // Ann three times, Bob once.
    expect(await overall({ type: 'average' })).toEqual({ Scan: 2 });
    expect(await overall({ type: 'unique', on: 'country' })).toEqual({ undefined: 2 });
  });

  it('events a user', async () => {
    const average = { ...DAYS, type: 'average' };
    expect(await series(events, average)).toEqual({ '2026-06-01': 1.5, '2026-06-02': 0, '2026-06-03': 1 });
  });

  it('events of nobody in totals alone', async () => {
    const nobody = [
      ...events,
      happened('Scan', '', '2026-06-02T08:00:00'),
      happened('Scan', '', '2026-06-01T08:00:00'),
    ];
    expect(await series(nobody, DAYS)).toMatchObject({ '2026-06-01': 4, '2026-06-02': 1 });
    expect(await series(nobody, { ...DAYS, type: 'unique' })).toMatchObject({ '2026-06-01': 2, '2026-06-02': 0 });
    expect(await series(nobody, { ...DAYS, type: 'average' })).toMatchObject({ '2026-06-01': 1.5, '2026-06-02': 0 });
  });

  it('from the first moment of the first day to the last of the last', async () => {
    const edges = ['2026-05-31T23:59:59.999', '2026-06-01T00:00:00', '2026-06-03T23:59:59.999', '2026-06-04T00:00:00'];
    const found = await series(
      edges.map((at) => happened('Scan', 'ann', at)),
      DAYS,
    );
    expect(found).toEqual({ '2026-06-01': 1, '2026-06-02': 0, '2026-06-03': 1 });
  });
});

// docs.mixpanel.com/reference/event-deduplication; docs/tracking-methods/id-management/identifying-users-simplified
describe('GET /api/query/segmentation knows', () => {
  it('a repeat by name, user, time and $insert_id, and counts the one that came last', async () => {
    const at = '2026-06-01T08:00:00';
    const events = [
      happened('Scan', 'ann', at, { country: 'CZ' }, 'same'),
      happened('Scan', 'ann', at, { country: 'DE' }, 'same'),
      happened('Scan', 'bob', at, { country: 'DE' }, 'same'),
      happened('Scan', 'ann', '2026-06-01T08:00:01', { country: 'DE' }, 'same'),
    ];
    expect(await sums(events, { ...DAYS, on: 'country' })).toEqual({ DE: 3 });
    // The replaced version is gone before filters look: it must not come back by asking for it.
    expect(await sums(events, { ...DAYS, where: 'properties["country"] == "CZ"' })).toEqual({ Scan: 0 });
  });

  it('a device that logged in later as the user who did', async () => {
    const events = [
      happened('Scan', '$device:d1', '2026-06-01T08:00:00'),
      happened('Login', 'ann', '2026-06-01T09:00:00', { $device_id: 'd1', $user_id: 'ann' }),
      happened('Scan', 'ann', '2026-06-01T10:00:00'),
    ];
    expect(await series(events, { ...DAYS, type: 'unique' })).toMatchObject({ '2026-06-01': 1 });
  });

  it('an event that came from the device and again from its user as one', async () => {
    const events = [
      happened('Scan', '$device:d1', '2026-06-01T08:00:00', {}, 'same'),
      happened('Scan', 'ann', '2026-06-01T08:00:00', { $device_id: 'd1', $user_id: 'ann' }, 'same'),
    ];
    expect(await series(events, DAYS)).toMatchObject({ '2026-06-01': 1 });
  });

  const start = inboxesForTests();
  it('what was sent to the inbox', async () => {
    const inbox = await start();
    const device = { $device_id: 'd1', distinct_id: '$device:d1', time: Date.parse('2026-06-01T12:00:00Z') / 1000 };
    await post(inbox, '/import', [goodEvent(device), goodEvent({ ...device, $user_id: 'ann', distinct_id: 'ann' })]);
    const query = 'event=qr_created&type=unique&from_date=2026-06-01&to_date=2026-06-01';
    expect(await read(inbox, `/api/query/segmentation?${query}`)).toMatchObject({
      data: { values: { qr_created: { '2026-06-01': 1 } } },
    });
  });
});

// docs.mixpanel.com/docs/orgs-and-projects/managing-projects: buckets follow the project's time zone.
describe('GET /api/query/segmentation in the time zone of the project', () => {
  const midnight = [happened('Scan', 'ann', '2026-06-01T23:30:00'), happened('Scan', 'bob', '2026-06-02T00:30:00')];

  it.each([
    ['UTC', { '2026-06-01': 1, '2026-06-02': 1, '2026-06-03': 0 }],
    ['Europe/Prague', { '2026-06-01': 0, '2026-06-02': 2, '2026-06-03': 0 }],
    ['America/New_York', { '2026-06-01': 2, '2026-06-02': 0, '2026-06-03': 0 }],
    ['Asia/Kathmandu', { '2026-06-01': 0, '2026-06-02': 2, '2026-06-03': 0 }],
  ])('%s', async (timezone, expected) => {
    expect(await series(midnight, { ...DAYS, timezone })).toEqual(expected);
  });

  it('has no bucket for the hour that summer time leaves out', async () => {
    // Europe/Prague, 29 March 2026: 01:59:59 +01:00 is followed by 03:00:00 +02:00.
    const spring = { event: 'Scan', from_date: '2026-03-29', to_date: '2026-03-29', timezone: 'Europe/Prague' };
    const events = [
      happened('Scan', 'a', '2026-03-29T01:59:59+01:00'),
      happened('Scan', 'a', '2026-03-29T03:00:00+02:00'),
    ];
    const hours = (await series(events, { ...spring, unit: 'hour' })) as Record<string, number>;
    expect(Object.keys(hours)).toHaveLength(23);
    expect(Object.entries(hours).slice(0, 4)).toEqual([
      ['2026-03-29 00:00:00', 0],
      ['2026-03-29 01:00:00', 1],
      ['2026-03-29 03:00:00', 1],
      ['2026-03-29 04:00:00', 0],
    ]);
  });

  it('has one bucket for the hour that winter time repeats', async () => {
    // Europe/Prague, 25 October 2026: 02:59:59 +02:00 is followed by 02:00:00 +01:00.
    const autumn = { event: 'Scan', from_date: '2026-10-25', to_date: '2026-10-25', timezone: 'Europe/Prague' };
    const events = [
      happened('Scan', 'a', '2026-10-25T02:30:00+02:00'),
      happened('Scan', 'a', '2026-10-25T02:30:00+01:00'),
    ];
    const hours = (await series(events, { ...autumn, unit: 'hour' })) as Record<string, number>;
    expect(Object.keys(hours)).toHaveLength(24);
    expect(hours['2026-10-25 02:00:00']).toBe(2);
    const minutes = (await series(events, { ...autumn, unit: 'minute' })) as Record<string, number>;
    expect(Object.keys(minutes)).toHaveLength(1440);
    expect(minutes['2026-10-25 02:30:00']).toBe(2);
  });

  it('lets days be 23 and 25 hours long', async () => {
    const days = { event: 'Scan', timezone: 'Europe/Prague' };
    const spring = ['2026-03-28T23:00:00Z', '2026-03-29T21:59:59Z', '2026-03-29T22:00:00Z'];
    expect(
      await series(
        spring.map((at) => happened('Scan', 'a', at)),
        { ...days, from_date: '2026-03-29', to_date: '2026-03-30' },
      ),
    ).toEqual({ '2026-03-29': 2, '2026-03-30': 1 });
    const autumn = ['2026-10-24T22:00:00Z', '2026-10-25T22:59:59Z', '2026-10-25T23:00:00Z'];
    expect(
      await series(
        autumn.map((at) => happened('Scan', 'a', at)),
        { ...days, from_date: '2026-10-25', to_date: '2026-10-26' },
      ),
    ).toEqual({ '2026-10-25': 2, '2026-10-26': 1 });
  });

  it('names weeks by their Monday and months by their first, and counts only the range', async () => {
    // 1 June 2026 is a Monday.
    const events = ['2026-05-31', '2026-06-01', '2026-06-02', '2026-06-07', '2026-06-08', '2026-07-01'].map((date) =>
      happened('Scan', 'ann', `${date}T12:00:00`),
    );
    const range = { event: 'Scan', from_date: '2026-06-02', to_date: '2026-07-01' };
    expect(await series(events, { ...range, unit: 'week' })).toEqual({
      '2026-06-01': 2,
      '2026-06-08': 1,
      '2026-06-15': 0,
      '2026-06-22': 0,
      '2026-06-29': 1,
    });
    expect(await series(events, { ...range, unit: 'month' })).toEqual({ '2026-06-01': 3, '2026-07-01': 1 });
  });
});

describe('GET /api/query/segmentation by a property', () => {
  const events = [
    happened('Scan', 'ann', '2026-06-01T08:00:00', { country: 'CZ', tags: ['a', 'b', 'b'] }),
    happened('Scan', 'ann', '2026-06-02T08:00:00', { country: 'DE', tags: ['b'] }),
    happened('Scan', 'bob', '2026-06-01T08:00:00', { country: 'CZ', tags: [] }),
    happened('Scan', 'eve', '2026-06-01T08:00:00', { country: null }),
    happened('Scan', '', '2026-06-01T08:00:00', { country: 'AT' }),
  ];

  // docs.mixpanel.com/docs/reports/insights: a user counts in every segment they touched.
  it('counts a user in both segments they touched', async () => {
    const unique = { ...DAYS, type: 'unique', unit: 'month', on: 'properties["country"]' };
    expect(await sums(events, unique)).toEqual({ CZ: 2, DE: 1, undefined: 1 });
  });

  it('takes the plain name, too', async () => {
    expect(await sums(events, { ...DAYS, on: 'country' })).toEqual({ CZ: 2, AT: 1, DE: 1, undefined: 1 });
  });

  // docs.mixpanel.com/docs/data-structure/property-reference/data-type: list property support
  it('takes each item of a list on its own', async () => {
    expect(await sums(events, { ...DAYS, on: 'tags' })).toEqual({ undefined: 3, b: 2, a: 1 });
  });

  it('answers with the largest segments, the largest first', async () => {
    const answered = await answer(events, 'segmentation', { ...DAYS, on: 'country', limit: 2 });
    expect(answered).toMatchObject({ legend_size: 2 });
    expect(Object.keys((answered['data'] as { values: object }).values)).toEqual(['CZ', 'AT']);
  });

  it('is not fooled by names that every object has', async () => {
    const odd = [happened('Scan', 'ann', '2026-06-01T08:00:00', { kind: '__proto__' })];
    expect(await sums(odd, { ...DAYS, on: 'toString' })).toEqual({ undefined: 1 });
    const { data } = (await answer(odd, 'segmentation', { ...DAYS, on: 'kind' })) as { data: { values: object } };
    expect(Object.keys(data.values)).toEqual(['__proto__']);
  });
});

describe('GET /api/query/segmentation refuses, and says why', () => {
  it.each([
    [{ event: undefined }, 'event is required'],
    [{ from_date: 'yesterday' }, 'from_date must match pattern'],
    [{ from_date: '2026-02-30' }, 'from_date must be a date as YYYY-MM-DD, from 1970 on, got "2026-02-30"'],
    [{ to_date: '2026-05-01' }, 'to_date must not be before from_date 2026-06-01, got 2026-05-01'],
    [{ to_date: '2027-06-02' }, 'to_date must be within 366 days of from_date, got 367'],
    [{ unit: 'hour', to_date: '2026-07-02' }, 'to_date must be within 31 days of from_date, got 32'],
    [{ unit: 'year' }, 'unit must be one of minute, hour, day, week, month'],
    [{ type: 'sum' }, 'type must be one of general, unique, average'],
    [{ limit: 0 }, 'limit must be >= 1'],
    [{ timezone: 'Prague' }, 'timezone must be an IANA name such as Europe/Prague, got "Prague"'],
    [{ on: 'number(properties["x"])' }, 'on must be properties["name"] or the name of a property'],
    [{ where: 'properties["x"]' }, 'where is not understood from "the end" on; supported are properties["x"] with =='],
    [{ interval: 7 }, 'interval is not supported here; parameters are from_date, to_date'],
  ])('%j', async (parameters, sentence) => {
    const { event, ...rest } = { ...DAYS, ...parameters };
    expect(await refusal('segmentation', event === undefined ? rest : { event, ...rest })).toContain(`400 ${sentence}`);
  });

  it('none of what clients of the vendor send along', async () => {
    expect(await series([], { ...DAYS, project_id: 7, workspace_id: 8 })).toBeDefined();
  });
});
