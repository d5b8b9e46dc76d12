import type { ReactElement } from 'react';
import { isAsset, rootOf } from '../../../src/query/spans.ts';
import { useLiveJson } from '../shared/feed.tsx';
import { countOf, durationText } from '../shared/format.ts';
import { Back, ButtonLink } from '../shared/links.tsx';
import { go, hrefOf, hrefWith, liveHref, usePlace } from '../shared/location.ts';
import { Empty, Loading, Time } from '../shared/parts.tsx';
import { TraceList } from './trace-list.tsx';
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
