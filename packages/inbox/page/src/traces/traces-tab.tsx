import type { ReactElement } from 'react';
import { isAsset, rootOf } from '../../../src/query/spans.ts';
import type { FacetValues } from '../../../src/views/lists.ts';
import type { TraceSummary } from '../../../src/views/traces.ts';
import { ListPage, NoMatch } from '../lists/list-page.tsx';
import { useLiveJson } from '../shared/feed.tsx';
import { countOf, durationText } from '../shared/format.ts';
import {
  Back,
  ButtonLink,
  go,
  hrefOf,
  hrefWith,
  Link,
  liveHref,
  type Options,
  traceHref,
  usePlace,
} from '../shared/location.tsx';
import { Empty, Loading, Time } from '../shared/parts.tsx';
import { Waterfall } from './waterfall.tsx';
import { type TraceRecord, toRows } from './waterfall-rows.ts';

/** Requests across browser and services, or one of them. */
export function TracesTab(): ReactElement {
  const id = usePlace().query.get('id');
  // A key of its own: what one opens begins at its top, wherever the list was scrolled to.
  return (
    <div key={id} className="sheet">
      {id === null ? <TraceList /> : <TraceView id={id} />}
    </div>
  );
}

const KINDS = ['span', 'error', 'event'] as const;

/** One request across browser and services. */
function TraceView({ id }: { readonly id: string }): ReactElement {
  const place = usePlace();
  const withAssets = place.query.get('assets') === '1';
  const path = hrefOf('/api/timeline', { trace_id: id, limit: '2000' });
  const loaded = useLiveJson<{ records: readonly TraceRecord[] }>(path);
  return (
    <>
      <Back href={hrefWith(place, { id: null, span: null })}>All traces</Back>
      <Loading loaded={loaded}>
        {({ records: all }) => {
          const records = all.filter(({ kind }) => KINDS.includes(kind));
          const spans = records.filter((record) => record.kind === 'span');
          const from = Math.min(...records.map(({ time }) => time));
          const to = Math.max(...records.map(endOf));
          if (records.length === 0) {
            return (
              <Empty title="No records of this trace">
                <p>It was not sampled, or has been evicted by later ones.</p>
              </Empty>
            );
          }
          return (
            <>
              <h2>
                {spans.length > 0 && `${rootOf(spans).name} `}
                <span className="muted">Trace {id}</span>
              </h2>
              <p className="muted">
                {countOf(records.length, 'record')} in {durationText(to - from)}, from <Time at={from} />
              </p>
              <p className="links">
                <ButtonLink href={liveHref({ trace: id })}>View in Live</ButtonLink>
                {spans.some(isAsset) && (
                  <button
                    type="button"
                    aria-pressed={withAssets}
                    onClick={() => go(hrefWith(place, { assets: withAssets ? null : '1' }))}
                  >
                    Assets
                  </button>
                )}
              </p>
              <Waterfall rows={toRows(records, !withAssets)} from={from} to={to} />
            </>
          );
        }}
      </Loading>
    </>
  );
}

function endOf(record: TraceRecord): number {
  return record.kind === 'span' ? record.time + record.durationMs : record.time;
}

interface TracesAnswer {
  readonly total: number;
  /** Traces of assets alone, which are left out. */
  readonly hidden: number;
  readonly facets: FacetValues;
  readonly traces: readonly TraceSummary[];
}

const SORTS: Options = { '': 'Last seen', duration: 'Duration', spans: 'Spans', errors: 'Errors' };

/** Traces by their root. */
function TraceList(): ReactElement {
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
