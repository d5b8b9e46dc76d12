import { describe, expect, it } from 'vitest';
import type { NewRecord, StoredRecord } from '../../src/store/records.ts';
import { Store } from '../../src/store/store.ts';

const log = (body: string): NewRecord => ({
  kind: 'log',
  receivedAt: 1,
  project: '1',
  level: 'info',
  body,
  time: 1,
  traceId: null,
  userId: null,
  attributes: {},
});
const item = (type: string): NewRecord => ({
  kind: 'item',
  receivedAt: 1,
  project: '1',
  type,
  bytes: 1,
  traceId: null,
  payload: null,
});
const bodies = (store: Store): string[] => [...store.of('log')].map(({ body }) => body);

describe('the store', () => {
  it('keeps the newest records of each kind, and counts those that went', () => {
    const store = new Store({ maxRecords: 3, maxBytes: 1000 });
    store.add(['a', 'b', 'c', 'd', 'e'].map(log), 5);
    store.add([item('session')], 1);
    expect(bodies(store)).toEqual(['c', 'd', 'e']);
    expect([store.of('log').evicted, store.of('item').length]).toEqual([2, 1]);
  });

  it('makes room in the kind that weighs most, not in the others', () => {
    const store = new Store({ maxRecords: 100, maxBytes: 100 });
    store.add([item('session')], 20);
    for (const body of ['a', 'b', 'c', 'd']) store.add([log(body)], 30);
    expect(bodies(store)).toEqual(['c', 'd']);
    expect(store.of('item').length).toBe(1);
  });

  it('keeps one record even if it is heavier than all that fits', () => {
    const store = new Store({ maxRecords: 100, maxBytes: 100 });
    store.add([log('huge')], 500);
    expect(bodies(store)).toEqual(['huge']);
  });

  it('tells listeners of each batch, with ids that grow, until they stop listening', () => {
    const store = new Store({ maxRecords: 100, maxBytes: 1000 });
    const heard: (readonly StoredRecord[])[] = [];
    const stop = store.onArrival((records) => heard.push(records));
    store.add([log('a'), log('b')], 2);
    store.add([], 0);
    store.add([item('session')], 1);
    stop();
    store.add([log('c')], 1);
    expect(heard.map((records) => records.map(({ id }) => id))).toEqual([[1, 2], [3]]);
  });
});
