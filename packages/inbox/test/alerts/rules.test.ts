import { type AlertState, createQueryClient, evaluate, sourcesFrom } from '@qr/alerts';
import { alertRules } from '@qr/observability/alerts';
import { describe, expect, it } from 'vitest';
import type { Alerts } from '../../src/alerts/routes.ts';
import { type Captured, captured } from './captured.ts';

type Ask = (inbox: Captured, now: string, timeZone?: string) => Promise<readonly AlertState[]>;

/** The same answers, whether the inbox evaluates the rules itself or somebody asks it as the vendors are asked. */
const WAYS: readonly (readonly [string, Ask])[] = [
  [
    'GET /api/alerts',
    async ({ url }, _now, timeZone = 'UTC') => {
      const response = await fetch(`${url}/api/alerts?timezone=${encodeURIComponent(timeZone)}`);
      return ((await response.json()) as Alerts).alerts.map(({ state }) => state);
    },
  ],
  [
    'the client of the vendors',
    ({ url }, now, timeZone) => {
      const sources = sourcesFrom({ INBOX_URL: url, MIXPANEL_TIME_ZONE: timeZone });
      const client = createQueryClient({ ...sources, fetch });
      return evaluate(alertRules, client, Date.parse(now));
    },
  ],
];

const NOON = '2026-06-30T12:00:00.000Z';

describe.each(WAYS)('the six rules of the platform, by %s', (_way, ask) => {
  const stateOf = async (inbox: Captured, rule: string, now = NOON, timeZone?: string) => {
    const found = (await ask(inbox, now, timeZone)).find((state) => state.rule === rule);
    return found && [found.status, found.value, found.reason].filter((part) => part !== undefined);
  };
  const times = (count: number, at: string) => Array.from({ length: count }, () => at);

  it('are quiet, or without data, where nothing has arrived', async () => {
    const inbox = await captured(NOON, alertRules);
    expect((await ask(inbox, NOON)).map(({ rule, status, value }) => [rule, status, value])).toEqual([
      ['Error spike', 'ok', 0],
      ['New issue', 'ok', 0],
      ['Slow requests', 'no_data', null],
      ['Signup drop', 'no_data', null],
      ['Scan spike', 'ok', 0],
      ['Conversion drop', 'no_data', null],
    ]);
  });

  it('count the errors of the last hour: its first moment belongs to it, and the moment before does not', async () => {
    const inbox = await captured(NOON, alertRules);
    await inbox.fail('TypeError', '2026-06-30T10:59:59.999Z', ...times(99, '2026-06-30T11:30:00Z'));
    await inbox.fail('TypeError', '2026-06-30T11:00:00.000Z', '2026-06-30T12:00:00.000Z');
    // 99 and the one of 11:00; those of 10:59:59.999 and of this very moment are not of the hour.
    expect(await stateOf(inbox, 'Error spike')).toEqual(['ok', 100]);
    await inbox.fail('TypeError', '2026-06-30T11:59:59.999Z');
    expect(await stateOf(inbox, 'Error spike')).toEqual(['firing', 101]);
  });

  it('see an issue as new by its first error, not by one of this hour', async () => {
    const inbox = await captured(NOON, alertRules);
    await inbox.fail('OldError', '2026-06-29T11:00:00Z', '2026-06-30T11:30:00Z');
    expect(await stateOf(inbox, 'New issue')).toEqual(['ok', 0]);
    await inbox.fail('NewError', '2026-06-30T11:40:00Z', '2026-06-30T11:50:00Z');
    expect(await stateOf(inbox, 'New issue')).toEqual(['firing', 1]);
  });

  it('know how long 95 of 100 requests took, of requests at services alone', async () => {
    const inbox = await captured(NOON, alertRules);
    await inbox.serve('2026-06-30T10:59:59Z', 90_000);
    await inbox.serve('2026-06-30T11:30:00Z', ...times(19, '').map(() => 100), 8000);
    // The 19th of 20 is the 95th percentile.
    expect(await stateOf(inbox, 'Slow requests')).toEqual(['ok', 100]);
    await inbox.serve('2026-06-30T11:40:00Z', 5000.001);
    // Of 21 the 20th.
    expect(await stateOf(inbox, 'Slow requests')).toEqual(['firing', 5000.001]);
  });

  it('count sign-ups of yesterday, and not of today', async () => {
    const inbox = await captured(NOON, alertRules);
    const signups = (count: number, at: string) =>
      Array.from({ length: count }, (_, index) => ['signup_completed', `${at} ${index}`, at] as const);
    await inbox.import(...signups(9, '2026-06-29T00:00:00Z'), ...signups(20, '2026-06-30T00:00:00Z'));
    expect(await stateOf(inbox, 'Signup drop')).toEqual(['firing', 9]);
    await inbox.import(...signups(1, '2026-06-29T23:59:59.999Z'));
    expect(await stateOf(inbox, 'Signup drop')).toEqual(['ok', 10]);
  });

  it('count by days of the project, of 23 hours when the clocks go forward', async () => {
    // The 29th in Prague is from 23:00 to 22:00 UTC.
    const now = '2026-03-30T10:00:00.000Z';
    const inbox = await captured(now, alertRules);
    await inbox.import(
      ['signup_completed', 'before', '2026-03-28T22:59:59.999Z'],
      ['signup_completed', 'first', '2026-03-28T23:00:00.000Z'],
      ['signup_completed', 'second', '2026-03-28T23:30:00.000Z'],
      ['signup_completed', 'last', '2026-03-29T21:59:59.999Z'],
      ['signup_completed', 'after', '2026-03-29T22:00:00.000Z'],
    );
    expect(await stateOf(inbox, 'Signup drop', now, 'Europe/Prague')).toEqual(['firing', 3]);
    expect(await stateOf(inbox, 'Signup drop', now, 'UTC')).toEqual(['firing', 2]);
  });

  it('take an hour that the clocks show twice as one of two hours', async () => {
    const now = '2026-10-25T01:30:00.000Z';
    const inbox = await captured(now, alertRules);
    const scans = (count: number, at: string) =>
      Array.from({ length: count }, (_, index) => ['qr_scanned', `${at} ${index}`, at] as const);
    await inbox.import(...scans(501, '2026-10-25T00:30:00Z'), ...scans(500, '2026-10-25T01:10:00Z'));
    // Both are 02:xx in Prague, and different hours in UTC.
    expect(await stateOf(inbox, 'Scan spike', now, 'Europe/Prague')).toEqual(['firing', 1001]);
    expect(await stateOf(inbox, 'Scan spike', now, 'UTC')).toEqual(['ok', 501]);
  });

  it('count conversions of those whose week is over, and of each person the first entry', async () => {
    const inbox = await captured(NOON, alertRules);
    await inbox.import(
      // Entries of the 16th to the 22nd: a week is over for the last of them with the end of the 29th.
      ['signup_completed', 'too early', '2026-06-15T23:59:59.999Z'],
      ['qr_created', 'too early', '2026-06-16T01:00:00Z'],
      ['signup_completed', 'converts', '2026-06-16T00:00:00Z'],
      ['qr_created', 'converts', '2026-06-23T00:00:00Z'],
      ['signup_completed', 'too late', '2026-06-22T23:59:59.999Z'],
      ['qr_created', 'too late', '2026-06-30T00:00:00Z'],
      ['signup_completed', 'not yet', '2026-06-23T00:00:00Z'],
    );
    expect(await stateOf(inbox, 'Conversion drop')).toEqual(['ok', 0.5]);
    const others = Array.from({ length: 18 }, (_, index) => `other ${index}`);
    await inbox.import(...others.map((user) => ['signup_completed', user, '2026-06-20T12:00:00Z'] as const));
    expect(await stateOf(inbox, 'Conversion drop')).toEqual(['ok', 0.05]);
    await inbox.import(['signup_completed', 'one more', '2026-06-20T12:00:00Z']);
    expect(await stateOf(inbox, 'Conversion drop')).toEqual(['firing', 1 / 21]);
  });

  it('say why they have no data', async () => {
    const inbox = await captured(NOON, alertRules);
    await inbox.import(['signup_completed', 'long ago', '2026-06-01T12:00:00Z']);
    const reasons = (await ask(inbox, NOON)).map(({ reason }) => reason).filter(Boolean);
    expect(reasons).toEqual([
      'No request was traced in this time.',
      'No signup_completed came in this time, nor in the 7 days before.',
      'Nobody entered: no signup_completed in this time.',
    ]);
  });
});

describe('GET /api/alerts', () => {
  it('answers with each rule as it is written, and without rules with none', async () => {
    const inbox = await captured(NOON, alertRules.slice(0, 1));
    expect(await (await fetch(`${inbox.url}/api/alerts`)).json()).toEqual({
      timeZone: 'UTC',
      alerts: [
        {
          rule: alertRules[0],
          state: {
            rule: 'Error spike',
            status: 'ok',
            value: 0,
            from: Date.parse(NOON) - 3_600_000,
            to: Date.parse(NOON),
            at: Date.parse(NOON),
          },
        },
      ],
    });
    const without = await captured(NOON, []);
    expect(await (await fetch(`${without.url}/api/alerts`)).json()).toEqual({ timeZone: 'UTC', alerts: [] });
  });

  it('refuses a time zone that is none', async () => {
    const inbox = await captured(NOON, alertRules);
    const response = await fetch(`${inbox.url}/api/alerts?timezone=Atlantis`);
    expect([response.status, ((await response.json()) as { message: string }).message]).toEqual([
      400,
      'timezone must be an IANA name such as Europe/Prague, got "Atlantis"',
    ]);
  });
});
