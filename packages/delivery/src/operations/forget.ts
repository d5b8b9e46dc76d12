import { Backlog } from '../backlog.ts';
import { restoreLetters } from '../dead-letters.ts';
import { Erasure, type PersonIds } from '../erasure.ts';
import { ErasureSweep } from '../erasure-sweep.ts';
import type { Lanes } from '../lanes.ts';
import { Adoption } from '../spool/adoption.ts';
import { Spool } from '../spool/spool.ts';
import { BatchStore } from '../spool/store.ts';
import { LaneCounters } from '../stats.ts';
import { assertOwnSpool, listSpool } from './listing.ts';

/** What was found of people in a spool. */
export interface ForgottenInSpool {
  /** Records that waited to be sent and are gone. */
  readonly removed: number;
  /** Errors that wait, and do not name them any more. */
  readonly anonymised: number;
  /** Rejected records that are gone. */
  readonly deadLetters: number;
  /** Running processes with records of their own. They check the list before each batch, and search their files within 5 s. */
  readonly running: number;
  /** What could not be searched. */
  readonly problems: readonly string[];
  /** Files that were changed or removed beside records and dead letters, a sentence each. */
  readonly notices: readonly string[];
}

/**
 * Erases people from a spool: adds them to its erasure list, which every process that shares it obeys before it sends anything, and searches what ended
 * processes left behind and what was rejected. May be called again.
 *
 * @throws when the spool is another user's, or the disk refuses.
 */
export async function forgetInSpool(
  root: string,
  lanes: Lanes,
  userIds: readonly string[],
  now: number,
  personIds: PersonIds,
): Promise<ForgottenInSpool> {
  await assertOwnSpool(root);
  const problems: string[] = [];
  const warn = (problem: string) => void problems.push(problem);
  const notices: string[] = [];
  const erasure = new Erasure({ root, personIds, warn });
  for (const id of userIds) erasure.list.add(id);
  if (!erasure.list.isWritten) throw new Error(problems.at(-1) ?? `The erasure list in ${root} cannot be written.`);
  await restoreLetters(root, now);
  const counters = new LaneCounters();
  const letters = new LaneCounters();
  const spool = new Spool({ root, warn, now: () => now, onLost: () => {} });
  const backlog = new Backlog({ lanes, maxBytes: Number.POSITIVE_INFINITY, onDrop: () => {} });
  const store = new BatchStore({ spool, backlog, erasure, countersOf: () => counters, warn });
  const adoption = new Adoption({
    ...{ lanes, spool, warn },
    onBatches: (lane, batches) => backlog.addAll(lane, batches),
    onTorn: () => {},
  });
  const sweep = new ErasureSweep({
    ...{ lanes, spool, store, backlog, erasure },
    // Says what it has removed; what the disk refuses is told by the spool.
    warn: (notice) => void notices.push(notice),
    parts: new Map(),
    countDeadLetters: (_lane, count) => letters.drop('forgotten', count),
  });
  await adoption.run();
  const envelopes = () =>
    Object.keys(lanes).flatMap((lane) => (lanes[lane]?.format === 'envelope' ? backlog.batches(lane) : []));
  const before = new Set(envelopes().map(({ id }) => id));
  await sweep.run();
  const anonymised = envelopes().filter(({ id }) => !before.has(id)).length;
  const { folders } = await listSpool(root, lanes, now);
  const running = folders.filter(({ state, path }) => state !== 'ended' && path !== spool.folder()?.path).length;
  sweep.close();
  await store.close();
  erasure.list.close();
  // What remains is adopted by the next process.
  await spool.close();
  const forgotten = (from: LaneCounters) => from.read().dropped.forgotten ?? 0;
  return { removed: forgotten(counters), anonymised, deadLetters: forgotten(letters), running, problems, notices };
}
