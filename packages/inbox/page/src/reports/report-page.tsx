import type { ReactElement, ReactNode } from 'react';
import type { PlanComparison } from '../../../src/plan/plan.ts';
import { SESSION_EVENTS } from '../../../src/query/analytics/user-events.ts';
import { LINK_EVENTS } from '../../../src/store/identity.ts';
import { type FeedSnapshot, useFeedPart, useLiveJson } from '../shared/feed.tsx';
import { hrefOf, hrefWith, Link, usePlace } from '../shared/location.tsx';
import { Empty, Loading, Time } from '../shared/parts.tsx';
import { type Loaded, useJson } from '../shared/use-json.ts';
import { isOwnZone } from './calendar.ts';
import { cohortIn, cohortInAddress, cohortText } from './cohort.tsx';

interface ReportPageProps {
  readonly title: string;
  readonly children: (events: KnownEvents) => ReactNode;
}

/** What all reports have: the names of the events, without which there is nothing to choose. */
export function ReportPage({ title, children }: ReportPageProps): ReactElement {
  const known = useKnownEvents();
  return (
    <div className="sheet report">
      <h2 className="visually-hidden">{title}</h2>
      <Loading loaded={known}>
        {(events) =>
          events.seen.length === 0 ? (
            <Empty title="No event has arrived yet">
              <p>
                Reports are made of events. Open <a href="http://localhost:3000">the app</a>, sign up, make a code and
                scan it; the Live tab shows other ways.
              </p>
            </Empty>
          ) : (
            children(events)
          )
        }
      </Loading>
    </div>
  );
}

interface AnswerProps<T> {
  readonly path: string;
  readonly children: (data: T) => ReactNode;
}

/** The answer to a report, again with what arrives; what is wrong with the question when it is refused. */
export function Answer<T>({ path, children }: AnswerProps<T>): ReactElement {
  const place = usePlace();
  const loaded = useLiveJson<T>(path);
  if (loaded.data === undefined && loaded.failure !== undefined) {
    return (
      <Empty title="This cannot be counted">
        <p>{loaded.failure}</p>
        <p>
          Change what is chosen above, or <Link href={place.path}>start over</Link>.
        </p>
      </Empty>
    );
  }
  return <Loading loaded={loaded}>{children}</Loading>;
}

interface NothingCountedProps {
  readonly title: string;
  /** The event without which there is nothing to count. */
  readonly event: string;
  readonly events: KnownEvents;
}

/** Why a report has nothing in it, by what is known of its event. */
export function NothingCounted({ title, event, events }: NothingCountedProps): ReactElement {
  const place = usePlace();
  const seen = events.seen.find(({ name }) => name === event);
  const cohort = cohortIn(place.query);
  return (
    <Empty title={title}>
      {seen === undefined ? (
        <p>
          <code>{event}</code> has never arrived here. Choose another event, or make it happen: the{' '}
          <Link href="/plan">plan</Link> says who sends it.
        </p>
      ) : (
        <p>
          <code>{event}</code> last arrived with the time{' '}
          <Link href={hrefOf('/', { kind: 'event', q: event })}>
            <Time at={seen.lastSeen ?? 0} />
          </Link>
          . Choose a longer time above if that is before it. Events without an id of a person are not of anybody.
        </p>
      )}
      {cohort !== null && (
        <p>
          Only people count who did {cohortText(cohort)}.{' '}
          <Link href={hrefWith(place, cohortInAddress(null))}>Count everybody</Link>.
        </p>
      )}
    </Empty>
  );
}

/** Whose midnight a day begins at. */
export function ZoneNote({ zone }: { readonly zone: string }): ReactElement {
  return (
    <p className="muted">
      Days begin at midnight in {zone}
      {isOwnZone(zone) && ', the time zone of this browser'}.
    </p>
  );
}

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
