import type { PlanComparison } from '../../../src/plan/plan.ts';
import { SESSION_EVENTS } from '../../../src/query/analytics/user-events.ts';
import { LINK_EVENTS } from '../../../src/store/identity.ts';
import { type FeedSnapshot, useFeedPart } from '../shared/feed.tsx';
import { type Loaded, useJson } from '../shared/use-json.ts';

interface KnownEvent {
  readonly name: string;
  readonly seen: number;
  readonly lastSeen: number | null;
}

/** Names of events that have arrived, and of those that are planned and have not; those that only link ids are no activity. */
export interface KnownEvents {
  readonly seen: readonly KnownEvent[];
  readonly unseen: readonly KnownEvent[];
}

/** Read again when a name may be new, not with every event: lists that change under the pointer are hard to choose from. */
export function useKnownEvents(): Loaded<KnownEvents> {
  const epoch = useFeedPart((feed) => feed.epoch);
  const names = useFeedPart(countNames);
  const { data, failure } = useJson<PlanComparison>('/api/plan', epoch * MOST_RECORDS + names);
  return { data: data && knownEvents(data), failure };
}

/** More than the feed holds. */
const MOST_RECORDS = 10_000;

function countNames({ records }: FeedSnapshot): number {
  return new Set(records.map((record) => (record.kind === 'event' ? record.event : ''))).size;
}

function knownEvents({ planned, unplanned }: PlanComparison): KnownEvents {
  const expected = planned.filter(({ isForMixpanel, linksIds }) => isForMixpanel && !linksIds);
  const all: readonly KnownEvent[] = [...expected, ...unplanned.filter(({ name }) => !LINK_EVENTS.has(name))];
  const byName = [...all].sort((left, right) => (left.name < right.name ? -1 : 1));
  return { seen: byName.filter(({ seen }) => seen > 0), unseen: byName.filter(({ seen }) => seen === 0) };
}

/** Without what SDKs send by themselves when a session begins or ends: a report of activity counts none of it. */
export function activityOf({ seen, unseen }: KnownEvents): KnownEvents {
  const isActivity = ({ name }: KnownEvent): boolean => !SESSION_EVENTS.has(name);
  return { seen: seen.filter(isActivity), unseen: unseen.filter(isActivity) };
}
