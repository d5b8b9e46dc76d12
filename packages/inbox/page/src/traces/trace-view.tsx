import type { ReactElement } from 'react';
import { isAsset } from '../../../src/views/assets.ts';
import { rootOf } from '../../../src/views/trace-root.ts';
import { useFeedPart } from '../feed/feed-provider.tsx';
import { Back } from '../shared/back.tsx';
import { Empty } from '../shared/empty.tsx';
import { countOf, durationText } from '../shared/format.ts';
import { Link } from '../shared/link.tsx';
import { Loading } from '../shared/loading.tsx';
import { go, hrefOf, hrefWith, usePlace } from '../shared/location.ts';
import { liveHref } from '../shared/paths.ts';
import { Time } from '../shared/time.tsx';
import { useJson } from '../shared/use-json.ts';
import { Waterfall } from './waterfall.tsx';
import { type TraceRecord, toRows } from './waterfall-rows.ts';

const KINDS = ['span', 'error', 'event'] as const;

/** One request across browser and services. */
export function TraceView({ id }: { readonly id: string }): ReactElement {
  const place = usePlace();
  const withAssets = place.query.get('assets') === '1';
  const revision = useFeedPart((feed) => feed.revision);
  const path = hrefOf('/api/timeline', { trace_id: id, limit: '2000' });
  const loaded = useJson<{ records: readonly TraceRecord[] }>(path, revision);
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
                <Link className="button" href={liveHref({ trace: id })}>
                  View in Live
                </Link>
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
