import { describe, expect, it } from 'vitest';
import { EventIndex, userEvents } from '../../../src/query/analytics/user-events.ts';
import { compactEvents, forgetPeople, Store } from '../../../src/store/store.ts';
import { happened } from './reports.ts';

const AT = '2026-06-01T10:00:00';

/** A store, and what reports see of it: names of events by user. */
function watched(maxRecords = 100): { readonly store: Store; readonly seen: () => Record<string, string[]> } {
  const store = new Store({ maxRecords, maxBytes: 1e6 });
  const source = {
    index: new EventIndex(store),
    identity: store.identity,
    profiles: store.profiles,
    linkEvents: new Set<string>(),
    now: Date.now,
  };
  const seen = (): Record<string, string[]> =>
    Object.fromEntries(
      userEvents(source, {}).map(({ user, events }) => [user, events.map(({ event }) => event)] as const),
    );
  return { store, seen };
}

describe('what reports see of the store', () => {
  it('grows with each arrival', () => {
    const { store, seen } = watched();
    expect(seen()).toEqual({});
    store.add([happened('A', 'ann', AT)], 1);
    expect(seen()).toEqual({ ann: ['A'] });
    store.add([happened('B', 'ann', AT), happened('A', 'bob', AT)], 1);
    expect(seen()).toEqual({ ann: ['A', 'B'], bob: ['A'] });
  });

  it('loses what was evicted, however often', () => {
    const { store, seen } = watched(3);
    for (let number = 1; number <= 20; number += 1) {
      store.add([happened(`event-${number}`, 'ann', AT)], 1);
      const oldest = Math.max(1, number - 2);
      const expected = Array.from({ length: number - oldest + 1 }, (_, index) => `event-${oldest + index}`);
      expect(seen()).toEqual({ ann: expected });
    }
    // More at once than are kept.
    store.add(
      ['A', 'B', 'C', 'D', 'E'].map((name) => happened(name, 'bob', AT)),
      5,
    );
    expect(seen()).toEqual({ bob: ['C', 'D', 'E'] });
  });

  it('loses what was deleted, compacted and cleared', () => {
    const { store, seen } = watched();
    store.add([happened('A', 'ann', AT), happened('A', 'bob', AT, {}, 'x'), happened('A', 'bob', AT, {}, 'x')], 3);
    store.add([happened('A', 'bob', '2026-06-01T11:00:00', {}, 'x')], 1);
    expect(seen()).toEqual({ ann: ['A'], bob: ['A', 'A'] });
    forgetPeople(store, ['ann']);
    expect(seen()).toEqual({ bob: ['A', 'A'] });
    compactEvents(store);
    expect(seen()).toEqual({ bob: ['A'] });
    store.clear();
    expect(seen()).toEqual({});
    store.add([happened('B', 'eve', AT)], 1);
    expect(seen()).toEqual({ eve: ['B'] });
  });

  it('changes backwards when a device logs in', () => {
    const { store, seen } = watched();
    store.add([happened('A', '$device:d1', AT)], 1);
    expect(seen()).toEqual({ '$device:d1': ['A'] });
    store.add([happened('B', 'ann', AT, { $device_id: 'd1', $user_id: 'ann' })], 1);
    expect(seen()).toEqual({ ann: ['A', 'B'] });
  });

  it('orders a long story by time, and what is of the same time by arrival', () => {
    const { store, seen } = watched(1000);
    const minutes = Array.from({ length: 200 }, (_, index) => (index * 37) % 50);
    for (const [index, minute] of minutes.entries())
      store.add([happened(`${minute}/${index}`, 'ann', `2026-06-01T10:${String(minute).padStart(2, '0')}:00`)], 1);
    const keys = (seen()['ann'] ?? []).map((name) => name.split('/').map(Number));
    const sorted = keys.toSorted(([m = 0, i = 0], [n = 0, j = 0]) => m - n || i - j);
    expect(keys).toEqual(sorted);
    expect(keys).toHaveLength(200);
  });
});
