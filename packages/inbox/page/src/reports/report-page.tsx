import type { ReactElement, ReactNode } from 'react';
import { Empty } from '../shared/empty.tsx';
import { Loading } from '../shared/loading.tsx';
import { type KnownEvents, useKnownEvents } from './known-events.ts';

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
