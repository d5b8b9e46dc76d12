import { type ForgottenInSpool, forgetInSpool, type SpoolRoot } from '@qr/common/spool';
import { countOf } from '../cli/amount.ts';
import type { PartOutcome } from './outcome.ts';

/** Takes people out of a spool: what waits, what was rejected, and what comes later. */
export async function eraseInSpool(
  { name, root }: SpoolRoot,
  people: readonly string[],
  { now, personFields }: { readonly now: number; readonly personFields: ReadonlySet<string> },
): Promise<PartOutcome> {
  const outcome = (kind: 'done' | 'failed', detail: string): PartOutcome => ({
    part: 'spool',
    name,
    outcome: kind,
    detail,
  });
  try {
    const found = await forgetInSpool(root, people, now, { personFields });
    if (found.problems.length === 0) return outcome('done', sentence(found));
    return outcome('failed', `not everything could be searched: ${found.problems.join('; ')}`);
  } catch (error) {
    return outcome('failed', error instanceof Error ? error.message : String(error));
  }
}

function sentence({ removed, anonymised, deadLetters, running, notices }: ForgottenInSpool): string {
  const gone = `${countOf(removed, 'waiting record')} and ${countOf(deadLetters, 'rejected record')} removed`;
  const parts = [
    removed || deadLetters || anonymised ? gone : 'nothing of theirs waits or was rejected',
    ...(anonymised ? [`${countOf(anonymised, 'error')} made anonymous`] : []),
    ...(running ? [followers(running)] : []),
  ];
  return [parts.join(', '), ...notices].join('; ');
}

/** They read the erasure list before each batch, and search their files on a timer. */
function followers(running: number): string {
  const who = countOf(running, 'running process', 'running processes');
  return `${who} will check before the next batch and remove the rest from disk within 5 s`;
}
