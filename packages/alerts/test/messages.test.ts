import { describe, expect, it } from 'vitest';
import { type AlertState, type AlertStatus, changesOf, messagesOf } from '../src/index.ts';
import { ruleWith } from './rules.ts';

const FROM = Date.parse('2026-11-20T11:00:00Z');

function state(status: AlertStatus, value: number | null = status === 'no_data' ? null : 134): AlertState {
  const reason = status === 'no_data' ? { reason: 'Sentry cannot be reached.' } : {};
  return { rule: 'Error spike', status, value, from: FROM, to: FROM + 3_600_000, at: FROM + 3_600_000, ...reason };
}

const rule = ruleWith({
  name: 'Error spike',
  description: 'More than 100 errors were reported within an hour.',
  measure: { kind: 'errors', windowMinutes: 60 },
  condition: { above: 100 },
  runbook: 'error-spike',
});

describe('a change', () => {
  it.each<[AlertStatus | 'unknown', AlertStatus, string | undefined]>([
    ['unknown', 'firing', 'started'],
    ['unknown', 'ok', undefined],
    ['unknown', 'no_data', undefined],
    ['ok', 'firing', 'started'],
    ['ok', 'no_data', 'lost_data'],
    ['ok', 'ok', undefined],
    ['firing', 'firing', undefined],
    ['firing', 'ok', 'stopped'],
    ['firing', 'no_data', 'lost_data'],
    ['no_data', 'firing', 'started'],
    ['no_data', 'ok', undefined],
    ['no_data', 'no_data', undefined],
  ])('from %s to %s is %s', (before, after, kind) => {
    const changes = changesOf(before === 'unknown' ? [] : [state(before)], [state(after)]);
    expect(changes.map((change) => change.kind)).toEqual(kind === undefined ? [] : [kind]);
  });

  it('of a rule that is gone is none', () => {
    expect(changesOf([state('firing')], [])).toEqual([]);
    expect(messagesOf(changesOf([], [state('firing')]), [])).toEqual([]);
  });
});

describe('a message', () => {
  const told = (before: AlertState[], after: AlertState, given = rule) =>
    messagesOf(changesOf(before, [after]), [given]);

  it('of what began says what, how much, when, whose it is and what to do', () => {
    expect(told([], state('firing', 1034))).toEqual([
      'Firing: Error spike. More than 100 errors were reported within an hour. Now 1,034, the rule fires above 100 ' +
        '(2026-11-20 11:00 to 12:00 UTC). Severity high, owner platform, see docs/operations.md#error-spike.',
    ]);
  });

  it('of good news says so', () => {
    expect(told([], state('firing'), { ...rule, isGoodNews: true })[0]).toMatch(/^Good news: Error spike\./);
  });

  it('of what is over says how much there is now', () => {
    expect(told([state('firing')], state('ok', 3))).toEqual([
      'Over: Error spike. Now 3, the rule fires above 100 (2026-11-20 11:00 to 12:00 UTC).',
    ]);
  });

  it('of lost data says why, and that the rule was firing', () => {
    expect(told([state('firing')], state('no_data'))).toEqual([
      'No data: Error spike. It was firing. Sentry cannot be reached.',
    ]);
  });

  it('writes shares and durations as people read them, to two digits', () => {
    const conversion = {
      ...rule,
      measure: { kind: 'conversion', steps: ['a', 'b'], windowDays: 7, days: 7 },
      condition: { below: 0.05 },
    } as const;
    expect(told([], state('firing', 0.049_999), conversion)[0]).toContain('Now 5 %, the rule fires below 5 %');
    const slow = {
      ...rule,
      measure: { kind: 'request_duration', percentile: 95, windowMinutes: 60 },
      condition: { above: 5000 },
    } as const;
    expect(told([], state('firing', 5210.456), slow)[0]).toContain('Now 5,210.46 ms, the rule fires above 5,000 ms');
  });

  it('names both days of a time that is longer', () => {
    const long = { ...state('firing'), to: FROM + 86_400_000 };
    expect(told([], long)[0]).toContain('(2026-11-20 11:00 to 2026-11-21 11:00 UTC)');
  });
});
