import { forgetInSpool, type SpoolRoot } from '@qr/common/spool';
import { countOf } from '../cli/amount.ts';
import type { PartOutcome } from './outcome.ts';

/** Takes people out of a spool: what waits, what was rejected, and what comes later. */
export async function eraseInSpool(
  { name, root }: SpoolRoot,
  people: readonly string[],
  now: number,
): Promise<PartOutcome> {
  const outcome = (kind: 'done' | 'failed', detail: string): PartOutcome => ({
    part: 'spool',
    name,
    outcome: kind,
    detail,
  });
  const found = { removed: 0, anonymised: 0, deadLetters: 0, running: 0 };
  try {
    for (const id of people) {
      const { removed, anonymised, deadLetters, running, problems } = await forgetInSpool(root, id, now);
      if (problems.length > 0) return outcome('failed', `not everything could be searched: ${problems.join('; ')}`);
      found.removed += removed;
      found.anonymised += anonymised;
      found.deadLetters += deadLetters;
      found.running = Math.max(found.running, running);
    }
  } catch (error) {
    return outcome('failed', error instanceof Error ? error.message : String(error));
  }
  return outcome('done', sentence(found));
}

function sentence({ removed, anonymised, deadLetters, running }: Record<string, number>): string {
  const gone = `${countOf(removed ?? 0, 'waiting record')} and ${countOf(deadLetters ?? 0, 'rejected record')} removed`;
  const parts = [
    removed || deadLetters || anonymised ? gone : 'nothing of theirs waits or was rejected',
    ...(anonymised ? [`${countOf(anonymised, 'error')} made anonymous`] : []),
    ...(running ? [`${countOf(running, 'running process', 'running processes')} to follow within 30 s`] : []),
  ];
  return parts.join(', ');
}
