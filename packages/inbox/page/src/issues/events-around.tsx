import type { ReactElement } from 'react';
import type { StoredEvent } from '../../../src/store/records.ts';
import type { ErrorDetail } from '../../../src/views/find-error.ts';
import { hrefOf } from '../shared/location.ts';
import { RecordLink } from '../shared/record-link.tsx';
import { useJson } from '../shared/use-json.ts';
import { around } from './around.ts';

const LIMIT = '2000';

/** What the person did around an error: their product events, else those of its trace. */
export function EventsAround({ error }: { readonly error: ErrorDetail }): ReactElement | null {
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
