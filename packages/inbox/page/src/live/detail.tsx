import type { ReactElement } from 'react';
import type { StoredRecord } from '../../../src/store/records.ts';
import { Badge } from '../shared/badge.tsx';
import { describe } from '../shared/describe.ts';
import { Json } from '../shared/json.tsx';
import { Link } from '../shared/link.tsx';
import { Loading } from '../shared/loading.tsx';
import { hrefWith, usePlace } from '../shared/location.ts';
import { Repeats } from '../shared/repeats.tsx';
import { useJson } from '../shared/use-json.ts';
import { DetailFacts } from './detail-facts.tsx';
import { DetailLinks } from './detail-links.tsx';
import { ErrorParts } from './error-parts.tsx';
import { Related } from './related.tsx';

/** Everything about one record, with the ways to what belongs to it. */
export function Detail({ id }: { readonly id: string }): ReactElement {
  const place = usePlace();
  const loaded = useJson<StoredRecord>(`/api/records/${encodeURIComponent(id)}`);
  return (
    <aside className="detail" aria-label="Selected record">
      <Link className="button close" href={hrefWith(place, { record: null })} title="Esc">
        Close
      </Link>
      <Loading loaded={loaded}>{(record) => <Content record={record} />}</Loading>
    </aside>
  );
}

function Content({ record }: { readonly record: StoredRecord }): ReactElement {
  return (
    <>
      <Badge kind={record.kind} />
      <h2>
        {describe(record).title}
        {record.kind === 'event' && <Repeats count={record.repeats} />}
      </h2>
      <DetailFacts record={record} />
      <DetailLinks record={record} />
      <Related record={record} />
      {record.kind === 'error' && <ErrorParts error={record} />}
      <h3>JSON</h3>
      <Json value={record} />
    </>
  );
}
