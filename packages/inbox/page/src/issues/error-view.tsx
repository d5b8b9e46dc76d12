import type { ReactElement } from 'react';
import type { ErrorDetail } from '../../../src/views/find-error.ts';
import { Breadcrumbs } from '../shared/breadcrumbs.tsx';
import { Facts } from '../shared/facts.tsx';
import { valueText } from '../shared/format.ts';
import { Json } from '../shared/json.tsx';
import { Link } from '../shared/link.tsx';
import { Loading } from '../shared/loading.tsx';
import { issueHref, traceHref, userHref } from '../shared/paths.ts';
import { Stack } from '../shared/stack.tsx';
import { Time } from '../shared/time.tsx';
import { useJson } from '../shared/use-json.ts';
import { EventsAround } from './events-around.tsx';

/** One error of an issue: where it was thrown, what went before, and what the person was doing. */
export function ErrorView({ eventId }: { readonly eventId: string }): ReactElement {
  const loaded = useJson<ErrorDetail>(`/api/errors/${encodeURIComponent(eventId)}`);
  return (
    <Loading loaded={loaded}>
      {(error) => (
        <>
          <p className="links">
            {error.traceId !== null && (
              <Link className="button" href={traceHref(error.traceId)}>
                Its trace
              </Link>
            )}
            {error.userId !== null && (
              <Link className="button" href={userHref(error.userId)}>
                Its user
              </Link>
            )}
            {error.older !== null && (
              <Link className="button" href={issueHref(error.issueId, error.older)}>
                Older error
              </Link>
            )}
            {error.newer !== null && (
              <Link className="button" href={issueHref(error.issueId, error.newer)}>
                Newer error
              </Link>
            )}
          </p>
          <div className="columns">
            <div>
              <Stack frames={error.frames} />
              <Breadcrumbs crumbs={error.breadcrumbs} />
            </div>
            <div>
              <section>
                <h3>This error</h3>
                <Facts facts={factsOf(error)} />
              </section>
              <EventsAround error={error} />
              <details>
                <summary>Contexts, extra, request</summary>
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
  service,
  userId,
  eventId,
  tags,
}: ErrorDetail): (readonly [string, ReactElement | string | null])[] {
  return [
    ['time', <Time key="time" at={time} />],
    ['service', service],
    ['user', userId],
    ['error id', eventId],
    ...Object.entries(tags)
      .filter(([name]) => name !== 'service')
      .map(([name, value]) => [name, valueText(value)] as const),
  ];
}
