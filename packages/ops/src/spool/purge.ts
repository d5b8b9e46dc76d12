import { type PurgeCounts, type PurgeSelection, planPurge, purgeSpool, type SpoolRoot } from '@qr/telemetry/operations';
import { countOf } from '../cli/terminal.ts';

/** What is deleted of a spool. */
export interface SpoolPurge extends PurgeCounts {
  readonly spool: string;
  /** Why the rest could not be deleted. */
  readonly problem?: string;
}

const NOTHING: PurgeCounts = { batches: 0, journals: 0, records: 0, deadLetters: 0, corrupted: 0 };

/** Counts what is selected and, only if that is meant, deletes it. */
export async function purge(
  { name, root }: SpoolRoot,
  selection: PurgeSelection,
  { isMeant, now }: { readonly isMeant: boolean; readonly now: number },
): Promise<SpoolPurge> {
  try {
    const counts = await (isMeant ? purgeSpool : planPurge)(root, selection, now);
    return { spool: name, ...counts };
  } catch (error) {
    return { spool: name, ...NOTHING, problem: error instanceof Error ? error.message : String(error) };
  }
}

/** Whether something is deleted, or would be. */
export function hasSomething({ batches, journals, deadLetters, corrupted }: SpoolPurge): boolean {
  return batches + journals + deadLetters + corrupted > 0;
}

/** The outcome for people. */
export function purgeLines(purges: readonly SpoolPurge[], isMeant: boolean): string[] {
  const problems = purges.flatMap(({ spool, problem }) => (problem === undefined ? [] : `${spool}: ${problem}`));
  const found = purges.filter(hasSomething);
  if (found.length + problems.length === 0) return ['There is nothing of that kind.'];
  const wereWaiting = found.some(({ batches }) => batches > 0);
  const last = isMeant
    ? `Deleted.${wereWaiting ? ' Running processes count batches that were deleted under them as torn.' : ''}`
    : 'Nothing was deleted: these would be lost for good. Say --yes to delete them.';
  return [...found.map(lineOf), ...problems, ...(found.length > 0 ? [last] : [])];
}

function lineOf({ spool, batches, journals, records, deadLetters, corrupted }: SpoolPurge): string {
  if (corrupted > 0) return `${spool}: ${countOf(corrupted, 'corrupted file')}`;
  const waiting = `${countOf(batches, 'batch', 'batches')} and ${countOf(journals, 'journal')} with ${countOf(records, 'record')}`;
  return `${spool}: ${waiting}, ${countOf(deadLetters, 'rejected record')}`;
}
