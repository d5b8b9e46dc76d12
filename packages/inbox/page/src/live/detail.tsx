import type { ReactElement } from 'react';
import type { StoredRecord } from '../../../src/store/records.ts';
import { Badge } from '../shared/badge.tsx';
import { describe } from '../shared/describe.ts';
import { Json } from '../shared/json.tsx';
import { Link } from '../shared/link.tsx';
import { Loading } from '../shared/loading.tsx';
import { hrefWith, usePlace } from '../shared/location.ts';
import { useJson } from '../shared/use-json.ts';
import { DetailFacts } from './detail-facts.tsx';
import { DetailLinks } from './detail-links.tsx';
import { ErrorParts } from './error-parts.tsx';
import { Related } from './related.tsx';

interface DetailProps {
  readonly id: string;
  /** The inbox is asked only for a record that is not among these. */
  readonly records: readonly StoredRecord[];
}

/** Everything about one record, with the ways to what belongs to it. */
export function Detail({ id, records }: DetailProps): ReactElement {
  const place = usePlace();
  const known = records.find((record) => String(record.id) === id);
  const loaded = useJson<StoredRecord>(known === undefined ? `/api/records/${encodeURIComponent(id)}` : null);
  return (
    <aside className="detail" aria-label="Selected record">
      <Link className="button close" href={hrefWith(place, { record: null })} title="Esc">
        Close
      </Link>
      {known === undefined ? (
        <Loading loaded={loaded}>{(record) => <Content record={record} />}</Loading>
      ) : (
        <Content record={known} />
      )}
    </aside>
  );
}

function Content({ record }: { readonly record: StoredRecord }): ReactElement {
  return (
    <>
      <Badge kind={record.kind} />
      <h2>{describe(record).title}</h2>
      <DetailFacts record={record} />
      <DetailLinks record={record} />
      <Related record={record} />
      {record.kind === 'error' && <ErrorParts error={record} />}
      <h3>JSON</h3>
      <Json value={record} />
    </>
  );
}
