import type { ReactElement, ReactNode } from 'react';
import type { PlannedEvent } from '../../../src/plan/compare.ts';
import { countText } from '../shared/format.ts';
import { Link } from '../shared/link.tsx';
import { hrefOf } from '../shared/location.ts';
import { Time } from '../shared/time.tsx';
import { MissingProperties } from './missing-properties.tsx';

interface PlannedEventsProps {
  readonly title: string;
  readonly events: readonly PlannedEvent[];
  /** What is said when there is none. */
  readonly children: ReactNode;
}

export function PlannedEvents({ title, events, children }: PlannedEventsProps): ReactElement {
  return (
    <section className="plan">
      <h2>
        {title} <span className="muted">{events.length}</span>
      </h2>
      {events.length === 0 && <p className="muted">{children}</p>}
      <ul className="list">
        {events.map((event) => (
          <li key={event.name} className="planned">
            <h3>
              {event.seen > 0 ? (
                <Link href={hrefOf('/', { kind: 'event', q: event.name })}>{event.name}</Link>
              ) : (
                event.name
              )}
            </h3>
            <p className="muted">{event.description}</p>
            <p className="tags">
              <span>{event.owner}</span>
              <span>{event.surfaces.join(' and ')}</span>
              {event.linksIds && <span>links ids, no activity</span>}
            </p>
            {event.lastSeen !== null && (
              <p className="seen">
                <b>{countText(event.seen)}</b> <Time at={event.lastSeen} />
              </p>
            )}
            <MissingProperties event={event} />
          </li>
        ))}
      </ul>
    </section>
  );
}
