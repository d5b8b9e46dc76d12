import { useState } from 'react';

/** Keeps the previous value while the list is held. A new `version` discards the held value. */
export function useHold<T>(current: T, isHeld: boolean, version: string): T {
  const [held, setHeld] = useState<{ readonly value: T; readonly version: string } | null>(null);
  const isVoid = held === null || held.version !== version;
  const next = !isHeld ? null : isVoid ? { value: current, version } : held;
  // While it draws: what is shown must be what was on the screen when the hold began.
  if (next !== held) setHeld(next);
  return next === null ? current : next.value;
}
