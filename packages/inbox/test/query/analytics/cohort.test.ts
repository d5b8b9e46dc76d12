import { describe, expect, it } from 'vitest';
import { answer, happened, profile, refusal } from './reports.ts';

const SCANS = { event: 'Scan', from_date: '2026-06-30', to_date: '2026-06-30', type: 'unique' };

type Events = Parameters<typeof answer>[0];

/** Everybody scans on 30 June; who of them is in the cohort? */
async function members(created: Events, cohort: object, parameters: object = {}): Promise<string[]> {
  const users = [...new Set(created.map(({ distinctId }) => distinctId))];
  const scans = users.map((user) => happened('Scan', user, '2026-06-30T10:00:00', { user }));
  const query = { ...SCANS, ...parameters, on: 'user', type: 'general', cohort };
  const { data } = (await answer([...created, ...scans], 'segmentation', query)) as { data: { values: object } };
  return Object.keys(data.values).sort();
}

// docs.mixpanel.com/docs/users/cohorts
describe('a behavioural cohort', () => {
  const created = [
    happened('Create', 'ann', '2026-06-24T00:00:00', { type: 'url' }),
    happened('Create', 'ann', '2026-06-25T00:00:00', { type: 'wifi' }),
    happened('Create', 'bob', '2026-06-23T23:59:59', { type: 'url' }),
    happened('Create', 'bob', '2026-06-30T23:59:59', { type: 'url' }),
    happened('Create', 'eve', '2026-05-01T00:00:00', { type: 'url' }),
    happened('Other', 'joe', '2026-06-30T00:00:00'),
    happened('Create', '', '2026-06-30T00:00:00'),
  ];

  it.each([
    [{}, ['ann', 'bob', 'eve']],
    [{ at_least: 2 }, ['ann', 'bob']],
    [{ at_least: 3 }, []],
    // Seven calendar days to the end of today, 30 June: from the start of the 24th on.
    [{ last_days: 7, at_least: 2 }, ['ann']],
    [{ last_days: 8, at_least: 2 }, ['ann', 'bob']],
    [{ last_days: 1 }, ['bob']],
    [{ from_date: '2026-05-01', to_date: '2026-06-23' }, ['bob', 'eve']],
    [{ where: 'properties["type"] == "url"', at_least: 2 }, ['bob']],
    [{ where: 'properties["type"] == "wifi"' }, ['ann']],
  ])('%j is %j', async (definition, expected) => {
    expect(await members(created, { event: 'Create', ...definition })).toEqual(expected);
  });

  // "Did not do" and combinations by AND and OR: docs.mixpanel.com/docs/users/cohorts
  it.each([
    [{ event: 'Create', did: false }, ['joe']],
    [{ event: 'Create', did: false, last_days: 7 }, ['eve', 'joe']],
    [{ event: 'Create', did: false, at_least: 2 }, ['eve', 'joe']],
    [{ event: 'Nothing', did: false }, ['ann', 'bob', 'eve', 'joe']],
    [{ all: [{ event: 'Create' }, { event: 'Create', did: false, last_days: 7 }] }, ['eve']],
    [{ any: [{ event: 'Other' }, { event: 'Create', where: 'properties["type"] == "wifi"' }] }, ['ann', 'joe']],
    [{ all: [{ any: [{ event: 'Other' }, { event: 'Create' }] }, { event: 'Create', last_days: 1 }] }, ['bob']],
    [{ profile: 'properties["plan"] == "pro"' }, ['ann', 'joe']],
    [{ all: [{ profile: 'properties["plan"] == "pro"' }, { event: 'Create' }] }, ['ann']],
    [{ profile: 'defined(properties["plan"])' }, ['ann', 'bob', 'joe']],
  ])('%j is %j', async (cohort, expected) => {
    const people = [
      profile('ann', { plan: 'free' }),
      profile('ann', { plan: 'pro' }),
      profile('bob', { plan: 'free' }),
      profile('joe', { plan: 'pro' }),
    ];
    expect(await members([...created, ...people], cohort)).toEqual(expected);
  });

  it("counts the days of the project's time zone", async () => {
    // It is 30 June in UTC and 1 July in Tokyo when the report is asked for.
    const events = [happened('Create', 'ann', '2026-06-30T14:00:00'), happened('Create', 'bob', '2026-06-30T16:00:00')];
    const today = { event: 'Create', last_days: 1 };
    expect(await members(events, today)).toEqual(['ann', 'bob']);
    expect(await members(events, today, { timezone: 'Asia/Tokyo' })).toEqual(['bob']);
  });

  it('merges a device with its user and counts a repeat once', async () => {
    const events = [
      happened('Create', '$device:d1', '2026-06-01T10:00:00', {}, 'one'),
      happened('Create', '$device:d1', '2026-06-01T10:00:00', {}, 'one'),
      happened('Create', 'ann', '2026-06-02T10:00:00', { $device_id: 'd1', $user_id: 'ann' }),
    ];
    expect(await members(events, { event: 'Create', at_least: 2 })).toEqual(['$device:d1', 'ann']);
    expect(await members(events, { event: 'Create', at_least: 3 })).toEqual([]);
  });

  it('filters funnels and retention, too', async () => {
    const day = { from_date: '2026-06-30', to_date: '2026-06-30', cohort: { event: 'Create', last_days: 1 } };
    const scans = ['ann', 'bob'].flatMap((user) => [
      happened('Scan', user, '2026-06-30T10:00:00'),
      happened('Scan', user, '2026-06-30T11:00:00'),
    ]);
    const events = [...created, ...scans];
    expect(await answer(events, 'funnels', { ...day, steps: ['Scan', 'Scan'] })).toMatchObject({
      overall: { analysis: { starting_amount: 1, completion: 1 } },
    });
    expect(await answer(events, 'retention', { ...day, born_event: 'Scan', event: 'Scan' })).toEqual({
      '2026-06-30': { counts: [1, 0], first: 1 },
    });
  });

  it.each([
    ['Create', 'cohort must be JSON such as {"event": "qr_created",'],
    [{}, 'cohort must be {"event": "qr_created",'],
    [{ event: 'Create', atLeast: 2 }, 'cohort must be {"event": "qr_created",'],
    [
      { event: 'Create', last_days: 1, to_date: '2026-06-01' },
      'cohort must have last_days or from_date and to_date, got both',
    ],
    [{ event: 'Create', to_date: '2026-06-01' }, 'cohort must have both from_date and to_date, got to_date'],
    [
      { event: 'Create', from_date: '2026-06-31', to_date: '2026-06-01' },
      'cohort.from_date must be a date as YYYY-MM-DD, from 1970 on, got "2026-06-31"',
    ],
    [{ all: [] }, 'cohort must be {"event": "qr_created",'],
    [{ any: [{ event: 'Create' }, { who: 'ann' }] }, 'got {"who":"ann"}'],
    [{ profile: 'x' }, 'cohort.profile is not understood from "x" on'],
    [{ event: 'Create', where: 'x' }, 'cohort.where is not understood from "x" on'],
  ])('refuses %j, and says why', async (cohort, sentence) => {
    const said = await refusal('segmentation', { ...SCANS, cohort });
    expect(said).toMatch(/^400 cohort/);
    expect(said).toContain(sentence);
  });
});
