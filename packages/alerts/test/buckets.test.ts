import { describe, expect, it } from 'vitest';
import { type Bucket, type BucketUnit, bucketAt, bucketsBefore } from '../src/buckets.ts';

const shown = ({ label, from, to }: Bucket) => [label, new Date(from).toISOString(), (to - from) / 3_600_000];
const at = (time: string, unit: BucketUnit, zone: string) => shown(bucketAt(Date.parse(time), unit, zone));

describe('the bucket of a moment', () => {
  it.each<[string, BucketUnit, string, unknown[]]>([
    ['2026-06-30T21:59:59.999Z', 'day', 'UTC', ['2026-06-30', '2026-06-30T00:00:00.000Z', 24]],
    ['2026-06-30T22:00:00Z', 'day', 'Europe/Prague', ['2026-07-01', '2026-06-30T22:00:00.000Z', 24]],
    ['2026-06-30T21:59:59.999Z', 'day', 'Europe/Prague', ['2026-06-30', '2026-06-29T22:00:00.000Z', 24]],
    ['2026-06-30T12:00:00Z', 'hour', 'UTC', ['2026-06-30 12:00:00', '2026-06-30T12:00:00.000Z', 1]],
    // Half an hour off UTC: the hour of the wall is another.
    ['2026-06-30T12:10:00Z', 'hour', 'Asia/Kolkata', ['2026-06-30 17:00:00', '2026-06-30T11:30:00.000Z', 1]],
    ['1969-12-31T23:50:00Z', 'hour', 'UTC', ['1969-12-31 23:00:00', '1969-12-31T23:00:00.000Z', 1]],
  ])('%s by %s in %s', (time, unit, zone, expected) => {
    expect(at(time, unit, zone)).toEqual(expected);
  });

  it('is a day of 23 hours when the clocks go forward, and of 25 when they go back', () => {
    expect(at('2026-03-29T12:00:00Z', 'day', 'Europe/Prague')).toEqual(['2026-03-29', '2026-03-28T23:00:00.000Z', 23]);
    expect(at('2026-10-25T12:00:00Z', 'day', 'Europe/Prague')).toEqual(['2026-10-25', '2026-10-24T22:00:00.000Z', 25]);
  });

  it('is one hour of two where the clocks show it twice, and there is none for an hour that they leave out', () => {
    const twice = ['2026-10-25 02:00:00', '2026-10-25T00:00:00.000Z', 2];
    expect(at('2026-10-25T00:30:00Z', 'hour', 'Europe/Prague')).toEqual(twice);
    expect(at('2026-10-25T01:30:00Z', 'hour', 'Europe/Prague')).toEqual(twice);
    const after = bucketAt(Date.parse('2026-03-29T01:30:00Z'), 'hour', 'Europe/Prague');
    expect([after, ...bucketsBefore(after, 1, 'hour', 'Europe/Prague')].map(({ label }) => label)).toEqual([
      '2026-03-29 03:00:00',
      '2026-03-29 01:00:00',
    ]);
  });

  it('is an hour and a half where the clocks go back by half an hour', () => {
    expect(at('2026-04-04T15:15:00Z', 'hour', 'Australia/Lord_Howe')).toEqual([
      '2026-04-05 01:00:00',
      '2026-04-04T14:00:00.000Z',
      1.5,
    ]);
  });
});

describe('the buckets before one', () => {
  it('are calendar days, the latest first, over a change of the clocks too', () => {
    const monday = bucketAt(Date.parse('2026-03-30T10:00:00Z'), 'day', 'Europe/Prague');
    expect(bucketsBefore(monday, 3, 'day', 'Europe/Prague').map(shown)).toEqual([
      ['2026-03-29', '2026-03-28T23:00:00.000Z', 23],
      ['2026-03-28', '2026-03-27T23:00:00.000Z', 24],
      ['2026-03-27', '2026-03-26T23:00:00.000Z', 24],
    ]);
  });

  it('leave out a day that a zone never had', () => {
    const last = bucketAt(Date.parse('2011-12-31T00:00:00Z'), 'day', 'Pacific/Apia');
    expect(last.label).toBe('2011-12-31');
    expect(bucketsBefore(last, 1, 'day', 'Pacific/Apia').map(({ label }) => label)).toEqual(['2011-12-29']);
  });
});
