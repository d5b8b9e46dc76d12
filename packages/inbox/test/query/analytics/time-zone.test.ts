import { describe, expect, it } from 'vitest';
import { openTimeZone } from '../../../src/query/analytics/calendar.ts';

const DAY_MS = 86_400_000;

function startOf(zone: string, date: string): string {
  return new Date(openTimeZone(zone).startOfDay(Date.parse(date) / DAY_MS)).toISOString();
}

// The IANA time zone database.
describe('the start of a day', () => {
  it.each([
    ['UTC', '2026-03-29', '2026-03-29T00:00:00.000Z'],
    ['Europe/Prague', '2026-03-29', '2026-03-28T23:00:00.000Z'],
    ['Europe/Prague', '2026-03-30', '2026-03-29T22:00:00.000Z'],
    ['Europe/Prague', '2026-10-26', '2026-10-25T23:00:00.000Z'],
    ['America/New_York', '2026-11-02', '2026-11-02T05:00:00.000Z'],
    ['Asia/Kolkata', '2026-01-01', '2025-12-31T18:30:00.000Z'],
    ['Pacific/Kiritimati', '2026-01-01', '2025-12-31T10:00:00.000Z'],
    ['Pacific/Pago_Pago', '2026-01-01', '2026-01-01T11:00:00.000Z'],
    // Clocks went from 23:59:59 to 01:00:00: the day began at 01:00.
    ['America/Sao_Paulo', '2018-11-04', '2018-11-04T03:00:00.000Z'],
    // Samoa crossed the date line and had no 30 December 2011: that day has no length.
    ['Pacific/Apia', '2011-12-30', '2011-12-30T10:00:00.000Z'],
    ['Pacific/Apia', '2011-12-31', '2011-12-30T10:00:00.000Z'],
  ])('%s, %s', (zone, date, expected) => {
    expect(startOf(zone, date)).toBe(expected);
  });

  it('is where the calendar day changes', () => {
    for (const name of [
      'Europe/Prague',
      'America/New_York',
      'Australia/Lord_Howe',
      'Africa/Cairo',
      'America/Santiago',
    ]) {
      const zone = openTimeZone(name);
      for (let day = 20_454; day < 20_454 + 366; day += 1) {
        const start = zone.startOfDay(day);
        expect([zone.dayOf(start - 1), zone.dayOf(start)], `${name}, day ${day}`).toEqual([day - 1, day]);
      }
    }
  });
});
