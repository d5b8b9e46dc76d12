import type { ReactElement, ReactNode } from 'react';
import type { PlannedEvent, PlanView, PlanWarning, UnplannedEvent } from '../../../src/plan/plan.ts';
import { useLiveJson } from '../shared/feed.tsx';
import { countOf, countText } from '../shared/format.ts';
import { hrefOf, Link, recordHref } from '../shared/location.tsx';
import { Loading, Time } from '../shared/parts.tsx';

/** What may be said beside what was said. */
export function PlanTab(): ReactElement {
  const loaded = useLiveJson<PlanView>('/api/plan');
  return (
    <div className="sheet">
      <Loading loaded={loaded}>
        {({ planned, unplanned, warnings, hasPlan }) => {
          if (!hasPlan)
            return (
              <>
                <p className="muted">
                  This inbox has no tracking plan. Name one in <code>observability.config.ts</code>, and start the inbox
                  in its folder or with <code>--root</code>.
                </p>
                <PlanWarnings warnings={warnings} />
              </>
            );
          const expected = planned.filter(({ isForMixpanel }) => isForMixpanel);
          const never = expected.filter(({ seen }) => seen === 0);
          return (
            <>
              <p className="muted">
                {countOf(expected.length, 'planned event')}, {expected.length - never.length} of them seen.{' '}
                {never.length} never, {countOf(unplanned.length, 'event')} outside the plan.
              </p>
              <PlanWarnings warnings={warnings} />
              <UnplannedEvents events={unplanned} />
              <PlannedEvents title="Never seen" events={never}>
                Each has arrived at least once.
              </PlannedEvents>
              <PlannedEvents title="Seen" events={expected.filter(({ seen }) => seen > 0)}>
                None has arrived. Open <a href="http://localhost:3000">the app</a>, sign up and make a code.
              </PlannedEvents>
              <PlannedEvents
                title="For the platform's own statistics"
                events={planned.filter(({ isForMixpanel }) => !isForMixpanel)}
              >
                The plan has none.
              </PlannedEvents>
            </>
          );
        }}
      </Loading>
    </div>
  );
}

/** What the vendor accepts and then misplaces, ignores or hides. */
function PlanWarnings({ warnings }: { readonly warnings: readonly PlanWarning[] }): ReactElement | null {
  if (warnings.length === 0) return null;
  return (
    <section className="plan">
      <h2 className="bad">
        Warnings <span className="muted">{warnings.length}</span>
      </h2>
      <ul className="list">
        {warnings.map(({ title, advice, count, lastSeen, recordId }) => (
          <li key={title} className="planned warning">
            <h3>{title}</h3>
            <p className="muted">{advice}</p>
            <p className="seen">
              <b>{countText(count)}</b> <Time at={lastSeen} />
            </p>
            {recordId !== null && (
              <p className="latest">
                <Link href={recordHref(recordId)}>View latest</Link>
              </p>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Events that nobody has described: a typing error, or a client outside the platform. */
function UnplannedEvents({ events }: { readonly events: readonly UnplannedEvent[] }): ReactElement | null {
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

interface PlannedEventsProps {
  readonly title: string;
  readonly events: readonly PlannedEvent[];
  /** What is said when there is none. */
  readonly children: ReactNode;
}

function PlannedEvents({ title, events, children }: PlannedEventsProps): ReactElement {
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

/** From this share on a property is often missing. */
const OFTEN = 0.2;

/** Required properties that were missing at all, and optional ones that often were. */
function MissingProperties({ event: { seen, properties } }: { readonly event: PlannedEvent }): ReactElement | null {
  const missing = properties.filter(
    ({ missing, isRequired }) => missing > 0 && (isRequired || missing / seen >= OFTEN),
  );
  if (missing.length === 0) return null;
  return (
    <ul className="missing" aria-label="Properties that are missing">
      {missing.map(({ name, isRequired, missing: count }) => (
        <li key={name} className={isRequired ? 'bad' : 'muted'}>
          <code>{name}</code> {isRequired ? '' : '(optional) '}
          missing in {countText(count)} of {countText(seen)}, {Math.round((count / seen) * 100)} %
        </li>
      ))}
    </ul>
  );
}
