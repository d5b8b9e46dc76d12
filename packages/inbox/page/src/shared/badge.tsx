import type { ReactElement } from 'react';
import type { RecordKind } from '../../../src/store/records.ts';

export function Badge({ kind }: { readonly kind: RecordKind | 'trace' }): ReactElement {
  return <span className={`badge ${kind}`}>{kind}</span>;
}
