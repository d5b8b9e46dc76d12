import { takeLetters } from '../spool/take-letters.ts';
import type { Erasure } from './erasure.ts';
import { type LaneName, laneDefinitions } from './lanes.ts';

/** Removes the dead letters of a lane that mention an erased person; returns how many. @throws what the disk says. */
export async function eraseDeadLetters(root: string, lane: LaneName, erasure: Erasure): Promise<number> {
  const { format, requestsErasure, isErasureRequest } = laneDefinitions[lane];
  if (requestsErasure) return 0;
  return takeLetters(root, lane, (line) => {
    if (isErasureRequest?.(line)) return false;
    try {
      return format === 'envelope' ? erasure.mentionsAnywhere(line) : erasure.mentions(line);
    } catch {
      // Cut off: it cannot be sent again, nor be shown to be free of them.
      return erasure.mentionsAnywhere(line);
    }
  });
}
