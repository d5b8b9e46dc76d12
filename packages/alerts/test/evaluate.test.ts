import { describe, expect, it } from 'vitest';
import { type AlertRule, evaluate, NoDataError, type QueryClient } from '../src/index.ts';
import { ruleWith } from './rules.ts';

const NOW = Date.parse('2026-06-30T12:20:00Z');

/** A client that knows what it is told, and refuses everything else. */
function clientWith(answers: Partial<QueryClient>): QueryClient {
  const refuse = () => Promise.reject(new Error('This test did not expect the question.'));
  return {
    timeZone: 'UTC',
    countErrors: refuse,
    countNewIssues: refuse,
    requestDuration: refuse,
    eventsPerBucket: refuse,
    conversion: refuse,
    ...answers,
  };
}

async function stateOf(rule: AlertRule, answers: Partial<QueryClient>, now = NOW) {
  const [state] = await evaluate([rule], clientWith(answers), now);
  if (state === undefined) throw new Error('one rule has one state');
  const { from, to, ...rest } = state;
  return { ...rest, window: [from, to].map((time) => new Date(time).toISOString()) };
}

const errorsAbove = (above: number) =>
  ruleWith({ measure: { kind: 'errors', windowMinutes: 60 }, condition: { above } });
const signupsBelow = (below: number) =>
  ruleWith({
    measure: { kind: 'events', event: 'signup_completed', unit: 'day', count: 'total' },
    condition: { below },
  });
const scansAbove = (above: number) =>
  ruleWith({ measure: { kind: 'events', event: 'qr_scanned', unit: 'hour', count: 'total' }, condition: { above } });
const answers = (counts: Readonly<Record<string, number>>): Partial<QueryClient> => ({
  eventsPerBucket: async () => new Map(Object.entries(counts)),
});

describe('a bound', () => {
  it.each([
    [100, 'ok'],
    [101, 'firing'],
    [0, 'ok'],
  ])('of more than 100, with %i, is %s', async (value, status) => {
    expect(await stateOf(errorsAbove(100), { countErrors: async () => value })).toMatchObject({ status, value });
  });

  it.each([
    [0.05, 'ok'],
    [0.049_999, 'firing'],
  ])('is compared with a value that is not rounded: %f of 0.05 is %s', async (value, status) => {
    const rule = ruleWith({
      measure: { kind: 'conversion', steps: ['a', 'b'], windowDays: 7, days: 7 },
      condition: { below: 0.05 },
    });
    const conversion = async () => ({ entered: 1_000_000, converted: value * 1_000_000 });
    expect(await stateOf(rule, { conversion })).toMatchObject({ status, value });
  });
});

describe('a rule on errors, issues or requests', () => {
  it('is about the minutes up to now', async () => {
    const asked: unknown[] = [];
    const state = await stateOf(errorsAbove(100), {
      countErrors: async (window) => {
        asked.push(window);
        return 3;
      },
    });
    expect(asked).toEqual([{ from: NOW - 3_600_000, to: NOW }]);
    expect(state.window).toEqual(['2026-06-30T11:20:00.000Z', '2026-06-30T12:20:00.000Z']);
  });

  it('on the time of requests has no data without requests', async () => {
    const rule = ruleWith({
      measure: { kind: 'request_duration', percentile: 95, windowMinutes: 60 },
      condition: { above: 5000 },
    });
    expect(await stateOf(rule, { requestDuration: async () => null })).toMatchObject({
      status: 'no_data',
      value: null,
      reason: 'No request was traced in this time.',
    });
  });
});

describe('a rule on too many events', () => {
  const lastHour = ['2026-06-30T11:00:00.000Z', '2026-06-30T12:00:00.000Z'];
  const present = ['2026-06-30T12:00:00.000Z', '2026-06-30T12:20:00.000Z'];

  it.each([
    ['the present hour, as a count only rises', 900, 1001, 'firing', 1001, present],
    ['the last hour, until the next is over', 1001, 10, 'firing', 1001, lastHour],
    ['the larger of both when neither is too much', 900, 20, 'ok', 900, lastHour],
    ['the last hour when both are equal', 0, 0, 'ok', 0, lastHour],
  ])('is about %s', async (_which, last, now, status, value, window) => {
    const counts = { '2026-06-30 11:00:00': last, '2026-06-30 12:00:00': now };
    expect(await stateOf(scansAbove(1000), answers(counts))).toMatchObject({ status, value, window });
  });

  it('at midnight asks for the day before too', async () => {
    const asked: unknown[] = [];
    await stateOf(
      scansAbove(1000),
      {
        eventsPerBucket: async (query) => {
          asked.push(query);
          return new Map([['2026-06-30 23:00:00', 5]]);
        },
      },
      Date.parse('2026-07-01T00:00:00Z'),
    );
    expect(asked).toEqual([
      { event: 'qr_scanned', unit: 'hour', count: 'total', fromDate: '2026-06-30', toDate: '2026-07-01' },
    ]);
  });
});

describe('a rule on too few events', () => {
  it('is about the last complete day only: today is not over', async () => {
    expect(await stateOf(signupsBelow(10), answers({ '2026-06-29': 10, '2026-06-30': 2 }))).toMatchObject({
      status: 'ok',
      value: 10,
      window: ['2026-06-29T00:00:00.000Z', '2026-06-30T00:00:00.000Z'],
    });
  });

  it('fires on a day without any when one of the seven days before had some', async () => {
    const counts = { '2026-06-22': 1, '2026-06-29': 0 };
    expect(await stateOf(signupsBelow(10), answers(counts))).toMatchObject({ status: 'firing', value: 0 });
  });

  it('has no data when the event never came: that says nothing about a drop', async () => {
    const counts = { '2026-06-21': 40, '2026-06-29': 0, '2026-06-30': 0 };
    expect(await stateOf(signupsBelow(10), answers(counts))).toMatchObject({
      status: 'no_data',
      reason: 'No signup_completed came in this time, nor in the 7 days before.',
    });
  });

  it('of an hour looks back over 24 hours', async () => {
    const rule = ruleWith({ ...scansAbove(0), condition: { below: 1 } });
    const before = await stateOf(rule, answers({ '2026-06-29 11:00:00': 1, '2026-06-30 11:00:00': 0 }));
    expect(before.status).toBe('firing');
    const longBefore = await stateOf(rule, answers({ '2026-06-29 10:00:00': 1, '2026-06-30 11:00:00': 0 }));
    expect(longBefore.reason).toBe('No qr_scanned came in this time, nor in the 24 hours before.');
  });

  it('has no data, rather than a false alarm, when the days of the answer are those of another zone', async () => {
    expect(await stateOf(signupsBelow(10), answers({ '2026-06-30': 5 }))).toMatchObject({
      status: 'no_data',
      reason: `The answer has no point "2026-06-29": is UTC the project's time zone?`,
    });
  });
});

describe('a rule on a conversion', () => {
  const rule = ruleWith({
    measure: { kind: 'conversion', steps: ['signup_completed', 'qr_created'], windowDays: 7, days: 7 },
    condition: { below: 0.05 },
  });
  const askedAt = async (now: string, timeZone = 'UTC') => {
    const asked: unknown[] = [];
    const client = clientWith({
      timeZone,
      conversion: async ({ fromDate, toDate }) => {
        asked.push(fromDate, toDate);
        return { entered: 1, converted: 1 };
      },
    });
    const [state] = await evaluate([rule], client, Date.parse(now));
    return [...asked, ...[state?.from, state?.to].map((time) => new Date(time ?? 0).toISOString())];
  };

  it('counts the last days of entries of which everybody has had their time', async () => {
    // Whoever entered on the 22nd had until the end of the 29th at the latest.
    expect(await askedAt('2026-06-30T00:00:00Z')).toEqual([
      '2026-06-16',
      '2026-06-22',
      '2026-06-16T00:00:00.000Z',
      '2026-06-23T00:00:00.000Z',
    ]);
    expect((await askedAt('2026-06-29T23:59:59.999Z')).slice(0, 2)).toEqual(['2026-06-15', '2026-06-21']);
  });

  it('waits for the hour that the clocks took from a week, and no longer', async () => {
    // The 22nd ended at 23:00 UTC; a week of hours later it is 1 o'clock on the 30th, as the 29th has 23 hours.
    expect((await askedAt('2026-03-29T22:59:59Z', 'Europe/Prague')).slice(0, 2)).toEqual(['2026-03-15', '2026-03-21']);
    expect((await askedAt('2026-03-29T23:00:00Z', 'Europe/Prague')).slice(0, 2)).toEqual(['2026-03-16', '2026-03-22']);
  });

  it('has no data when nobody entered', async () => {
    const state = await stateOf(rule, { conversion: async () => ({ entered: 0, converted: 0 }) });
    expect(state).toMatchObject({ status: 'no_data', reason: 'Nobody entered: no signup_completed in this time.' });
  });
});

describe('a question that is not answered', () => {
  it('leaves the other rules as they are, and is told of unless nobody is to blame', async () => {
    const broken = new Error('Sentry at sentry.io answered 500.');
    const client = clientWith({
      countErrors: async () => {
        throw broken;
      },
      countNewIssues: async () => {
        throw new NoDataError('Sentry is not asked.');
      },
      requestDuration: async () => 10,
    });
    const rules = [
      { ...errorsAbove(100), name: 'Broken' },
      ruleWith({ name: 'Not asked', measure: { kind: 'new_issues', windowMinutes: 60 }, condition: { above: 0 } }),
      ruleWith({
        name: 'Good',
        measure: { kind: 'request_duration', percentile: 50, windowMinutes: 60 },
        condition: { above: 5 },
      }),
    ];
    const failures: unknown[] = [];
    const states = await evaluate(rules, client, NOW, ({ name }, error) => failures.push([name, error]));
    expect(states).toMatchObject([
      { rule: 'Broken', status: 'no_data', value: null, reason: broken.message },
      { rule: 'Not asked', status: 'no_data', reason: 'Sentry is not asked.' },
      { rule: 'Good', status: 'firing', value: 10, at: NOW },
    ]);
    expect(failures).toEqual([['Broken', broken]]);
  });
});
