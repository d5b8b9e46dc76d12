import { adoptDeadFolders } from '../delivery/adoption.ts';
import { withoutMentions } from '../delivery/forget.ts';
import { Forgotten, namesPerson } from '../delivery/forgotten.ts';
import { laneNames } from '../delivery/record.ts';
import { Spool } from '../delivery/spool.ts';
import { listSpool } from './listing.ts';
import { assertOwnSpool } from './own-spool.ts';
import { restoreLetters, takeLetters } from './take-letters.ts';

/** What was found of a person in a spool. */
export interface ForgottenInSpool {
  /** Records that waited to be sent and are gone. */
  readonly removed: number;
  /** Errors that wait, and do not name the person any more. */
  readonly anonymised: number;
  /** Rejected records that are gone. */
  readonly deadLetters: number;
  /** Processes that hold records of their own: they follow within half a minute. */
  readonly running: number;
  /** What could not be searched. */
  readonly problems: readonly string[];
}

/**
 * Takes a person out of a spool: a tombstone, which every process that shares it obeys within half a minute, and without waiting for one, what
 * processes that have ended left behind and what was rejected. May be called again.
 *
 * @throws when the spool is another user's, or the disk refuses.
 */
export async function forgetInSpool(root: string, userId: string, now: number): Promise<ForgottenInSpool> {
  await assertOwnSpool(root);
  new Forgotten(root).add(userId);
  await restoreLetters(root, now);
  let deadLetters = 0;
  for (const lane of laneNames) deadLetters += await takeLetters(root, lane, ({ line }) => namesPerson(line, userId));
  const { folders } = await listSpool(root, now);
  const running = folders.filter(({ state }) => state !== 'ended').length;
  return { ...(await forgetInDeadFolders(root, userId, now)), deadLetters, running };
}

/** Adopts what ended processes left, so that nobody sends it meanwhile. What remains is adopted in turn once this process has ended. */
async function forgetInDeadFolders(root: string, userId: string, now: number) {
  const problems: string[] = [];
  const spool = new Spool({ root, warn: (problem) => void problems.push(problem), now: () => now });
  const folder = spool.folder();
  const found = folder ? await adoptDeadFolders(root, folder, now) : { batches: [], problems: [] };
  problems.push(...found.problems.map(String));
  let removed = 0;
  let anonymised = 0;
  for (const batch of found.batches) {
    const rest = await withoutMentions(batch, (text) => text === userId);
    removed += batch.records - (rest?.records ?? 0);
    if (rest !== undefined && rest !== batch && batch.lane === 'sentry') anonymised++;
  }
  await spool.close();
  return { removed, anonymised, problems };
}
