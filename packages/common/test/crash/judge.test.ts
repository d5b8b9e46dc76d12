import { expect, it } from 'vitest';
import { judge, readTestimony } from './judge.ts';

const record = (number: number, insertId = `id-${number}`) =>
  JSON.stringify({ event: 'qr_scanned', properties: { qr_id: String(number), $insert_id: insertId } });
const body = (...records: readonly string[]) => `[${records.join(',\n')}]`;

it('tells what was lost for good from what was too young or held up', () => {
  // Killed at 1000: 1 arrived, 2 and 3 did not, 4 was in a turn that never ended, 5 was 50 ms old.
  const log = '1 100\n2 200\n3 300\nturn 4\n4 400\n5 950\nkilled 1000\n';
  expect(judge([readTestimony(log, undefined)], [body(record(1))])).toMatchObject({
    tracked: 5,
    received: 1,
    lost: [2, 3],
    lostInStalledTurn: 1,
    longestStallMs: 600,
    lostYoung: 1,
  });
});

it('takes everything that a process which ended by itself did not deliver for lost', () => {
  expect(judge([readTestimony('1 100\n', undefined)], [])).toMatchObject({ lost: [1], lostYoung: 0 });
});

it('notices copies that differ, shared ids, and batches that were put together anew', () => {
  const bodies = [body(record(1), record(2)), body(record(1), record(2)), body(record(1, 'other'), record(3, 'id-2'))];
  expect(judge([], bodies)).toMatchObject({
    received: 3,
    resentBatches: 1,
    resentRecords: 3,
    mixedRequests: 1,
    unequalCopies: [1],
    sharedIds: 1,
  });
});
