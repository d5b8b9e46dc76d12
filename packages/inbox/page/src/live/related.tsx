import type { ReactElement } from 'react';
import type { StoredRecord } from '../../../src/store/records.ts';
import { useFeedPart } from '../feed/feed-provider.tsx';
import { traceOf } from '../shared/describe.ts';
import { hrefOf } from '../shared/location.ts';
import { RecordLink } from '../shared/record-link.tsx';
import { useJson } from '../shared/use-json.ts';

const MAX_SHOWN = 10;

/** Events and errors of the same trace: from what a person did to what broke, and back. */
export function Related({ record }: { readonly record: StoredRecord }): ReactElement | null {
  const events = useOfTrace(record, 'event');
  const errors = useOfTrace(record, 'error');
  const related = [...errors, ...events].filter(({ id }) => id !== record.id).slice(0, MAX_SHOWN);
  if (related.length === 0) return null;
  return (
    <section>
      <h3>In the same trace</h3>
      <ul className="related">
        {related.map((each) => (
          <li key={each.id}>
            <RecordLink record={each} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function useOfTrace(record: StoredRecord, kind: 'event' | 'error'): readonly StoredRecord[] {
  const trace = traceOf(record);
  const path = trace === null ? null : hrefOf('/api/timeline', { trace_id: trace, kind, limit: '20' });
  return (
    useJson<{ records: readonly StoredRecord[] }>(
      path,
      useFeedPart((feed) => feed.revision),
    ).data?.records ?? []
  );
}
