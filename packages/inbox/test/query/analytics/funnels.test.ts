import { describe, expect, it } from 'vitest';
import { answer, happened, refusal } from './reports.ts';

interface Figures {
  readonly steps: readonly Record<string, number | null>[];
  readonly analysis: Record<string, number>;
}

const AB = { steps: ['A', 'B'], from_date: '2026-06-01', to_date: '2026-06-03' };

type Events = Parameters<typeof answer>[0];

/** The counts of the steps over the whole range. */
async function counts(events: Events, parameters: Record<string, unknown>): Promise<unknown> {
  const { overall } = (await answer(events, 'funnels', parameters)) as unknown as { overall: Figures };
  return overall.steps.map(({ count }) => count);
}

/** The counts of the steps of each segment. */
async function segmentCounts(events: Events, parameters: Record<string, unknown>): Promise<unknown> {
  const { overall } = (await answer(events, 'funnels', parameters)) as { overall: Record<string, Figures['steps']> };
  return Object.fromEntries(Object.entries(overall).map(([name, steps]) => [name, steps.map(({ count }) => count)]));
}

/** Ann's events on 1 June, by their names and times. */
function ann(...events: readonly (readonly [name: string, time: string])[]): Events {
  return events.map(([name, time]) => happened(name, 'ann', `2026-06-01T${time}`));
}

// docs.mixpanel.com/docs/reports/funnels/funnels-advanced#conversion-window
describe('the conversion window of a funnel', () => {
  it('starts at the first step, and a repeated first step does not move it', async () => {
    const events = ann(['A', '13:00:00'], ['A', '13:30:00'], ['B', '13:45:00'], ['C', '14:15:00']);
    const steps = ['A', 'B', 'C'];
    expect(await counts(events, { ...AB, steps, length: 1, length_unit: 'hour' })).toEqual([1, 1, 0]);
    expect(await counts(events, { ...AB, steps, length: 75, length_unit: 'minute' })).toEqual([1, 1, 1]);
  });

  // Inclusive or not: the vendor does not say.
  it('includes its last millisecond', async () => {
    const hour = { ...AB, length: 1, length_unit: 'hour' };
    expect(await counts(ann(['A', '13:00:00'], ['B', '14:00:00']), hour)).toEqual([1, 1]);
    expect(await counts(ann(['A', '13:00:00'], ['B', '14:00:00.001']), hour)).toEqual([1, 0]);
  });

  it('is seven days unless given', async () => {
    const until = (at: string): Events => [happened('A', 'ann', '2026-06-01T13:00:00'), happened('B', 'ann', at)];
    expect(await counts(until('2026-06-08T13:00:00'), AB)).toEqual([1, 1]);
    expect(await counts(until('2026-06-08T13:00:01'), AB)).toEqual([1, 0]);
  });

  // reference/funnels-query: "we will query for events past the end of to_date to look for funnel completions".
  it('reaches past the range, in which entries alone must be', async () => {
    const events = [
      happened('A', 'ann', '2026-06-03T23:59:59'),
      happened('B', 'ann', '2026-06-09T00:00:00'),
      happened('A', 'bob', '2026-06-04T00:00:00'),
      happened('B', 'bob', '2026-06-04T01:00:00'),
      happened('A', 'eve', '2026-05-31T23:59:59'),
      happened('B', 'eve', '2026-06-01T01:00:00'),
    ];
    expect(await counts(events, AB)).toEqual([1, 1]);
  });
});

// docs.mixpanel.com/docs/reports/funnels/funnels-advanced#specific-order: the four examples.
describe('the order of a funnel is loose', () => {
  const steps = ['A', 'B', 'C', 'D', 'E'];
  it.each([
    ['A B C D E', [1, 1, 1, 1, 1]],
    ['A B F C D E', [1, 1, 1, 1, 1]],
    ['A B D C D E', [1, 1, 1, 1, 1]],
    ['A B C E', [1, 1, 1, 0, 0]],
    ['B A C', [1, 0, 0, 0, 0]],
  ])('%s', async (names, expected) => {
    const events = names.split(' ').map((name, minute) => happened(name, 'ann', `2026-06-01T13:0${minute}:00`));
    expect(await counts(events, { ...AB, steps })).toEqual(expected);
  });
});

// docs.mixpanel.com/docs/reports/funnels/funnels-faq: simultaneous events.
describe('the two-second grace of a funnel', () => {
  it.each([
    ['12:59:58', [1, 1]],
    ['12:59:57.999', [1, 0]],
    // Equal times, whichever arrived first.
    ['13:00:00', [1, 1]],
  ])('B at %s counts for A at 13:00:00: %j', async (time, expected) => {
    expect(await counts(ann(['B', time], ['A', '13:00:00']), AB)).toEqual(expected);
    expect(await counts(ann(['A', '13:00:00'], ['B', time]), AB)).toEqual(expected);
  });

  it('holds between consecutive steps', async () => {
    const steps = ['A', 'B', 'C'];
    const events = ann(['C', '12:59:57'], ['B', '12:59:58.500'], ['A', '13:00:00']);
    expect(await counts(events, { ...AB, steps })).toEqual([1, 1, 1]);
    expect(await counts(ann(['C', '12:59:57'], ['A', '13:00:00'], ['B', '13:00:01']), { ...AB, steps })).toEqual([
      1, 1, 0,
    ]);
  });

  it('holds at the start of the range', async () => {
    const events = [happened('B', 'ann', '2026-05-31T23:59:59'), happened('A', 'ann', '2026-06-01T00:00:00')];
    expect(await counts(events, AB)).toEqual([1, 1]);
  });

  it('takes no time', async () => {
    const { overall } = (await answer(ann(['B', '12:59:59'], ['A', '13:00:00']), 'funnels', AB)) as unknown as {
      overall: Figures;
    };
    expect(overall.steps[1]).toMatchObject({ avg_time: 0, avg_time_from_start: 0 });
  });
});

// docs.mixpanel.com/docs/reports/funnels/funnels-advanced#counting-methods
describe('counting the entries of a funnel', () => {
  const hour = { ...AB, length: 1, length_unit: 'hour' };
  const totals = { ...hour, type: 'general' };

  it('takes the first entry of a user alone, even when a later one would convert', async () => {
    const events = ann(['A', '10:00:00'], ['A', '12:00:00'], ['B', '12:10:00']);
    expect(await counts(events, hour)).toEqual([1, 0]);
    expect(await counts(events, totals)).toEqual([2, 1]);
  });

  // funnels-faq, "differing numbers": Step 1 -> Step 1 -> Step 2 enters once.
  it('does not enter again before the attempt is over', async () => {
    expect(await counts(ann(['A', '10:00:00'], ['A', '10:01:00'], ['B', '10:02:00']), totals)).toEqual([1, 1]);
  });

  it('enters again after conversion', async () => {
    const events = ann(['A', '10:00:00'], ['B', '10:01:00'], ['A', '10:02:00'], ['B', '10:03:00'], ['A', '10:04:00']);
    expect(await counts(events, totals)).toEqual([3, 2]);
    expect(await counts(events, hour)).toEqual([1, 1]);
  });

  it('enters again once the window has passed, not in its last moment', async () => {
    expect(await counts(ann(['A', '10:00:00'], ['A', '11:00:00']), totals)).toEqual([1, 0]);
    expect(await counts(ann(['A', '10:00:00'], ['A', '11:00:00.001']), totals)).toEqual([2, 0]);
  });

  it('lets an event serve one attempt and one step', async () => {
    const grace = ann(['A', '10:00:00'], ['B', '10:00:01'], ['A', '10:00:02']);
    expect(await counts(grace, totals)).toEqual([2, 1]);
    const same = ann(['A', '10:00:00'], ['A', '10:10:00'], ['A', '10:20:00']);
    expect(await counts(same, { ...totals, steps: ['A', 'A'] })).toEqual([2, 1]);
    expect(await counts(same.slice(0, 1), { ...totals, steps: ['A', 'A'] })).toEqual([1, 0]);
  });

  it('leaves nobody out of account, merges a device with its user, and counts a repeat once', async () => {
    const events = [
      happened('A', '', '2026-06-01T10:00:00'),
      happened('B', '', '2026-06-01T10:01:00'),
      happened('A', '$device:d1', '2026-06-01T10:00:00', {}, 'same'),
      happened('A', '$device:d1', '2026-06-01T10:00:00', {}, 'same'),
      happened('B', 'ann', '2026-06-01T10:10:00', { $device_id: 'd1', $user_id: 'ann' }),
    ];
    expect(await counts(events, totals)).toEqual([1, 1]);
    expect(await counts(events, { ...totals, steps: ['A', 'A'] })).toEqual([1, 0]);
  });

  it('orders by time, not by arrival', async () => {
    expect(await counts(ann(['B', '10:30:00'], ['A', '10:00:00'], ['B', '09:00:00']), hour)).toEqual([1, 1]);
  });
});

// docs.mixpanel.com/docs/reports/funnels/funnels-advanced#filters
describe('filters of a funnel', () => {
  const events = [
    happened('A', 'ann', '2026-06-01T10:00:00', { browser: 'Chrome' }),
    happened('A', 'ann', '2026-06-01T12:00:00', { browser: 'Safari' }),
    happened('B', 'ann', '2026-06-01T12:30:00', { browser: 'Safari' }),
    happened('C', 'ann', '2026-06-01T12:40:00'),
  ];
  const hour = { ...AB, steps: ['A', 'B', 'C'], length: 1, length_unit: 'hour' };
  const where = 'properties["browser"] == "Safari"';

  it('of a step decide what the step is, before conversion', async () => {
    expect(await counts(events, hour)).toEqual([1, 0, 0]);
    expect(await counts(events, { ...hour, steps: [{ event: 'A', where }, 'B', 'C'] })).toEqual([1, 1, 1]);
    const everywhere = ['A', 'B', 'C'].map((event) => ({ event, where }));
    expect(await counts(events, { ...hour, steps: everywhere })).toEqual([1, 1, 0]);
  });

  it('of the report leave out whole entries, after conversion', async () => {
    expect(await counts(events, { ...hour, where })).toEqual([0, 0, 0]);
    expect(await counts(events, { ...hour, where, type: 'general' })).toEqual([1, 1, 1]);
  });
});

describe('a funnel by a property of its first step', () => {
  const events = [
    happened('A', 'ann', '2026-06-01T10:00:00', { country: 'CZ' }),
    happened('A', 'ann', '2026-06-01T11:00:00', { country: 'DE' }),
    happened('B', 'ann', '2026-06-01T12:00:00', { country: 'AT' }),
    happened('A', 'bob', '2026-06-02T10:00:00', { country: 'CZ' }),
  ];

  // funnels-advanced#counting-methods: "When a breakdown is applied, they can enter up to once per segment".
  it('lets a user enter once for each segment', async () => {
    expect(await segmentCounts(events, { ...AB, on: 'properties["country"]' })).toEqual({
      $overall: [2, 1],
      CZ: [2, 1],
      DE: [1, 1],
    });
  });

  it('takes the segment of each attempt when counting all', async () => {
    expect(await segmentCounts(events, { ...AB, on: 'country', type: 'general' })).toEqual({
      $overall: [2, 1],
      CZ: [2, 1],
    });
  });

  it('answers with the largest segments, for each date with those that were entered', async () => {
    const answered = (await answer(events, 'funnels', { ...AB, on: 'country', limit: 1 })) as {
      overall: object;
      data: Record<string, object>;
    };
    expect(Object.keys(answered.overall)).toEqual(['$overall', 'CZ']);
    expect(Object.values(answered.data).map(Object.keys)).toEqual([
      ['$overall', 'CZ'],
      ['$overall', 'CZ'],
      ['$overall'],
    ]);
  });
});

// docs.mixpanel.com/reference/funnels-query: the shape of the answer.
describe('the figures of a funnel', () => {
  const events = [
    ...ann(['A', '10:00:00'], ['B', '10:00:10'], ['C', '10:00:40']),
    happened('A', 'bob', '2026-06-01T10:00:00'),
    happened('B', 'bob', '2026-06-01T10:00:21'),
    happened('A', 'eve', '2026-06-02T10:00:00'),
    happened('A', 'joe', '2026-06-02T22:30:00'),
  ];
  const ABC = { ...AB, steps: ['A', 'B', 'C'] };

  it('are counts, ratios and mean seconds', async () => {
    const { meta, data, overall } = (await answer(events, 'funnels', ABC)) as {
      meta: unknown;
      data: Record<string, Figures>;
      overall: unknown;
    };
    expect(meta).toEqual({ dates: ['2026-06-01', '2026-06-02', '2026-06-03'] });
    const step = (event: string, figures: object): object => ({ event, goal: event, step_label: event, ...figures });
    expect(data['2026-06-01']).toEqual({
      steps: [
        step('A', { count: 2, step_conv_ratio: 1, overall_conv_ratio: 1, avg_time: null, avg_time_from_start: null }),
        // (10 + 21) / 2 seconds.
        step('B', { count: 2, step_conv_ratio: 1, overall_conv_ratio: 1, avg_time: 15.5, avg_time_from_start: 15.5 }),
        step('C', { count: 1, step_conv_ratio: 0.5, overall_conv_ratio: 0.5, avg_time: 30, avg_time_from_start: 40 }),
      ],
      analysis: { completion: 1, starting_amount: 2, steps: 3, worst: 2 },
    });
    expect(data['2026-06-02']).toMatchObject({
      steps: [{ count: 2 }, { count: 0, step_conv_ratio: 0, avg_time: null }, { count: 0, step_conv_ratio: 0 }],
      analysis: { completion: 0, starting_amount: 2, steps: 3, worst: 1 },
    });
    expect(data['2026-06-03']?.steps.map(({ count }) => count)).toEqual([0, 0, 0]);
    expect(overall).toMatchObject({
      steps: [{ count: 4 }, { count: 2, overall_conv_ratio: 0.5 }, { count: 1, overall_conv_ratio: 0.25 }],
      analysis: { completion: 1, starting_amount: 4, steps: 3, worst: 1 },
    });
  });

  it.each([
    [{ timezone: 'Europe/Prague' }, { '2026-06-01': 2, '2026-06-02': 1, '2026-06-03': 1 }],
    [{ interval: 2 }, { '2026-06-01': 4, '2026-06-03': 0 }],
    [{ unit: 'week' }, { '2026-06-01': 4 }],
  ])('stand under the date of entry: %j', async (parameters, expected) => {
    const { data } = (await answer(events, 'funnels', { ...ABC, ...parameters })) as { data: Record<string, Figures> };
    expect(Object.fromEntries(Object.entries(data).map(([date, { steps }]) => [date, steps[0]?.['count']]))).toEqual(
      expected,
    );
  });
});

describe('GET /api/query/funnels refuses, and says why', () => {
  it.each([
    [{ steps: undefined }, 'steps is required'],
    [{ steps: 'A,B' }, 'steps must be JSON such as ["qr_created",'],
    [{ steps: ['A'] }, 'steps must be 2 to 30 event names or steps such as'],
    [{ steps: ['A', { event: 'B', selector: '' }] }, 'steps must be 2 to 30 event names or steps such as'],
    [{ steps: ['A', { event: 'B', where: 'x == 1' }] }, 'steps[1].where is not understood from "x == 1" on'],
    [{ length: 91 }, 'length must be at most 90 days, got 91 days'],
    [{ length_unit: 'week' }, 'length_unit must be one of second, minute, hour, day'],
    [{ type: 'session' }, 'type must be one of unique, general'],
    [{ unit: 'week', interval: 7 }, 'interval and unit exclude each other, got 7 and week'],
    [{ funnel_id: 7 }, 'funnel_id is not supported here; parameters are from_date'],
  ])('%j', async (parameters, sentence) => {
    const { steps, ...rest } = { ...AB, ...parameters };
    expect(await refusal('funnels', steps === undefined ? rest : { steps, ...rest })).toContain(`400 ${sentence}`);
  });
});
