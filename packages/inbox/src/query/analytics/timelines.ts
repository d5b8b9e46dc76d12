import type { StoredEvent } from '../../store/records.ts';
import type { EventColumns } from './event-index.ts';

/** One event as reports see it. */
export type UserEvent = Pick<StoredEvent, 'event' | 'time' | 'properties'>;

/** What one user did, in the order of time; of equal times, in the order of arrival. */
export type Timeline = readonly UserEvent[];

/** Up to here inserting each into those before it beats a sort that calls back. */
const FEW = 32;

/** Sorts the places of one user's events, which come in the order of arrival, by time. */
export function inOrderOfTime(places: Int32Array, times: readonly number[]): Int32Array {
  const timeAt = (place: number | undefined): number => times[place ?? -1] ?? 0;
  if (places.length > FEW) return places.sort((left, right) => timeAt(left) - timeAt(right) || left - right);
  for (let index = 1; index < places.length; index += 1) {
    const place = places[index] ?? 0;
    let target = index;
    while (target > 0 && timeAt(places[target - 1]) > timeAt(place)) {
      places[target] = places[target - 1] ?? 0;
      target -= 1;
    }
    places[target] = place;
  }
  return places;
}

/**
 * The events of one user, a repeated one only as it arrived last. Mixpanel's query-time rule: same name, distinct id, time
 * and `$insert_id`; what is of one user and one time stands together already.
 * @see https://docs.mixpanel.com/reference/event-deduplication
 * @param places - in the order of time, then of arrival
 */
export function withoutRepeats(places: Int32Array, { events, times }: EventColumns): StoredEvent[] {
  const kept: StoredEvent[] = [];
  const seen = new Set<string>();
  // From the end, so that the last to arrive comes first.
  for (let index = places.length - 1; index >= 0; index -= 1) {
    const place = places[index] ?? -1;
    const event = events[place];
    if (event === undefined) continue;
    const time = times[place];
    const sameAsNext = times[places[index + 1] ?? -1] === time;
    const sameAsPrevious = times[places[index - 1] ?? -1] === time;
    if (!sameAsNext && seen.size > 0) seen.clear();
    if (sameAsNext || sameAsPrevious) {
      const key = `${event.insertId}\n${event.event}`;
      if (seen.has(key)) continue;
      seen.add(key);
    }
    kept.push(event);
  }
  return kept.reverse();
}

/** The index of the first event at or after a time. */
export function firstAtOrAfter(timeline: Timeline, time: number): number {
  let low = 0;
  let high = timeline.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((timeline[middle]?.time ?? Number.POSITIVE_INFINITY) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
