import { describe, expect, it } from 'vitest';
import { answer, happened, refusal } from './reports.ts';

type Events = Parameters<typeof answer>[0];

const JUNE_1 = {
  born_event: 'Sign up',
  event: 'Scan',
  from_date: '2026-06-01',
  to_date: '2026-06-01',
  interval_count: 3,
};

function ask(events: Events, parameters: Record<string, unknown>): Promise<unknown> {
  return answer(events, 'retention', parameters);
}

/** Ann signs up at a time and scans at others. */
function scansAfter(birth: string, ...scans: readonly string[]): Events {
  return [happened('Sign up', 'ann', birth), ...scans.map((at) => happened('Scan', 'ann', at))];
}

// docs.mixpanel.com/docs/reports/retention#calendar-retention-mode: rolling and calendar intervals.
describe('an interval of retention', () => {
  const eightPm = '2026-06-01T20:00:00';

  it.each([
    ['rolling', '2026-06-02T06:00:00', [1, 0, 0, 0]],
    ['calendar', '2026-06-02T06:00:00', [0, 1, 0, 0]],
    // Day N is from 24 N hours on, to 24 (N + 1) hours, which no longer belong to it.
    ['rolling', '2026-06-02T19:59:59.999', [1, 0, 0, 0]],
    ['rolling', '2026-06-02T20:00:00', [0, 1, 0, 0]],
    ['rolling', '2026-06-03T20:00:00', [0, 0, 1, 0]],
    ['calendar', '2026-06-03T00:00:00', [0, 0, 1, 0]],
    ['calendar', '2026-06-01T23:59:59', [1, 0, 0, 0]],
    // Past the last interval.
    ['rolling', '2026-06-05T20:00:00', [0, 0, 0, 0]],
    // Before the birth, on its day.
    ['calendar', '2026-06-01T19:00:00', [0, 0, 0, 0]],
  ])('%s: a return at %s is %j', async (mode, scan, counts) => {
    expect(await ask(scansAfter(eightPm, scan), { ...JUNE_1, mode })).toEqual({ '2026-06-01': { counts, first: 1 } });
  });

  it.each([
    // Friday, 5 June 2026, to Monday: another week of the calendar after three days.
    ['week', 'rolling', '2026-06-05', '2026-06-08', [1, 0]],
    ['week', 'calendar', '2026-06-05', '2026-06-08', [0, 1]],
    ['week', 'rolling', '2026-06-05', '2026-06-12', [0, 1]],
    ['month', 'rolling', '2026-02-25', '2026-03-03', [1, 0]],
    ['month', 'calendar', '2026-02-25', '2026-03-03', [0, 1]],
    // A rolling month has 30 days.
    ['month', 'rolling', '2026-03-01', '2026-03-31', [0, 1]],
    ['month', 'calendar', '2026-03-01', '2026-03-31', [1, 0]],
    ['month', 'calendar', '2025-12-31', '2026-01-01', [0, 1]],
  ])('by %s, %s: born %s, back %s is %j', async (unit, mode, born, back, counts) => {
    const events = scansAfter(`${born}T12:00:00`, `${back}T12:00:00`);
    const answered = await ask(events, { ...JUNE_1, from_date: born, to_date: born, unit, mode, interval_count: 1 });
    expect(Object.values(answered as object)).toEqual([{ counts, first: 1 }]);
  });

  it('is of several units when asked', async () => {
    const events = scansAfter('2026-06-01T12:00:00', '2026-06-02T12:00:00', '2026-06-06T12:00:00');
    expect(await ask(events, { ...JUNE_1, interval: 2 })).toEqual({ '2026-06-01': { counts: [1, 0, 1, 0], first: 1 } });
  });

  it('follows the calendar of the time zone, and no clock change moves a rolling one', async () => {
    const timezone = 'Europe/Prague';
    // 29 March 2026 has 23 hours in Prague: half past midnight comes again after 23 of them.
    const events = scansAfter('2026-03-29T00:30:00+01:00', '2026-03-30T00:30:00+02:00');
    const range = { ...JUNE_1, from_date: '2026-03-29', to_date: '2026-03-29', interval_count: 1, timezone };
    expect(await ask(events, range)).toEqual({ '2026-03-29': { counts: [1, 0], first: 1 } });
    expect(await ask(events, { ...range, mode: 'calendar' })).toEqual({ '2026-03-29': { counts: [0, 1], first: 1 } });
    // The same events are of 28 March in New York, both of them in the evening.
    const newYork = { ...range, timezone: 'America/New_York', from_date: '2026-03-28', to_date: '2026-03-28' };
    expect(await ask(events, { ...newYork, mode: 'calendar' })).toEqual({ '2026-03-28': { counts: [0, 1], first: 1 } });
  });
});

// docs.mixpanel.com/docs/reports/retention#retention-criteria; reference/retention-query, unbounded_retention
describe('retention on, and on or after, an interval', () => {
  const events = [
    ...scansAfter('2026-06-01T12:00:00', '2026-06-01T13:00:00', '2026-06-03T13:00:00'),
    happened('Sign up', 'bob', '2026-06-01T12:00:00'),
    happened('Scan', 'bob', '2026-06-20T12:00:00'),
    happened('Sign up', 'eve', '2026-06-01T12:00:00'),
  ];

  it('is bounded unless asked otherwise, unlike the vendor shows it on its page', async () => {
    expect(await ask(events, JUNE_1)).toEqual({ '2026-06-01': { counts: [1, 0, 1, 0], first: 3 } });
  });

  it('counts any later return when unbounded, also one after the last interval shown', async () => {
    const unbounded = { ...JUNE_1, unbounded_retention: true };
    expect(await ask(events, unbounded)).toEqual({ '2026-06-01': { counts: [2, 2, 2, 1], first: 3 } });
  });
});

// reference/retention-query: birth is first time, compounded recurring.
describe('the birth of a user', () => {
  const range = { from_date: '2026-06-01', to_date: '2026-06-03', interval_count: 2 };

  it('is the first time ever, also before the range', async () => {
    const events = [
      happened('Sign up', 'ann', '2026-05-01T12:00:00'),
      happened('Sign up', 'ann', '2026-06-01T12:00:00'),
      happened('Sign up', 'bob', '2026-06-02T12:00:00'),
      happened('Sign up', 'bob', '2026-06-03T11:00:00'),
      happened('Scan', 'bob', '2026-06-03T12:00:00'),
    ];
    expect(await ask(events, { ...range, born_event: 'Sign up', event: 'Scan' })).toEqual({
      '2026-06-01': { counts: [0, 0, 0], first: 0 },
      '2026-06-02': { counts: [0, 1, 0], first: 1 },
      '2026-06-03': { counts: [0, 0, 0], first: 0 },
    });
  });

  it('puts a user once into each unit when recurring', async () => {
    const events = ['06-01T12', '06-01T13', '06-02T12', '06-03T12'].map((at) =>
      happened('Scan', 'ann', `2026-${at}:00:00`),
    );
    expect(await ask(events, { ...range, retention_type: 'compounded', event: 'Scan' })).toEqual({
      // Born at 12:00 on the first: back at 13:00, and 24 and 48 hours later.
      '2026-06-01': { counts: [1, 1, 1], first: 1 },
      '2026-06-02': { counts: [0, 1, 0], first: 1 },
      '2026-06-03': { counts: [0, 0, 0], first: 1 },
    });
  });

  it('gathers users by weeks from Monday on', async () => {
    const events = ['2026-05-31', '2026-06-01', '2026-06-07'].map((date, index) =>
      happened('Sign up', `user-${index}`, `${date}T12:00:00`),
    );
    const weeks = { born_event: 'Sign up', from_date: '2026-05-31', to_date: '2026-06-07', unit: 'week' };
    expect(await ask(events, weeks)).toEqual({
      '2026-05-25': { counts: [0, 0], first: 1 },
      '2026-06-01': { counts: [0, 0], first: 2 },
    });
  });

  // Not stated by the vendor but for streaks.
  it('is no return to itself, while an event at the same moment is one', async () => {
    const at = '2026-06-01T12:00:00';
    const same = { ...range, to_date: '2026-06-01', born_event: 'Scan', event: 'Scan' };
    expect(await ask([happened('Scan', 'ann', at)], same)).toEqual({ '2026-06-01': { counts: [0, 0, 0], first: 1 } });
    const twice = [happened('Scan', 'ann', at), happened('Scan', 'ann', at)];
    expect(await ask(twice, same)).toEqual({ '2026-06-01': { counts: [1, 0, 0], first: 1 } });
    const other = [happened('Scan', 'ann', at), happened('Sign up', 'ann', at)];
    expect(await ask(other, { ...same, born_event: 'Sign up' })).toEqual({
      '2026-06-01': { counts: [1, 0, 0], first: 1 },
    });
  });

  it('leaves nobody out of account, merges a device with its user, and counts a repeat once', async () => {
    const events = [
      happened('Scan', '', '2026-06-01T12:00:00'),
      happened('Scan', '$device:d1', '2026-06-01T12:00:00', {}, 'same'),
      happened('Scan', '$device:d1', '2026-06-01T12:00:00', {}, 'same'),
      happened('Login', 'ann', '2026-06-02T13:00:00', { $device_id: 'd1', $user_id: 'ann' }),
    ];
    const any = { ...range, to_date: '2026-06-01', born_event: 'Scan' };
    expect(await ask(events, any)).toEqual({ '2026-06-01': { counts: [0, 1, 0], first: 1 } });
  });
});

describe('filters of retention', () => {
  const events = [
    happened('Scan', 'ann', '2026-06-01T10:00:00', { country: 'DE' }),
    happened('Scan', 'ann', '2026-06-01T12:00:00', { country: 'CZ' }),
    happened('Scan', 'ann', '2026-06-02T12:00:00', { country: 'AT' }),
    happened('Scan', 'bob', '2026-06-01T12:00:00', { country: 'DE' }),
  ];
  const scans = { ...JUNE_1, born_event: 'Scan', interval_count: 1 };

  it.each([
    [{ born_where: 'properties["country"] == "CZ"' }, { counts: [0, 1], first: 1 }],
    [{ where: 'properties["country"] == "CZ"' }, { counts: [1, 0], first: 2 }],
    [
      { where: 'properties["country"] == "AT"', retention_type: 'compounded' },
      { counts: [0, 0], first: 0 },
    ],
    // Both are ignored when recurring, as the vendor says.
    [
      { born_event: 'Sign up', born_where: 'properties["country"] == "CZ"', retention_type: 'compounded' },
      { counts: [1, 1], first: 2 },
    ],
  ])('%j', async (parameters, expected) => {
    expect(await ask(events, { ...scans, ...parameters })).toEqual({ '2026-06-01': expected });
  });
});

describe('GET /api/query/retention refuses, and says why', () => {
  it.each([
    [{ born_event: undefined }, 'born_event is required when retention_type is birth'],
    [{ retention_type: 'first' }, 'retention_type must be one of birth, compounded'],
    [{ unit: 'hour' }, 'unit must be one of day, week, month'],
    [{ interval: 91 }, 'interval must be <= 90'],
    [{ interval_count: 0 }, 'interval_count must be >= 1'],
    [{ unbounded_retention: 'maybe' }, 'unbounded_retention must be boolean'],
    [{ mode: 'sliding' }, 'mode must be one of rolling, calendar'],
    [{ born_where: 'x' }, 'born_where is not understood from "x" on'],
    [{ where: 'x' }, 'where is not understood from "x" on'],
    [{ on: 'country' }, 'on is not supported here; parameters are from_date'],
  ])('%j', async (parameters, sentence) => {
    const { born_event, ...rest } = { ...JUNE_1, ...parameters };
    expect(await refusal('retention', born_event === undefined ? rest : { born_event, ...rest })).toContain(
      `400 ${sentence}`,
    );
  });
});
