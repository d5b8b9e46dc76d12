import type { PlanComparison } from '../../../src/plan/compare.ts';
import { useFeedPart } from '../feed/feed-provider.tsx';
import { type Loaded, useJson } from '../shared/use-json.ts';

export interface KnownEvent {
  readonly name: string;
  readonly seen: number;
  readonly lastSeen: number | null;
}

/** Names of events that have arrived, and of those that are planned and have not. */
export interface KnownEvents {
  readonly seen: readonly KnownEvent[];
  readonly unseen: readonly KnownEvent[];
}

/** Read once, as lists that change under the pointer are hard to choose from; again when everything was forgotten. */
export function useKnownEvents(): Loaded<KnownEvents> {
  const epoch = useFeedPart((feed) => feed.epoch);
  const hasRecords = useFeedPart((feed) => feed.records.length > 0);
  const { data, failure } = useJson<PlanComparison>('/api/plan', epoch * 2 + Number(hasRecords));
  return { data: data && knownEvents(data), failure };
}

function knownEvents({ planned, unplanned }: PlanComparison): KnownEvents {
  const expected = planned.filter(({ isForMixpanel }) => isForMixpanel);
  const all: readonly KnownEvent[] = [...expected, ...unplanned];
  const byName = [...all].sort((left, right) => (left.name < right.name ? -1 : 1));
  return { seen: byName.filter(({ seen }) => seen > 0), unseen: byName.filter(({ seen }) => seen === 0) };
}
