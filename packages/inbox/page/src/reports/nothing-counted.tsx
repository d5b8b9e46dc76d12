import type { ReactElement } from 'react';
import { Empty } from '../shared/empty.tsx';
import { Link } from '../shared/link.tsx';
import { hrefOf, hrefWith, usePlace } from '../shared/location.ts';
import { Time } from '../shared/time.tsx';
import { cohortIn, cohortInAddress, cohortText } from './cohort.ts';
import type { KnownEvents } from './known-events.ts';

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
