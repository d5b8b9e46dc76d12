import { describe, expect, it } from 'vitest';
import { addDays, countDays, dayOf, startOf, startsBetween } from '../src/days.ts';

describe('a day', () => {
  it.each([
    ['2026-03-29T00:59:59.999Z', '2026-03-29'],
    ['2026-03-28T23:59:59.999Z', '2026-03-28'],
    ['2024-02-29T12:00:00.000Z', '2024-02-29'],
  ])('of %s is %s, wherever the server stands', (at, day) => {
    expect(dayOf(Date.parse(at))).toBe(day);
  });

  it.each([
    ['2024-02-28', 1, '2024-02-29'],
    ['2026-02-28', 1, '2026-03-01'],
    ['2026-01-01', -1, '2025-12-31'],
    // The clocks of Europe change on this day.
    ['2026-03-29', 1, '2026-03-30'],
  ])('%s and %i more is %s', (day, days, expected) => {
    expect(addDays(day, days)).toBe(expected);
  });

  it('counts with both ends', () => {
    expect(countDays('2026-03-01', '2026-03-01')).toBe(1);
    expect(countDays('2024-01-01', '2024-12-31')).toBe(366);
  });
});

describe('an interval', () => {
  it.each([
    ['2026-03-02', 'week', '2026-03-02'],
    ['2026-03-08', 'week', '2026-03-02'],
    ['2026-01-01', 'week', '2025-12-29'],
    ['2026-03-31', 'month', '2026-03-01'],
    ['2026-03-31', 'day', '2026-03-31'],
  ] as const)('that holds %s begins, as a %s, on %s', (day, interval, start) => {
    expect(startOf(day, interval)).toBe(start);
  });

  it('is there once, with nothing between, from the first day to the last', () => {
    expect(startsBetween('2025-12-31', '2026-02-01', 'month')).toEqual(['2025-12-01', '2026-01-01', '2026-02-01']);
    expect(startsBetween('2026-03-01', '2026-03-02', 'week')).toEqual(['2026-02-23', '2026-03-02']);
    expect(startsBetween('2026-03-01', '2026-03-01', 'day')).toEqual(['2026-03-01']);
  });
});
