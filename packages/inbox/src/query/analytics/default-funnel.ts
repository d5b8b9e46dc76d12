import { type FunnelFigures, funnel } from './funnels.ts';
import { firstAtOrAfter, type Timeline } from './user-events.ts';

/** When users must have entered, and how long they had for all steps. */
export interface FunnelTime {
  readonly start: number;
  readonly end: number;
  readonly windowMs: number;
}

/** Names beyond these are too rare to be a default. */
const MOST_NAMES = 30;
const SHORTEST = 2;

/**
 * Returns the steps of a funnel that at least one user came through: the usual steps, a part of them, or else the two or three
 * that most users did in this order. Empty when no user did two different events.
 * @param usual the steps that the plan suggests
 */
export function defaultSteps(timelines: readonly Timeline[], usual: readonly string[], time: FunnelTime): string[] {
  const completed = (steps: readonly string[]): number => completions(timelines, steps, time);
  for (let length = usual.length; length >= SHORTEST; length -= 1) {
    for (let from = 0; from + length <= usual.length; from += 1) {
      const steps = usual.slice(from, from + length);
      if (completed(steps) > 0) return steps;
    }
  }
  const names = commonNames(timelines, time);
  const pair = mostFrequentPair(timelines, names, time);
  if (pair === undefined) return [];
  const longer = best(
    names.filter((name) => !pair.includes(name)).map((name) => [...pair, name]),
    completed,
  );
  return longer ?? pair;
}

function completions(
  timelines: readonly Timeline[],
  steps: readonly string[],
  { start, end, windowMs }: FunnelTime,
): number {
  const rules = {
    steps: steps.map((event) => ({ event })),
    windowMs,
    start,
    end,
    type: 'unique' as const,
    limit: 0,
    buckets: { labels: [], indexOf: () => -1 },
  };
  // Without a breakdown these are the figures of everybody.
  return (funnel(timelines, rules).overall as FunnelFigures).analysis.completion;
}

/** The names that most users did. */
function commonNames(timelines: readonly Timeline[], { start, end, windowMs }: FunnelTime): string[] {
  const users = new Map<string, number>();
  for (const timeline of timelines) {
    const names = new Set<string>();
    for (const { event, time } of timeline) if (time >= start && time < end + windowMs) names.add(event);
    for (const name of names) users.set(name, (users.get(name) ?? 0) + 1);
  }
  return [...users]
    .sort(([left, leftUsers], [right, rightUsers]) => rightUsers - leftUsers || (left < right ? -1 : 1))
    .slice(0, MOST_NAMES)
    .map(([name]) => name);
}

/** The first event and a later one, within the window, that most users did. */
function mostFrequentPair(
  timelines: readonly Timeline[],
  names: readonly string[],
  { start, end, windowMs }: FunnelTime,
): string[] | undefined {
  const common = new Set(names);
  const users = new Map<string, number>();
  for (const timeline of timelines) {
    const events = timeline.filter(({ event }) => common.has(event));
    const firsts = new Map<string, number>();
    for (const { event, time } of events)
      if (time >= start && time < end && !firsts.has(event)) firsts.set(event, time);
    for (const [first, entered] of firsts) {
      const later = new Set<string>();
      for (let index = firstAtOrAfter(events, entered + 1); index < events.length; index += 1) {
        const next = events[index];
        if (next === undefined || next.time > entered + windowMs) break;
        if (next.event !== first) later.add(next.event);
      }
      for (const second of later) {
        const pair = JSON.stringify([first, second]);
        users.set(pair, (users.get(pair) ?? 0) + 1);
      }
    }
  }
  const pairs = names.flatMap((first) => names.map((second) => [first, second]));
  return best(pairs, (pair) => users.get(JSON.stringify(pair)) ?? 0);
}

/** The item with the greatest figure above zero; of equal ones the first. */
function best<Item>(items: readonly Item[], figure: (item: Item) => number): Item | undefined {
  let found: Item | undefined;
  let greatest = 0;
  for (const item of items) {
    const value = figure(item);
    if (value <= greatest) continue;
    greatest = value;
    found = item;
  }
  return found;
}
