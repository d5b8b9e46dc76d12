import { expect, it } from 'vitest';
import { Backlog } from '../src/backlog.ts';
import { StoredBatch } from '../src/spool/batch.ts';
import { lanes } from './lanes.ts';

function batch(lane: keyof typeof lanes, sequence: number): StoredBatch {
  const name = { ...{ lane, sequence, records: 1, bytes: 100 }, kind: 'batch', version: 2, marks: '' } as const;
  return new StoredBatch({ id: 'owner', path: '/nowhere' }, name, { definition: lanes[lane], isOnDisk: true });
}

/** Adds batches to a backlog with room for two; returns which were dropped. */
function droppedOf(batches: readonly StoredBatch[]): string[] {
  const dropped: string[] = [];
  const backlog = new Backlog({
    lanes,
    maxBytes: 250,
    onDrop: ({ lane, sequence }, reason) => dropped.push(`${lane}-${sequence} ${reason}`),
  });
  for (const one of batches) backlog.add(one);
  return dropped;
}

it('the oldest batch of all lanes gives way', () => {
  const batches = [batch('engage', 2), batch('import', 1), batch('import', 3)];
  expect(droppedOf(batches)).toEqual(['import-1 spool_overflow']);
});

it('a request to delete somebody stays as long as anything else can go', () => {
  const batches = [batch('deletions', 1), batch('import', 2), batch('import', 3), batch('deletions', 4)];
  expect(droppedOf(batches)).toEqual(['import-2 spool_overflow', 'import-3 spool_overflow']);
  expect(droppedOf([batch('deletions', 1), batch('deletions', 2), batch('deletions', 3)])).toEqual([
    'deletions-1 spool_overflow',
  ]);
});
