import type { ReactElement } from 'react';
import type { FacetValues } from '../../../src/views/lists.ts';
import type { TraceSummary } from '../../../src/views/traces.ts';
import { ListControls } from '../lists/list-controls.tsx';
import { ListEnd, NoMatch, useList, useListKeys } from '../lists/list-page.tsx';
import { isFiltered, listPath, listView } from '../lists/list-view.ts';
import { countOf, durationText } from '../shared/format.ts';
import { Link } from '../shared/links.tsx';
import { go, hrefWith, type Options, traceHref, usePlace } from '../shared/location.ts';
import { Empty, Loading, Time } from '../shared/parts.tsx';

interface TracesAnswer {
  readonly total: number;
  /** Traces of assets alone, which are left out. */
  readonly hidden: number;
  readonly facets: FacetValues;
  readonly traces: readonly TraceSummary[];
}

const SORTS: Options = [
  ['', 'Last seen'],
  ['duration', 'Duration'],
  ['spans', 'Spans'],
  ['errors', 'Errors'],
];

/** Traces by their root. */
export function TraceList(): ReactElement {
  const { query } = usePlace();
  const view = listView(query);
  const withAssets = query.get('assets') === '1';
  const loaded = useList<TracesAnswer>(listPath('/api/traces', view, withAssets ? { assets: '1' } : {}));
  useListKeys();
  const { data } = loaded;
  const isEmpty = data?.traces.length === 0 && data.hidden === 0 && !isFiltered(view);
  return (
    <>
      {!isEmpty && (
        <ListControls noun="traces" hint="Name, service, user or id" view={view} facets={data?.facets} sorts={SORTS}>
          <AssetsSwitch isOn={withAssets} />
        </ListControls>
      )}
      <Loading loaded={loaded}>
        {({ total, hidden, traces }) => {
          if (isEmpty) return <NoTraces />;
          if (traces.length === 0 && hidden === 0) {
            return (
              <NoMatch noun="trace">
                {/^[0-9a-f]{32}$/i.test(view.text.trim()) && (
                  <p>
                    <Link href={traceHref(view.text.trim())}>Open the trace {view.text.trim()}</Link>
                  </p>
                )}
              </NoMatch>
            );
          }
          return (
            <>
              <ul className="list" aria-label="Traces">
                {traces.map((trace) => (
                  <li key={trace.traceId}>
                    <TraceEntry trace={trace} />
                  </li>
                ))}
              </ul>
              <ListEnd view={view} shown={traces.length} total={total} noun="trace" />
              {hidden > 0 && (
                <p className="others">{countOf(hidden, 'trace')} of scripts, styles and images alone not shown.</p>
              )}
            </>
          );
        }}
      </Loading>
    </>
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

function NoTraces(): ReactElement {
  return (
    <Empty title="No traces yet">
      <p>
        A trace begins with a click in <a href="http://localhost:3000">the app</a> and ends in the last service that it
        asked. Open the app and make a code.
      </p>
    </Empty>
  );
}

function TraceEntry({ trace }: { readonly trace: TraceSummary }): ReactElement {
  const place = usePlace();
  const spans = trace.spans - trace.assets;
  return (
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
  );
}
