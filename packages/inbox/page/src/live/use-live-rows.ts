import { useEffect, useState } from 'react';
import type { LiveAnswer } from '../../../src/query/live/route.ts';
import { useLiveJson } from '../shared/feed.tsx';
import { hrefOf } from '../shared/location.ts';
import type { LiveFilter } from './filters.tsx';

const ROWS = 300;
const MAX_ROWS = 3000;
/** A search is not sent for each key. */
const SETTLE_MS = 150;

interface Live {
  /** The newest answer, of the filter before while the inbox still searches; undefined before the first. */
  readonly answer: LiveAnswer | undefined;
  readonly failure: string | undefined;
  /** Differs when rows that are held back are void: of another filter, or removed. */
  readonly version: string;
  /** Draws older rows too; null when there are none, or as many as a page can draw. */
  readonly showMore: (() => void) | null;
}

/** The rows that match the filter, of everything the inbox holds, read again with each arrival. */
export function useLiveRows({ kinds, text, service, user, trace }: LiveFilter): Live {
  const [limit, setLimit] = useState(ROWS);
  const filter = { kind: [...kinds].join(','), q: text.trim(), service, user, trace_id: trace };
  const path = useSettled(hrefOf('/api/live', { ...filter, limit: String(limit) }), SETTLE_MS);
  const { data, failure } = useLiveJson<LiveAnswer>(path);
  const [kept, setKept] = useState<{ readonly data: LiveAnswer; readonly version: string }>();
  // While it draws: an effect would show nothing for one frame.
  if (data !== undefined && data !== kept?.data) setKept({ data, version: `${data.version} ${path}` });
  const answer = data ?? kept?.data;
  const canShowMore = answer?.hasMore === true && limit < MAX_ROWS;
  return {
    answer,
    failure,
    version: kept?.version ?? '',
    showMore: canShowMore ? () => setLimit(limit + ROWS) : null,
  };
}

/** Keeps the previous value while the list is held. A new `version` discards the held value. */
export function useHold<T>(current: T, isHeld: boolean, version: string): T {
  const [held, setHeld] = useState<{ readonly value: T; readonly version: string } | null>(null);
  const isVoid = held === null || held.version !== version;
  const next = !isHeld ? null : isVoid ? { value: current, version } : held;
  // While it draws: what is shown must be what was on the screen when the hold began.
  if (next !== held) setHeld(next);
  return next === null ? current : next.value;
}

/** Returns a value once it has not changed for `afterMs`. */
function useSettled<T>(value: T, afterMs: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), afterMs);
    return () => clearTimeout(timer);
  }, [value, afterMs]);
  return settled;
}
