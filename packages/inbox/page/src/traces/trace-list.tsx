import type { ReactElement } from 'react';
import type { TraceSummary } from '../../../src/views/traces.ts';
import { useFeedPart } from '../feed/feed-provider.tsx';
import { Empty } from '../shared/empty.tsx';
import { countOf, durationText } from '../shared/format.ts';
import { Link } from '../shared/link.tsx';
import { Loading } from '../shared/loading.tsx';
import { traceHref } from '../shared/paths.ts';
import { Time } from '../shared/time.tsx';
import { useJson } from '../shared/use-json.ts';

/** The traces that arrived last. */
export function TraceList(): ReactElement {
  const revision = useFeedPart((feed) => feed.revision);
  const loaded = useJson<{ traces: readonly TraceSummary[] }>('/api/traces', revision);
  return (
    <Loading loaded={loaded}>
      {({ traces }) =>
        traces.length === 0 ? (
          <Empty title="No trace has arrived yet">
            <p>
              A trace begins with a click in <a href="http://localhost:3000">the app</a> and ends in the last service
              that it asked: open it, and make a code.
            </p>
          </Empty>
        ) : (
          <ul className="list" aria-label="Traces, the latest first">
            {traces.map((trace) => (
              <li key={trace.traceId}>
                <TraceEntry trace={trace} />
              </li>
            ))}
          </ul>
        )
      }
    </Loading>
  );
}

function TraceEntry({ trace }: { readonly trace: TraceSummary }): ReactElement {
  return (
    <Link className="entry" href={traceHref(trace.traceId)}>
      <strong className="title">{trace.name}</strong>
      <span className="about">
        <span>{trace.services.join(', ')}</span>
        <span>{countOf(trace.spans, 'span')}</span>
        {trace.events > 0 && <span>{countOf(trace.events, 'event')}</span>}
        {trace.errors > 0 && <span className="bad">{countOf(trace.errors, 'error')}</span>}
      </span>
      <b className="count">{durationText(trace.durationMs)}</b>
      <Time at={trace.time} />
    </Link>
  );
}
