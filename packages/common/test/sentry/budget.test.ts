import { uuid4 } from '@sentry/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  createErrorBudget,
  type Summary,
  type Suppressed,
  unlimited,
} from '../../../telemetry/src/errors/rate-limit.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

beforeEach(() => vi.useFakeTimers({ now: 1_700_000_000_000, toFake: ['Date', 'setInterval', 'clearInterval'] }));
afterEach(() => vi.useRealTimers());

/** An error of a place of its own, in the code as well. */
function errorOf(place: string): Error {
  const message = `broken at ${place}`;
  const stack = `Error: ${message}\n    at handle${place.replace(/\W/g, '')} (/srv/app.js:1:1)`;
  return Object.assign(new Error(message), { stack });
}

/** A budget, and the books of somebody who reads its events. */
function startBudget({ perMonth = 5000, loses = false } = {}) {
  const sent: { place: string; suppressed: Suppressed; isSummary: boolean }[] = [];
  const summaries: Summary[] = [];
  const said: string[] = [];
  const idOf = new Map<string, string>();
  const budget = createErrorBudget({
    perMonth,
    send(summary) {
      summaries.push(summary);
      const place = idOf.get(summary.fingerprint) ?? 'other';
      sent.push({ place, suppressed: summary, isSummary: true });
      budget.settle(summary.eventId);
    },
    log: (message) => said.push(message),
    warn: (message) => said.push(message),
  });
  const judged: { eventId: string; isSuppressed: boolean }[] = [];
  return {
    budget,
    sent,
    summaries,
    said,
    judged,
    /** Errors at a place, one after the other. */
    fail(place: string, times = 1) {
      for (let n = 0; n < times; n++) {
        const eventId = uuid4();
        const verdict = budget.judge(errorOf(place), eventId, place);
        idOf.set(verdict.fingerprint ?? '', place);
        judged.push({ eventId, isSuppressed: verdict.isSuppressed });
        if (verdict.isSuppressed) continue;
        sent.push({ place, suppressed: verdict.suppressed, isSummary: false });
        if (!loses) budget.settle(eventId);
      }
    },
    reportedAt: (place: string) => sent.filter((event) => event.place === place && !event.isSummary).length,
    /** Errors that the events tell of. */
    told: (place?: string) =>
      sent
        .filter((event) => place === undefined || event.place === place)
        .reduce((sum, { suppressed, isSummary }) => sum + suppressed.count + (isSummary ? 0 : 1), 0),
  };
}

describe('one fingerprint', () => {
  it.each<[name: string, steps: [waitMs: number, errors: number][], reported: number[]]>([
    ['the first 10 are reported whole', [[0, 10]], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
    [
      'then one after 1, 2, 4, 8 ... suppressed ones',
      [[0, 80]],
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 29, 46, 79],
    ],
    [
      'an hour later one more is whole',
      [
        [0, 11],
        [HOUR, 3],
      ],
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14],
    ],
    [
      'after ten quiet hours it is new again',
      [
        [0, 30],
        [10 * HOUR, 12],
      ],
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 29, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 42],
    ],
    [
      'a clock that is set back gives nothing',
      [
        [0, 10],
        [-HOUR, 1],
      ],
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    ],
  ])('%s', (_, steps, reported) => {
    const { fail, judged } = startBudget();
    for (const [waitMs, errors] of steps) {
      vi.setSystemTime(Date.now() + waitMs);
      fail('GET /a', errors);
    }
    expect(judged.flatMap(({ isSuppressed }, index) => (isSuppressed ? [] : [index + 1]))).toEqual(reported);
  });

  it('tells of each suppressed error once, by count, and of the last 20 by id', () => {
    const { fail, sent, judged, told, budget } = startBudget();
    fail('GET /a', 79);
    expect(sent.slice(9).map(({ suppressed }) => suppressed.count)).toEqual([0, 1, 2, 4, 8, 16, 32]);
    expect(sent.at(-1)?.suppressed.ids).toEqual(judged.slice(58, 78).map(({ eventId }) => eventId));
    expect(told()).toBe(79);
    fail('GET /a', 5);
    expect(told() + budget.stats().unannounced).toBe(84);
    expect(budget.stats()).toMatchObject({ reported: 16, suppressed: 68, unannounced: 5 });
  });
});

describe('the total', () => {
  it('holds a tenth of the month at once', () => {
    const { fail, sent } = startBudget();
    for (let n = 0; n < 60; n++) fail(`GET /${String.fromCharCode(97 + (n % 26)).repeat(1 + n / 26)}`, 10);
    expect(sent).toHaveLength(500);
  });

  it('keeps room for a new fault while old ones storm', () => {
    const { fail, reportedAt } = startBudget({ perMonth: 200 });
    fail('GET /old', 10);
    fail('GET /old', 1000);
    expect(reportedAt('GET /old')).toBe(10);
    fail('GET /new', 10);
    expect(reportedAt('GET /new')).toBe(10);
  });

  it('lets no month see more than the budget, and every error is accounted for', () => {
    const { fail, sent, told, budget, judged } = startBudget({ perMonth: 300 });
    for (let hour = 0; hour < 31 * 24; hour++) {
      for (let n = 0; n < 6; n++) fail(`GET /${'abcdefghijkl'[(hour + n) % 12]}`, 5);
      vi.advanceTimersByTime(HOUR);
    }
    expect(sent.length).toBeLessThanOrEqual(300);
    expect(sent.length).toBeGreaterThan(250);
    expect(told() + budget.stats().unannounced).toBe(judged.length);
    budget.announce();
    expect(told()).toBe(judged.length);
  });

  it('of 0 is none: everything is reported', () => {
    for (let n = 0; n < 100; n++) expect(unlimited.judge('broken', uuid4(), 'GET /a').isSuppressed).toBe(false);
  });
});

describe('a fingerprint that does not occur again', () => {
  it('is told of by a summary after an hour, which counts no error', () => {
    const { fail, summaries, budget } = startBudget();
    fail('GET /a', 14);
    vi.advanceTimersByTime(HOUR - MINUTE);
    expect(summaries).toEqual([]);
    vi.advanceTimersByTime(MINUTE);
    expect(summaries).toMatchObject([{ count: 2, title: 'Error in GET /a' }]);
    vi.advanceTimersByTime(5 * HOUR);
    expect(summaries).toHaveLength(1);
    expect(budget.stats()).toMatchObject({ reported: 11, suppressed: 3, unannounced: 0 });
  });

  it('is told of when the process closes, whatever the budget has left', () => {
    const { fail, summaries, told, budget } = startBudget({ perMonth: 10 });
    for (const place of ['GET /a', 'GET /b', 'GET /c']) fail(place, 5);
    budget.announce();
    budget.announce();
    expect(summaries.map(({ count }) => count)).toEqual([5, 5, 4]);
    expect(told()).toBe(15);
    vi.advanceTimersByTime(24 * HOUR);
    fail('GET /d');
    // What the summaries have overdrawn is missing.
    expect(budget.stats()).toMatchObject({ reported: 1, suppressed: 15 });
  });
});

it('an event that the SDK drops counts as suppressed, with all that it should have told of', () => {
  const { fail, budget, summaries } = startBudget({ loses: true });
  fail('GET /a', 12);
  expect(budget.stats()).toMatchObject({ reported: 11, suppressed: 1, unannounced: 0 });
  vi.advanceTimersByTime(6 * MINUTE);
  expect(budget.stats()).toMatchObject({ reported: 0, suppressed: 12, unannounced: 12 });
  budget.announce();
  expect(summaries).toMatchObject([{ count: 12 }]);
  expect(summaries[0]?.ids).toHaveLength(12);
});

it('fingerprints beyond 500 are told of together, and none is lost', () => {
  const { budget, fail, judged, told, summaries } = startBudget({ perMonth: 10 });
  const word = (n: number) => n.toString(26).replace(/\d/g, (digit) => 'qrstuvwxyz'[Number(digit)] ?? '');
  for (let n = 0; n < 2000; n++) fail(`GET /${word(n)}`);
  expect(budget.stats().unannounced).toBe(1999);
  expect(budget.stats().byFingerprint).toHaveLength(20);
  budget.announce();
  expect(summaries).toHaveLength(500);
  expect(summaries[0]).toMatchObject({ fingerprint: 'other', count: 1500 });
  expect(summaries[0]?.ids).toHaveLength(20);
  expect(told()).toBe(judged.length);
});

it('says once a minute what was suppressed, and nothing when nothing was', () => {
  const { fail, said } = startBudget();
  fail('GET /a', 10);
  vi.advanceTimersByTime(MINUTE);
  expect(said).toEqual([]);
  fail('GET /a', 5);
  vi.advanceTimersByTime(MINUTE);
  expect(said).toEqual([
    expect.stringMatching(/^3 errors of the last minute .* 3 × Error in GET \/a \([0-9a-f]{12}\)/),
  ]);
  vi.advanceTimersByTime(MINUTE);
  expect(said).toHaveLength(1);
});
