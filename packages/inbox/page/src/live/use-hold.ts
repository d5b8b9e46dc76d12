import { useState } from 'react';
import type { FeedSnapshot } from '../feed/snapshot.ts';

/** Keeps the list as it was while somebody reads it. */
export function useHold(current: FeedSnapshot, isHeld: boolean): FeedSnapshot {
  const [held, setHeld] = useState<FeedSnapshot | null>(null);
  const isVoid = held !== null && held.epoch !== current.epoch;
  const next = !isHeld ? null : held === null || isVoid ? current : held;
  // While it draws: what is shown must be what was on the screen when the hold began.
  if (next !== held) setHeld(next);
  return next ?? current;
}
