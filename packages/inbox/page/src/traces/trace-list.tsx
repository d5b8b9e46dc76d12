import type { ReactElement } from 'react';
import type { FacetValues } from '../../../src/views/lists.ts';
import type { TraceSummary } from '../../../src/views/traces.ts';
import { ListPage, NoMatch } from '../lists/list-page.tsx';
import { countOf, durationText } from '../shared/format.ts';
import { Link } from '../shared/links.tsx';
import { go, hrefWith, type Options, traceHref, usePlace } from '../shared/location.ts';
import { Empty, Time } from '../shared/parts.tsx';

interface TracesAnswer {
  readonly total: number;
  /** Traces of assets alone, which are left out. */
  readonly hidden: number;
  readonly facets: FacetValues;
  readonly traces: readonly TraceSummary[];
}

const SORTS: Options = { '': 'Last seen', duration: 'Duration', spans: 'Spans', errors: 'Errors' };

/** Traces by their root. */
export function TraceList(): ReactElement {
  const withAssets = usePlace().query.get('assets') === '1';
  return (
    <ListPage<TracesAnswer>
      noun="trace"
      hint="Name, service, user or id"
      sorts={SORTS}
      path="/api/traces"
      parameters={withAssets ? { assets: '1' } : {}}
      hasNone={({ traces, hidden }) => traces.length === 0 && hidden === 0}
      none={
        <Empty title="No traces yet">
          <p>
            A trace begins with a click in <a href="http://localhost:3000">the app</a> and ends in the last service that
            it asked. Open the app and make a code.
          </p>
        </Empty>
      }
      noMatch={({ hidden }, { text }) => (hidden > 0 ? null : <NoTrace id={text.trim()} />)}
      controls={<AssetsSwitch isOn={withAssets} />}
      below={({ hidden }) =>
        hidden > 0 && (
          <p className="others">{countOf(hidden, 'trace')} of scripts, styles and images alone not shown.</p>
        )
      }
    >
      {({ traces }) => traces.map((trace) => <TraceEntry key={trace.traceId} trace={trace} />)}
    </ListPage>
  );
}

/** A trace may be held although it is in no list: without spans, for example. */
function NoTrace({ id }: { readonly id: string }): ReactElement {
  return (
    <NoMatch noun="trace">
      {/^[0-9a-f]{32}$/i.test(id) && (
        <p>
          <Link href={traceHref(id)}>Open the trace {id}</Link>
        </p>
      )}
    </NoMatch>
  );
}

function AssetsSwitch({ isOn }: { readonly isOn: boolean }): ReactElement {
  const place = usePlace();
  return (
    <button
      type="button"
      aria-pressed={isOn}
      onClick={() => go(hrefWith(place, { assets: isOn ? null : '1', limit: null }))}
    >
      Assets
    </button>
  );
}

function TraceEntry({ trace }: { readonly trace: TraceSummary }): ReactElement {
  const place = usePlace();
  const spans = trace.spans - trace.assets;
  return (
    <li>
      <Link className="entry" href={hrefWith(place, { id: trace.traceId })}>
        <strong className="title">{trace.name || 'unnamed'}</strong>
        <span className="about">
          {trace.op !== null && <span>{trace.op}</span>}
          <span>{trace.services.join(', ')}</span>
          <span>{countOf(spans, 'span')}</span>
          {trace.assets > 0 && <span>{countOf(trace.assets, 'asset')}</span>}
          {trace.events > 0 && <span>{countOf(trace.events, 'event')}</span>}
          {trace.errors > 0 && <span className="bad">{countOf(trace.errors, 'error')}</span>}
        </span>
        <b className="count">{durationText(trace.durationMs)}</b>
        <Time at={trace.time} />
      </Link>
    </li>
  );
}
