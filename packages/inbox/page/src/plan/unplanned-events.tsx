import type { ReactElement } from 'react';
import type { UnplannedEvent } from '../../../src/plan/compare.ts';
import { countText } from '../shared/format.ts';
import { Link } from '../shared/link.tsx';
import { hrefOf } from '../shared/location.ts';
import { Time } from '../shared/time.tsx';

/** Events that nobody has described: a typing error, or a client outside the platform. */
export function UnplannedEvents({ events }: { readonly events: readonly UnplannedEvent[] }): ReactElement | null {
  if (events.length === 0) return null;
  return (
    <section className="plan">
      <h2 className="bad">Not in the plan</h2>
      <ul className="list">
        {events.map(({ name, seen, lastSeen }) => (
          <li key={name}>
            <Link className="entry" href={hrefOf('/', { kind: 'event', q: name })}>
              <strong className="title">{name}</strong>
              <span className="about" />
              <b className="count">{countText(seen)}</b>
              <Time at={lastSeen} />
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
