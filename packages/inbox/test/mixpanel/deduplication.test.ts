import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { json, post, read } from '../requests.ts';
import { inboxesForTests } from '../with-inbox.ts';

const start = inboxesForTests();
const NOON = Date.UTC(2026, 0, 10, 12);
const HOUR = 60 * 60 * 1000;

/** The event that every case repeats, with what makes the second one different. */
function repeated(changes: { event?: string; properties?: Record<string, unknown> } = {}): object {
  const { event = 'Item Purchased', properties } = changes;
  const key = { distinct_id: 'user123xyz', time: NOON, $insert_id: '88B7hahbaschhhB66cbsg' };
  return { event, properties: { token: 't', ...key, ...properties } };
}

/**
 * By hand from https://docs.mixpanel.com/reference/event-deduplication: the query-time key is name, distinct id, time and
 * insert id; the compaction-time key has the calendar day for the time. Columns: events sent, then what reports show of
 * them, before and after compaction.
 */
const CASES: [string, object, number, number][] = [
  ['equal', repeated(), 1, 1],
  ['different in another property', repeated({ properties: { $city: 'Brno' } }), 1, 1],
  ['different in name', repeated({ event: 'Item Returned' }), 2, 2],
  ['of another user', repeated({ properties: { distinct_id: 'other' } }), 2, 2],
  ['with another insert id', repeated({ properties: { $insert_id: 'other' } }), 2, 2],
  ['a millisecond later', repeated({ properties: { time: NOON + 1 } }), 2, 1],
  ['in seconds instead of milliseconds', repeated({ properties: { time: NOON / 1000 } }), 1, 1],
  ['in the last hour of the day', repeated({ properties: { time: NOON + 11 * HOUR } }), 2, 1],
  ['in the first minute of the next day', repeated({ properties: { time: NOON + 12 * HOUR } }), 2, 2],
  ['in the last minute of the day before', repeated({ properties: { time: NOON - 12 * HOUR - 1 } }), 2, 2],
];

describe('two events, the second', () => {
  it.each(CASES)('%s: %#', async (_what, second, atQueryTime, afterCompaction) => {
    const inbox = await start();
    for (const event of [repeated(), second]) {
      expect(await json(await post(inbox, '/import?strict=1', [event]))).toMatchObject({ num_records_imported: 1 });
    }
    expect(inbox.events()).toHaveLength(atQueryTime);
    expect(await read(inbox, '/api/events')).toMatchObject({ total: atQueryTime });
    expect(await read(inbox, '/api/events?duplicates=1')).toMatchObject({ total: 2 });

    const compaction = await fetch(`${inbox.url}/api/compact`, { method: 'POST' });
    expect(await json(compaction)).toEqual({ removed: 2 - afterCompaction });
    expect(inbox.events()).toHaveLength(afterCompaction);
    expect(inbox.events({ duplicates: true })).toHaveLength(afterCompaction);
    expect(inbox.compact()).toBe(0);
  });

  it('wins, as the one that was ingested last', async () => {
    const inbox = await start();
    for (const attempt of [1, 2]) await post(inbox, '/import', [repeated({ properties: { attempt } })]);
    expect(inbox.events()).toMatchObject([{ properties: { attempt: 2 } }]);
    inbox.compact();
    expect(inbox.events({ duplicates: true })).toMatchObject([{ properties: { attempt: 2 } }]);
  });

  it('counts when neither has an insert id: the one that is made up is new each time', async () => {
    const inbox = await start();
    const event = { event: 'a', properties: { token: 't', distinct_id: 'user-1', time: Date.now() } };
    for (const _attempt of [1, 2]) await post(inbox, '/track', [event]);
    inbox.compact();
    expect(inbox.events()).toHaveLength(2);
  });
});

it('what compaction has removed stays removed after a restart', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'inbox-compaction-'));
  const dataFile = join(folder, 'inbox.ndjson');
  const first = await start({ dataFile });
  for (const time of [NOON, NOON + 1]) await post(first, '/import', [repeated({ properties: { time } })]);
  expect(first.compact()).toBe(1);
  await post(first, '/import', [repeated({ event: 'after' })]);
  await first.close();
  const second = await start({ dataFile });
  expect(second.events().map(({ event, time }) => [event, time])).toEqual([
    ['Item Purchased', NOON + 1],
    ['after', NOON],
  ]);
  await second.close();
  await rm(folder, { recursive: true });
});
