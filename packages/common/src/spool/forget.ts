import { adoptDeadFolders } from '../delivery/adoption.ts';
import { withoutMentions } from '../delivery/forget.ts';
import { Forgotten, namesPerson } from '../delivery/forgotten.ts';
import { laneNames } from '../delivery/record.ts';
import { Spool } from '../delivery/spool.ts';
import type { LetterLine } from './letters.ts';
import { listSpool } from './listing.ts';
import { assertOwnSpool } from './own-spool.ts';
import { restoreLetters, takeLetters } from './take-letters.ts';

/** What was found of people in a spool. */
export interface ForgottenInSpool {
  /** Records that waited to be sent and are gone. */
  readonly removed: number;
  /** Errors that wait, and do not name them any more. */
  readonly anonymised: number;
  /** Rejected records that are gone. */
  readonly deadLetters: number;
  /** Processes that hold records of their own: they follow within half a minute. */
  readonly running: number;
  /** What could not be searched. */
  readonly problems: readonly string[];
}

/**
 * Takes people out of a spool: a tombstone, which every process that shares it obeys within half a minute, and without waiting for one, what
 * processes that have ended left behind and what was rejected. May be called again.
 *
 * @throws when the spool is another user's, or the disk refuses.
 */
export async function forgetInSpool(root: string, userIds: readonly string[], now: number): Promise<ForgottenInSpool> {
  await assertOwnSpool(root);
  const forgotten = new Forgotten(root);
  for (const id of userIds) forgotten.add(id);
  await restoreLetters(root, now);
  let deadLetters = 0;
  const isTheirs = ({ line }: LetterLine) => userIds.some((id) => namesPerson(line, id));
  for (const lane of laneNames) deadLetters += await takeLetters(root, lane, isTheirs);
  const { folders } = await listSpool(root, now);
  const running = folders.filter(({ state }) => state !== 'ended').length;
  return { ...(await forgetInDeadFolders(root, userIds, now)), deadLetters, running };
}

/** Adopts what ended processes left, so that nobody sends it meanwhile. What remains is adopted in turn once this process has ended. */
async function forgetInDeadFolders(root: string, userIds: readonly string[], now: number) {
  const problems: string[] = [];
  const spool = new Spool({ root, warn: (problem) => void problems.push(problem), now: () => now });
  const folder = spool.folder();
  const found = folder ? await adoptDeadFolders(root, folder, now) : { batches: [], problems: [] };
  problems.push(...found.problems.map(String));
  let removed = 0;
  let anonymised = 0;
  for (const batch of found.batches) {
    const rest = await withoutMentions(batch, (text) => userIds.includes(text));
    removed += batch.records - (rest?.records ?? 0);
    if (rest !== undefined && rest !== batch && batch.lane === 'sentry') anonymised++;
  }
  await spool.close();
  return { removed, anonymised, problems };
}
