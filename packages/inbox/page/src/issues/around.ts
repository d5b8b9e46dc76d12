import type { StoredEvent } from '../../../src/store/records.ts';

const BEFORE = 8;
const AFTER = 4;

/** The last events before a moment and the first after it, in order of time. */
export function around(events: readonly StoredEvent[], time: number): StoredEvent[] {
  const inOrder = events.toSorted((left, right) => left.time - right.time);
  const next = inOrder.findIndex((event) => event.time > time);
  const cut = next === -1 ? inOrder.length : next;
  return inOrder.slice(Math.max(0, cut - BEFORE), cut + AFTER);
}
