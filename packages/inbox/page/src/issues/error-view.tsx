import type { ReactElement } from 'react';
import type { Highlights as Values } from '../../../src/query/error-parts.ts';
import type { JsonObject, StoredEvent } from '../../../src/store/records.ts';
import type { ErrorDetail } from '../../../src/views/error-detail.ts';
import { Breadcrumbs, Exceptions } from '../shared/error-parts.tsx';
import { valueText } from '../shared/format.ts';
import { ButtonLink, hrefOf, hrefWith, Link, traceHref, usePlace, userHref } from '../shared/location.tsx';
import { Facts, Json, Loading, Time } from '../shared/parts.tsx';
import { RecordLink } from '../shared/records.tsx';
import { useJson } from '../shared/use-json.ts';

/** One error of an issue: where it was thrown, what went before, and what the person was doing. */
export function ErrorView({ eventId }: { readonly eventId: string }): ReactElement {
  const place = usePlace();
  const loaded = useJson<ErrorDetail>(`/api/errors/${encodeURIComponent(eventId)}`);
  return (
    <Loading loaded={loaded}>
      {(error) => (
        <>
          <p className="links">
            {error.traceId !== null && <ButtonLink href={traceHref(error.traceId)}>View trace</ButtonLink>}
            {error.userId !== null && <ButtonLink href={userHref(error.userId)}>View user</ButtonLink>}
            {error.older !== null && (
              <ButtonLink href={hrefWith(place, { id: error.issueId, event: error.older })}>Older error</ButtonLink>
            )}
            {error.newer !== null && (
              <ButtonLink href={hrefWith(place, { id: error.issueId, event: error.newer })}>Newer error</ButtonLink>
            )}
          </p>
          <Highlights values={error.highlights} />
          <Tags tags={error.tags} />
          <div className="columns">
            <div>
              <Exceptions exceptions={error.exceptions} />
              <Breadcrumbs crumbs={error.breadcrumbs} />
            </div>
            <div>
              <section>
                <h3>This error</h3>
                <Facts facts={factsOf(error)} />
              </section>
              <EventsAround error={error} />
              <details>
                <summary>Contexts, extra and request as JSON</summary>
                <Json value={{ contexts: error.contexts, extra: error.extra, request: error.request }} />
              </details>
            </div>
          </div>
        </>
      )}
    </Loading>
  );
}

function factsOf(error: ErrorDetail): (readonly [string, ReactElement | string | null])[] {
  const { time, userId, user, eventId, traceId } = error;
  return [
    ['time', <Time key="time" at={time} />],
    ['error id', eventId],
    ['user', userId],
    ...Object.entries(user)
      .filter(([name]) => name !== 'id')
      .map(([name, value]) => [`user ${name}`, valueText(value)] as const),
    ['trace', traceId],
  ];
}

const NAMES: Readonly<Record<keyof Values, string>> = {
  ...{ level: 'Level', service: 'Service', environment: 'Environment', release: 'Release', transaction: 'Transaction' },
  ...{ url: 'URL', browser: 'Browser', os: 'OS', runtime: 'Runtime', device: 'Device' },
};

/** Where an error happened. */
function Highlights({ values }: { readonly values: Values }): ReactElement {
  return (
    <Facts
      className="highlights"
      facts={Object.entries(NAMES).map(([key, name]) => [name, values[key as keyof Values]])}
    />
  );
}

/** Tags; each leads to the issues that have it. */
function Tags({ tags }: { readonly tags: JsonObject }): ReactElement | null {
  const all = Object.entries(tags);
  if (all.length === 0) return null;
  return (
    <section>
      <h3>Tags</h3>
      <ul className="tags">
        {all.map(([name, value]) => (
          <li key={name}>
            <Link href={hrefOf('/issues', { q: `${name}:${valueText(value)}`, status: 'all' })}>
              <span className="muted">{name}</span> {valueText(value)}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

const LIMIT = '2000';

/** What the person did around an error: their product events, else those of its trace. */
function EventsAround({ error }: { readonly error: ErrorDetail }): ReactElement | null {
  const { userId, traceId, time } = error;
  const who = userId === null ? { trace_id: traceId } : { user: userId };
  const path =
    userId === null && traceId === null ? null : hrefOf('/api/timeline', { ...who, kind: 'event', limit: LIMIT });
  const { data } = useJson<{ records: readonly StoredEvent[] }>(path);
  const events = around(data?.records ?? [], time);
  return (
    <section>
      <h3>Product events around it</h3>
      {events.length === 0 && <p className="muted">None of this {userId === null ? 'trace' : 'person'} has arrived.</p>}
      <ol className="related">
        {events.map((event, index) => {
          const isFirstAfter = event.time > time && (events[index - 1]?.time ?? 0) <= time;
          return (
            <li key={event.id} className={isFirstAfter ? 'after' : ''}>
              <RecordLink record={event} />
            </li>
          );
        })}
      </ol>
    </section>
  );
}

const BEFORE = 8;
const AFTER = 4;

/** The last events before a moment and the first after it, in order of time. */
export function around(events: readonly StoredEvent[], time: number): StoredEvent[] {
  const inOrder = events.toSorted((left, right) => left.time - right.time);
  const next = inOrder.findIndex((event) => event.time > time);
  const cut = next === -1 ? inOrder.length : next;
  return inOrder.slice(Math.max(0, cut - BEFORE), cut + AFTER);
}
