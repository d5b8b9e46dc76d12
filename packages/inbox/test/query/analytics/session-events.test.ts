import { describe, expect, it } from 'vitest';
import { answer, happened } from './reports.ts';

const RANGE = { from_date: '2026-06-01', to_date: '2026-06-03', interval_count: 2 };

describe.each([
  '$session_start',
  '$session_end',
  '$ae_session',
  '$mp_session_record',
  '$identify',
  '$create_alias',
  '$merge',
])('%s', (name) => {
  // `$identify` and the like are link events of every plan; the others are sent by SDKs.
  const events = [
    happened('signup', 'ann', '2026-06-01T10:00:00'),
    happened(name, 'ann', '2026-06-02T10:00:00'),
    happened('signup', 'bob', '2026-06-01T10:00:00'),
    happened('read', 'bob', '2026-06-02T11:00:00'),
  ];

  it('is no return', async () => {
    const retention = await answer(events, 'retention', { ...RANGE, born_event: 'signup' });
    expect(retention['2026-06-01']).toEqual({ first: 2, counts: [0, 1, 0] });
  });

  it('is no first event, and no recurring one', async () => {
    const first = await answer(events, 'retention', { ...RANGE, born_event: name });
    expect(Object.values(first)).toEqual(Array(3).fill({ first: 0, counts: [0, 0, 0] }));
    const recurring = await answer(events, 'retention', { ...RANGE, retention_type: 'compounded' });
    expect(recurring['2026-06-02']).toMatchObject({ first: 1 });
  });
});

describe('sessions', () => {
  it('can be counted in Insights and be a step of a funnel', async () => {
    const events = [
      happened('$session_start', 'ann', '2026-06-01T10:00:00'),
      happened('read', 'ann', '2026-06-01T10:01:00'),
    ];
    const range = { from_date: '2026-06-01', to_date: '2026-06-01' };
    expect(await answer(events, 'segmentation', { ...range, event: '$session_start', type: 'unique' })).toMatchObject({
      overall: { $session_start: 1 },
    });
    expect(await answer(events, 'funnels', { ...range, steps: ['$session_start', 'read'] })).toMatchObject({
      overall: { analysis: { completion: 1 } },
    });
  });
});
