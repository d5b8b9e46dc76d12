import type { UserEvent } from './user-events.ts';

/** What one user did, in the order of time; of equal times, in the order of arrival. */
export type Timeline = readonly UserEvent[];

/** A timeline for each user; nobody has none. @param newestFirst - as `userEvents` answers */
export function timelinesOf(newestFirst: readonly UserEvent[]): ReadonlyMap<string, Timeline> {
  const timelines = new Map<string, UserEvent[]>();
  const outOfOrder = new Set<UserEvent[]>();
  for (let index = newestFirst.length - 1; index >= 0; index -= 1) {
    const event = newestFirst[index];
    if (event === undefined || event.user === '') continue;
    const timeline = timelines.get(event.user);
    if (timeline === undefined) {
      timelines.set(event.user, [event]);
      continue;
    }
    const last = timeline.at(-1);
    if (last !== undefined && last.time > event.time) outOfOrder.add(timeline);
    timeline.push(event);
  }
  // Most arrive in the order in which they happened. The sort is stable: equal times keep the order of arrival.
  for (const timeline of outOfOrder) timeline.sort((left, right) => left.time - right.time);
  return timelines;
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
