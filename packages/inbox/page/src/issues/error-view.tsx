import type { ReactElement } from 'react';
import type { ErrorDetail } from '../../../src/views/find-error.ts';
import { Breadcrumbs } from '../shared/breadcrumbs.tsx';
import { Exceptions } from '../shared/exceptions.tsx';
import { Facts } from '../shared/facts.tsx';
import { valueText } from '../shared/format.ts';
import { Json } from '../shared/json.tsx';
import { Link } from '../shared/link.tsx';
import { Loading } from '../shared/loading.tsx';
import { hrefWith, usePlace } from '../shared/location.ts';
import { traceHref, userHref } from '../shared/paths.ts';
import { Time } from '../shared/time.tsx';
import { useJson } from '../shared/use-json.ts';
import { EventsAround } from './events-around.tsx';
import { Highlights, Tags } from './highlights.tsx';

/** One error of an issue: where it was thrown, what went before, and what the person was doing. */
export function ErrorView({ eventId }: { readonly eventId: string }): ReactElement {
  const place = usePlace();
  const loaded = useJson<ErrorDetail>(`/api/errors/${encodeURIComponent(eventId)}`);
  return (
    <Loading loaded={loaded}>
      {(error) => (
        <>
          <p className="links">
            {error.traceId !== null && (
              <Link className="button" href={traceHref(error.traceId)}>
                View trace
              </Link>
            )}
            {error.userId !== null && (
              <Link className="button" href={userHref(error.userId)}>
                View user
              </Link>
            )}
            {error.older !== null && (
              <Link className="button" href={hrefWith(place, { id: error.issueId, event: error.older })}>
                Older error
              </Link>
            )}
            {error.newer !== null && (
              <Link className="button" href={hrefWith(place, { id: error.issueId, event: error.newer })}>
                Newer error
              </Link>
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

function factsOf({
  time,
  userId,
  user,
  eventId,
  traceId,
}: ErrorDetail): (readonly [string, ReactElement | string | null])[] {
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
